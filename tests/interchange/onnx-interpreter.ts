/**
 * ONNX, computed by the definitions of the operators alone: slow, and sharing nothing with what writes the files.
 *
 * Source  https://onnx.ai/onnx/operators and onnx.proto3
 */
import { Message, numbersOf } from './protobuf-reader.ts';

/** Two dimensions at most; numbers of float32 are rounded to it. */
interface Tensor {
  readonly type: number;
  readonly dims: readonly number[];
  readonly values: readonly number[];
}
type Attributes = ReadonlyMap<string, Message>;

const FLOAT32 = 1;
const DOUBLE = 11;

export interface OnnxFile {
  readonly file: Message;
  readonly operators: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly { name: string; type: number; dims: readonly (number | string)[] }[];
  readonly outputs: readonly { name: string; type: number; dims: readonly (number | string)[] }[];
  run(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor>;
}

export function readOnnx(bytes: Uint8Array): OnnxFile {
  const file = new Message(bytes);
  const graph = file.message(7);
  const constants = graph.messages(5).map((tensor) => [tensor.text(8), tensorOf(tensor)] as const);
  return {
    file,
    operators: Object.fromEntries(file.messages(8).map((entry) => [entry.text(1), entry.int(2)])),
    metadata: Object.fromEntries(file.messages(14).map((entry) => [entry.text(1), entry.text(2)])),
    inputs: graph.messages(11).map(valueOf),
    outputs: graph.messages(12).map(valueOf),
    run: (inputs) => {
      const values = new Map<string, Tensor>([...constants, ...Object.entries(inputs)]);
      for (const node of graph.messages(1)) {
        const given = node.texts(1).map((name) => {
          const value = values.get(name);
          if (value === undefined) throw new Error(`${node.text(3)}: expected "${name}" to be known before`);
          return value;
        });
        const attributes = new Map(node.messages(5).map((attribute) => [attribute.text(1), attribute]));
        const results = compute(node.text(4), node.text(7), given, attributes);
        node.texts(2).forEach((name, i) => values.set(name, results[i]!));
      }
      return Object.fromEntries(graph.messages(12).map((output) => [output.text(1), values.get(output.text(1))!]));
    },
  };
}

function compute(op: string, domain: string, given: readonly Tensor[], attributes: Attributes): Tensor[] {
  const [a, b] = given as [Tensor, Tensor];
  if (domain === 'ai.onnx.ml')
    return op === 'TreeEnsemble' ? [treeEnsemble(a, attributes)] : treeEnsembleClassifier(a, attributes);
  const binary: Record<string, (x: number, y: number) => number> = {
    Add: (x, y) => x + y,
    Sub: (x, y) => x - y,
    Mul: (x, y) => x * y,
    Max: Math.max,
    Min: Math.min,
  };
  const unary: Record<string, (x: number) => number> = { Log: Math.log, Sigmoid: (x) => 1 / (1 + Math.exp(-x)) };
  if (binary[op] !== undefined) return [broadcast(a, b, binary[op])];
  if (unary[op] !== undefined) return [made(a.type, a.dims, a.values.map(unary[op]))];
  if (op === 'Cast') return [made(attributes.get('to')!.int(3), a.dims, a.values)];
  if (op === 'Gather' && attributes.get('axis')!.int(3) === 1 && b.type === 7) {
    return [
      made(
        a.type,
        [a.dims[0]!, b.values.length],
        rowsOf(a).flatMap((row) => b.values.map((c) => row[c]!)),
      ),
    ];
  }
  if (op === 'MatMul') {
    const columns = b.dims[1]!;
    const dot = (row: readonly number[], c: number): number => row.reduce((sum, x, i) => sum + x * b.values[i * columns + c]!, 0);
    const values = rowsOf(a).flatMap((row) => Array.from({ length: columns }, (_, c) => dot(row, c)));
    return [made(a.type, [a.dims[0]!, columns], values)];
  }
  throw new Error(`expected an operator that is written, found ${op}`);
}

function broadcast(a: Tensor, b: Tensor, of: (x: number, y: number) => number): Tensor {
  if (a.type !== b.type) throw new Error(`expected equal types, found ${a.type} and ${b.type}`);
  const shape = (t: Tensor): [number, number] => (t.dims.length === 1 ? [1, t.dims[0]!] : (t.dims as [number, number]));
  const [[ra, ca], [rb, cb]] = [shape(a), shape(b)];
  const fits = (x: number, y: number): boolean => x === y || x === 1 || y === 1;
  if (!fits(ra, rb) || !fits(ca, cb))
    throw new Error(`expected shapes that broadcast, found ${a.dims.join()} and ${b.dims.join()}`);
  const [rows, columns] = [Math.max(ra, rb), Math.max(ca, cb)];
  const at = (t: Tensor, r: number, c: number, [tr, tc]: [number, number]): number =>
    t.values[(tr === 1 ? 0 : r) * tc + (tc === 1 ? 0 : c)]!;
  const values = Array.from({ length: rows * columns }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    return of(at(a, r, c, [ra, ca]), at(b, r, c, [rb, cb]));
  });
  return made(a.type, [rows, columns], values);
}

