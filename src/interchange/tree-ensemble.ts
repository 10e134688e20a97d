/**
 * A forest as the operator TreeEnsemble of ai.onnx.ml version 5.
 *
 * Form    splits and leaves are numbered apart, each over all trees; a child is a number and a mark that says of which of the two. A leaf gives its
 *         value to target 0, and the operator averages over the trees
 * Choice  a tree of one leaf is written as a split between two leaves of its value: a root is a split, and readers differ in what they make of one
 *         whose children are the same leaf
 * Source  https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
 */
import type { FlatForest } from '../forest/index.ts';
import { roundedThreshold } from './float32-border.ts';
import type { GraphNode, RealType, Tensor } from './onnx-format.ts';

const AVERAGE = 0;
const NO_TRANSFORM = 0;
/** x <= split goes to the true child. */
const BRANCH_LEQ = 0;

/** @param type  of the rows; splits and leaf values have the same, splits of float32 decide every float32 as the forest does */
export function treeEnsemble(forest: FlatForest, type: RealType, input: string, output: string): GraphNode {
  const { treeStart, feature } = forest;
  const splitAt: number[] = [];
  const leafAt: number[] = [];
  // Per node its number among the splits, or among the leaves.
  const numbers = new Int32Array(feature.length);
  const roots = new Int32Array(treeStart.length - 1);
  for (let node = 0, tree = 0; node < feature.length; node++) {
    const isRoot = node === treeStart[tree];
    if (isRoot) roots[tree++] = splitAt.length;
    if (feature[node]! >= 0) numbers[node] = splitAt.push(node) - 1;
    else {
      numbers[node] = leafAt.push(node) - 1;
      if (isRoot) {
        splitAt.push(node);
        leafAt.push(node);
      }
    }
  }
  const isLeaf = (node: number): boolean => feature[node]! < 0;
  const ints = (of: (split: number) => number): { ints: Int32Array } => ({ ints: Int32Array.from(splitAt, of) });
  const children = (of: Int32Array, twin: 0 | 1): { ids: { ints: Int32Array }; leafs: { ints: Int32Array } } => ({
    ids: ints((split) => (isLeaf(split) ? numbers[split]! + twin : numbers[of[split]!]!)),
    leafs: ints((split) => Number(isLeaf(split) || isLeaf(of[split]!))),
  });
  const whenTrue = children(forest.left, 0);
  const whenFalse = children(forest.right, 1);
  return {
    op: 'TreeEnsemble',
    domain: 'ai.onnx.ml',
    inputs: [input],
    outputs: [output],
    attributes: {
      aggregate_function: { int: AVERAGE },
      post_transform: { int: NO_TRANSFORM },
      n_targets: { int: 1 },
      tree_roots: { ints: roots },
      nodes_featureids: ints((split) => Math.max(0, feature[split]!)),
      nodes_modes: vector('uint8', new Uint8Array(splitAt.length).fill(BRANCH_LEQ)),
      nodes_splits: vector(
        type,
        Float64Array.from(splitAt, (split) => thresholdOf(forest, split, type)),
      ),
      nodes_missing_value_tracks_true: ints((split) => forest.missingLeft[split]!),
      nodes_truenodeids: whenTrue.ids,
      nodes_trueleafs: whenTrue.leafs,
      nodes_falsenodeids: whenFalse.ids,
      nodes_falseleafs: whenFalse.leafs,
      leaf_targetids: { ints: new Int32Array(leafAt.length) },
      leaf_weights: vector(
        type,
        Float64Array.from(leafAt, (leaf) => forest.value[leaf]!),
      ),
    },
  };
}

/** The threshold that decides every row of that type as the forest does. */
export function thresholdOf({ threshold }: FlatForest, node: number, type: RealType): number {
  return type === 'double' ? threshold[node]! : roundedThreshold(threshold[node]!);
}

export function vector(type: Tensor['type'], values: ArrayLike<number>): { readonly tensor: Tensor } {
  return { tensor: { type, dims: [values.length], values } };
}
