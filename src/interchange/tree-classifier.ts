/**
 * A forest as the operator TreeEnsembleClassifier, for runtimes that do not know TreeEnsemble.
 *
 * Form    every node in turn, numbered within its tree; a leaf gives each class its share divided by the number of trees, and the operator sums
 * Choice  both classes are written, as other exporters do: with one class alone the operator has rules of its own for what the other one gets
 * Choice  float32 is written in the form of ai.onnx.ml version 1, which every runtime reads; double needs the tensors of version 3
 * Source  https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleClassifier.html
 */
import type { FlatForest } from '../forest/index.ts';
import type { Attribute, GraphNode, RealType } from './onnx-format.ts';
import { thresholdOf, vector } from './tree-ensemble.ts';

/** Version of ai.onnx.ml that the operator is written in. */
export const classifierVersion = { float32: 1, double: 3 } as const;

/** @param outputs  names of the label and of the scores, one column per class: 0 without, 1 with the outcome */
export function treeClassifier(forest: FlatForest, type: RealType, input: string, outputs: readonly [string, string]): GraphNode {
  const { treeStart, feature, left, right, value } = forest;
  const trees = treeStart.length - 1;
  const treeOf = new Int32Array(feature.length);
  for (let tree = 0; tree < trees; tree++) treeOf.fill(tree, treeStart[tree], treeStart[tree + 1]);
  const nodes = Int32Array.from(feature.keys());
  const within = (node: number): number => node - treeStart[treeOf[node]!]!;
  const childOf = (node: number, children: Int32Array): number => (feature[node]! < 0 ? 0 : within(children[node]!));
  const leaves = nodes.filter((node) => feature[node]! < 0);
  // Entry i is of leaf i / 2 and class i % 2.
  const perClass = <T extends Int32Array | Float64Array>(of: (leaf: number, isEvent: boolean) => number, list: T): T => {
    list.forEach((_, i) => (list[i] = of(leaves[i >> 1]!, i % 2 === 1)));
    return list;
  };
  const ints = (of: (node: number) => number): Attribute => ({ ints: nodes.map(of) });
  const entries = 2 * leaves.length;
  const weights = perClass((leaf, isEvent) => (isEvent ? value[leaf]! : 1 - value[leaf]!) / trees, new Float64Array(entries));
  const splits = Float64Array.from(nodes, (node) => thresholdOf(forest, node, type));
  return {
    op: 'TreeEnsembleClassifier',
    domain: 'ai.onnx.ml',
    inputs: [input],
    outputs,
    attributes: {
      post_transform: { text: 'NONE' },
      classlabels_int64s: { ints: [0, 1] },
      nodes_treeids: { ints: treeOf },
      nodes_nodeids: ints(within),
      nodes_modes: { texts: Array.from(nodes, (node) => (feature[node]! < 0 ? 'LEAF' : 'BRANCH_LEQ')) },
      nodes_featureids: ints((node) => Math.max(0, feature[node]!)),
      nodes_missing_value_tracks_true: ints((node) => forest.missingLeft[node]!),
      nodes_truenodeids: ints((node) => childOf(node, left)),
      nodes_falsenodeids: ints((node) => childOf(node, right)),
      class_treeids: { ints: perClass((leaf) => treeOf[leaf]!, new Int32Array(entries)) },
      class_nodeids: { ints: perClass((leaf) => within(leaf), new Int32Array(entries)) },
      class_ids: { ints: perClass((_, isEvent) => Number(isEvent), new Int32Array(entries)) },
      ...(type === 'double'
        ? { nodes_values_as_tensor: vector(type, splits), class_weights_as_tensor: vector(type, weights) }
        : { nodes_values: { floats: splits }, class_weights: { floats: weights } }),
    },
  };
}