/** Of version 5, with the mode BRANCH_LEQ and the aggregate AVERAGE. */
function treeEnsemble(x: Tensor, attributes: Attributes): Tensor {
  const ints = (name: string): number[] => attributes.get(name)!.ints(8);
  const tensor = (name: string): Tensor => tensorOf(attributes.get(name)!.message(5));
  const int = (name: string): number => attributes.get(name)!.int(3);
  const [splits, weights] = [tensor('nodes_splits'), tensor('leaf_weights')];
  if (splits.type !== x.type || weights.type !== x.type) throw new Error('expected splits and weights of the type of the rows');
  if (int('aggregate_function') !== 0 || int('n_targets') !== 1 || int('post_transform') !== 0)
    throw new Error('expected the mean of one target');
  if (tensor('nodes_modes').values.some((mode) => mode !== 0)) throw new Error('expected BRANCH_LEQ everywhere');
  if (ints('leaf_targetids').some((target) => target !== 0)) throw new Error('expected target 0 everywhere');
  const columns = ints('nodes_featureids');
  const [missing, roots] = [ints('nodes_missing_value_tracks_true'), ints('tree_roots')];
  const children = {
    true: [ints('nodes_truenodeids'), ints('nodes_trueleafs')],
    false: [ints('nodes_falsenodeids'), ints('nodes_falseleafs')],
  } as const;
  const nodes = columns.length;
  const perNode = [splits.values, missing, ...children.true, ...children.false];
  if (perNode.some((list) => list.length !== nodes)) throw new Error('expected nodes_* of one length');
  const output = rowsOf(x).map((row) => {
    const total = roots.reduce((sum, root) => {
      for (let node = root; ;) {
        const value = row[columns[node]!]!;
        const way = value <= splits.values[node]! || (Number.isNaN(value) && missing[node] === 1) ? 'true' : 'false';
        const child = children[way][0][node]!;
        if (children[way][1][node] === 1) return sum + weights.values[child]!;
        if (!(child < nodes)) throw new Error(`expected a child among ${nodes} nodes, found ${child}`);
        node = child;
      }
    }, 0);
    return total / roots.length;
  });
  return made(x.type, [x.dims[0]!, 1], output);
}

/** Of versions 1 and 3, with the mode BRANCH_LEQ. @returns label and scores */
function treeEnsembleClassifier(x: Tensor, attributes: Attributes): [Tensor, Tensor] {
  const ints = (name: string): number[] => attributes.get(name)!.ints(8);
  const reals = (name: string): readonly number[] => {
    const asTensor = attributes.get(`${name}_as_tensor`);
    if ((asTensor === undefined) !== (x.type === FLOAT32)) throw new Error(`expected ${name} in the form of the rows' type`);
    return asTensor === undefined ? attributes.get(name)!.floats(7) : tensorOf(asTensor.message(5)).values;
  };
  if (attributes.get('post_transform')!.text(4) !== 'NONE') throw new Error('expected no transform');
  const key = (tree: number, node: number): string => `${tree}/${node}`;
  const [trees, numbers, modes] = [ints('nodes_treeids'), ints('nodes_nodeids'), attributes.get('nodes_modes')!.texts(9)];
  const [columns, values, missing] = [ints('nodes_featureids'), reals('nodes_values'), ints('nodes_missing_value_tracks_true')];
  const [whenTrue, whenFalse] = [ints('nodes_truenodeids'), ints('nodes_falsenodeids')];
  const indexOf = new Map(trees.map((tree, i) => [key(tree, numbers[i]!), i]));
  if (indexOf.size !== trees.length) throw new Error('expected each node once');
  const votes = new Map<string, number[]>();
  const weights = reals('class_weights');
  const [classTrees, classNodes, classes] = [ints('class_treeids'), ints('class_nodeids'), ints('class_ids')];
  classTrees.forEach((tree, i) => {
    const vote = votes.get(key(tree, classNodes[i]!)) ?? [0, 0];
    vote[classes[i]!]! += weights[i]!;
    votes.set(key(tree, classNodes[i]!), vote);
  });
  const scores = rowsOf(x).map((row) =>
    [...new Set(trees)].reduce<[number, number]>(
      ([zero, one], tree) => {
        let i = indexOf.get(key(tree, 0))!;
        while (modes[i] === 'BRANCH_LEQ') {
          const value = row[columns[i]!]!;
          const goesTrue = value <= values[i]! || (Number.isNaN(value) && missing[i] === 1);
          i = indexOf.get(key(tree, (goesTrue ? whenTrue : whenFalse)[i]!))!;
        }
        if (modes[i] !== 'LEAF') throw new Error(`expected a leaf, found ${modes[i]}`);
        const [a, b] = votes.get(key(tree, numbers[i]!))!;
        return [zero + a!, one + b!];
      },
      [0, 0],
    ),
  );
  const labels = ints('classlabels_int64s');
  return [
    made(
      7,
      [scores.length],
      scores.map(([zero, one]) => labels[one > zero ? 1 : 0]!),
    ),
    made(FLOAT32, [scores.length, 2], scores.flat()),
  ];
}

function made(type: number, dims: readonly number[], values: readonly number[]): Tensor {
  return { type, dims, values: type === FLOAT32 ? values.map(Math.fround) : values };
}

function tensorOf(tensor: Message): Tensor {
  const type = tensor.int(2);
  const values = numbersOf(tensor.all(9)[0]!, type);
  const dims = tensor.ints(1);
  if (dims.reduce((product, dim) => product * dim, 1) !== values.length)
    throw new Error(`expected ${dims.join(' x ')} values, found ${values.length}`);
  return { type, dims, values };
}

function valueOf(value: Message): { name: string; type: number; dims: (number | string)[] } {
  const tensor = value.message(2).message(1);
  const dims = tensor
    .message(2)
    .messages(1)
    .map((dim) => (dim.fields().includes(2) ? dim.text(2) : dim.int(1)));
  return { name: value.text(1), type: tensor.int(1), dims };
}

function rowsOf({ dims, values }: Tensor): number[][] {
  const columns = dims[1]!;
  return Array.from({ length: dims[0]! }, (_, r) => values.slice(r * columns, (r + 1) * columns));
}

export const elementTypes = { float32: FLOAT32, double: DOUBLE } as const;
