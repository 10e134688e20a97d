/**
 * Assembles grown trees into one flat forest: bin cuts become thresholds on the column's own scale.
 *
 * Choice  x <= threshold sends every finite x where its bin went (./bins.ts), so training rows keep their leaf to the bit
 */
import type { BinnedColumns } from './bins.ts';
import type { FlatForest } from './flat-forest.ts';
import type { GrownTree } from './tree-grower.ts';

/** @param trees  in the order of their numbers */
export function assembleForest(trees: readonly GrownTree[], table: BinnedColumns): FlatForest {
  return joinTrees(
    trees.map((tree) => ({
      ...tree,
      threshold: Float64Array.from(tree.feature, (feature, node) =>
        feature < 0 ? 0 : thresholdOf(table, feature, tree.cut[node]!),
      ),
    })),
    table.featureCount,
  );
}

/** A cut after the last bin parts present from missing: every finite value is at or below the largest one. */
function thresholdOf(table: BinnedColumns, feature: number, cut: number): number {
  return cut < table.binCount[feature]! - 1 ? table.borders[feature * table.maxBins + cut]! : Number.MAX_VALUE;
}

type TreeArrays = Omit<FlatForest, 'featureCount' | 'treeStart'>;

/** Concatenates trees whose nodes are each numbered from 0. */
export function joinTrees(trees: readonly TreeArrays[], featureCount: number): FlatForest {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const forest = {
    featureCount,
    treeStart: new Int32Array(trees.length + 1),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes),
  };
  let start = 0;
  trees.forEach((tree, index) => {
    for (const name of ['feature', 'threshold', 'missingLeft', 'value', 'cover'] as const) forest[name].set(tree[name], start);
    for (let node = 0; node < tree.feature.length; node++) {
      const isLeaf = tree.feature[node]! < 0;
      forest.left[start + node] = isLeaf ? -1 : start + tree.left[node]!;
      forest.right[start + node] = isLeaf ? -1 : start + tree.right[node]!;
    }
    start += tree.feature.length;
    forest.treeStart[index + 1] = start;
  });
  return forest;
}
