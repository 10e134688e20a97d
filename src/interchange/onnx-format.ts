/**
 * The messages of an ONNX file: model, graph, nodes with their attributes, tensors.
 *
 * Source  onnx.proto3 of onnx/onnx; field numbers are those of that file
 */
import { littleEndian, ProtobufWriter } from './protobuf-writer.ts';

/** Number types of a tensor, by the numbers that onnx.proto gives them. */
export const elementTypes = { float32: 1, uint8: 2, int64: 7, double: 11 } as const;
export type RealType = 'float32' | 'double';

export interface Tensor {
  readonly type: RealType | 'uint8' | 'int64';
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** An attribute of a node, by its kind. */
export type Attribute =
  | { readonly int: number }
  | { readonly text: string }
  | { readonly tensor: Tensor }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly texts: readonly string[] };

export interface GraphNode {
  readonly op: string;
  /** Names of values; an input left out is ''. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Default the standard operators. */
  readonly domain?: string;
}

/** A value that goes in or comes out; a dimension that may be any number has a name. */
export interface GraphValue {
  readonly name: string;
  readonly type: RealType;
  readonly dims: readonly (number | string)[];
  readonly words: string;
}

export interface OnnxModel {
  readonly irVersion: number;
  /** Version by domain; '' is that of the standard operators. */
  readonly operators: Readonly<Record<string, number>>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly words: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly name: string;
  /** In the order in which they can be computed. */
  readonly nodes: readonly GraphNode[];
  readonly constants: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

export function encodeOnnx(model: OnnxModel): Uint8Array {
  const file = new ProtobufWriter();
  file.int(1, model.irVersion).text(2, model.producer.name).text(3, model.producer.version).text(6, model.words);
  file.message(7, (graph) => {
    for (const node of model.nodes) graph.message(1, (to) => writeNode(to, node));
    graph.text(2, model.name);
    for (const [name, tensor] of Object.entries(model.constants)) graph.message(5, (to) => writeTensor(to, tensor, name));
    for (const value of model.inputs) graph.message(11, (to) => writeValue(to, value));
    for (const value of model.outputs) graph.message(12, (to) => writeValue(to, value));
  });
  for (const [domain, version] of Object.entries(model.operators)) {
    file.message(8, (operators) => operators.text(1, domain).int(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata)) file.message(14, (entry) => entry.text(1, key).text(2, value));
  return file.finish();
}

function writeNode(to: ProtobufWriter, { op, inputs, outputs, attributes = {}, domain }: GraphNode): void {
  for (const name of inputs) to.text(1, name);
  for (const name of outputs) to.text(2, name);
  to.text(3, `${op}_${outputs[0]!}`).text(4, op);
  for (const [name, attribute] of Object.entries(attributes)) to.message(5, (field) => writeAttribute(field, name, attribute));
  if (domain !== undefined) to.text(7, domain);
}

function writeAttribute(to: ProtobufWriter, name: string, attribute: Attribute): void {
  to.text(1, name);
  if ('int' in attribute) to.int(3, attribute.int).int(20, 2);
  else if ('text' in attribute) to.text(4, attribute.text).int(20, 3);
  else if ('tensor' in attribute) to.message(5, (tensor) => writeTensor(tensor, attribute.tensor)).int(20, 4);
  else if ('floats' in attribute) to.floats(7, attribute.floats).int(20, 6);
  else if ('ints' in attribute) to.ints(8, attribute.ints).int(20, 7);
  else {
    for (const text of attribute.texts) to.text(9, text);
    to.int(20, 8);
  }
}

function writeTensor(to: ProtobufWriter, { type, dims, values }: Tensor, name?: string): void {
  for (const dim of dims) to.int(1, dim);
  to.int(2, elementTypes[type]);
  if (name !== undefined) to.text(8, name);
  to.bytes(9, littleEndian(values, type));
}

function writeValue(to: ProtobufWriter, { name, type, dims, words }: GraphValue): void {
  to.text(1, name).message(2, (valueType) =>
    valueType.message(1, (tensor) =>
      tensor.int(1, elementTypes[type]).message(2, (shape) => {
        for (const dim of dims) shape.message(1, (to) => (typeof dim === 'number' ? to.int(1, dim) : to.text(2, dim)));
      }),
    ),
  );
  to.text(3, words);
}
