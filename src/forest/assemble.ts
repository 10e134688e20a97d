/**
 * Assembles grown trees into one flat forest: bin cuts become thresholds on the column's own scale.
 *
 * Choice  x <= threshold sends every finite x where its bin went (./bins.ts), so training rows keep their leaf to the bit
 */
import { ForestError } from '../errors.ts';
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

/** @throws {ForestError} FOREST_WORKER_FAILED where no thread handed the tree over */
export function requireTree<Tree>(tree: Tree | undefined, number: number, count: number): Tree {
  if (tree !== undefined) return tree;
  throw new ForestError('FOREST_WORKER_FAILED', `expected ${count} trees, tree ${number} is missing; train again`, {
    details: { tree: number },
  });
}

/** A cut after the last bin parts present from missing: every finite value is at or below the largest one. */
export function thresholdOf(
  { binCount, borders, maxBins }: Pick<BinnedColumns, 'binCount' | 'borders' | 'maxBins'>,
  feature: number,
  cut: number,
): number {
  return cut < binCount[feature]! - 1 ? borders[feature * maxBins + cut]! : Number.MAX_VALUE;
}

/** Arrays for trees of these sizes, to be filled. */
export function emptyForest(nodesOfTrees: readonly number[], featureCount: number): FlatForest {
  const treeStart = new Int32Array(nodesOfTrees.length + 1);
  nodesOfTrees.forEach((count, tree) => (treeStart[tree + 1] = treeStart[tree]! + count));
  const nodes = treeStart[nodesOfTrees.length]!;
  return {
    featureCount,
    treeStart,
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes),
  };
}

type TreeArrays = Omit<FlatForest, 'featureCount' | 'treeStart'>;

/** Concatenates trees whose nodes are each numbered from 0. */
export function joinTrees(trees: readonly TreeArrays[], featureCount: number): FlatForest {
  const forest = emptyForest(
    trees.map((tree) => tree.feature.length),
    featureCount,
  );
  trees.forEach((tree, index) => {
    const start = forest.treeStart[index]!;
    for (const name of ['feature', 'threshold', 'missingLeft', 'value', 'cover'] as const) forest[name].set(tree[name], start);
    for (let node = 0; node < tree.feature.length; node++) {
      const isLeaf = tree.feature[node]! < 0;
      forest.left[start + node] = isLeaf ? -1 : start + tree.left[node]!;
      forest.right[start + node] = isLeaf ? -1 : start + tree.right[node]!;
    }
  });
  return forest;
}
