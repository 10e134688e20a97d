/**
 * Assembles the kernel's trees into one flat forest: bin cuts become thresholds on the column's own scale.
 *
 * Choice  a tree's own arrays are let go as soon as they are written out, so that a large forest is not held twice
 */
import { emptyForest, requireTree, thresholdOf } from './assemble.ts';
import type { FlatForest } from './flat-forest.ts';
import type { ColumnBins } from './kernel-table.ts';

/** One tree as the kernel grew it (assembly/tree.ts): nodes in preorder, so a left child follows its parent. */
export interface KernelTree {
  readonly number: number;
  /** Two words per node: column, low and width of what goes right; the right child, which is the node itself in a leaf. */
  readonly splits: Uint32Array;
  readonly values: Float64Array;
  readonly covers: Float64Array;
}

/** @param trees  by number; emptied */
export function assembleKernelTrees(
  trees: (KernelTree | undefined)[],
  count: number,
  columns: ColumnBins,
  featureCount: number,
): FlatForest {
  const forest = emptyForest(
    Array.from({ length: count }, (_, number) => requireTree(trees[number], number, count).values.length),
    featureCount,
  );
  for (let number = 0; number < count; number++) {
    const { splits, values, covers } = trees[number]!;
    const start = forest.treeStart[number]!;
    forest.value.set(values, start);
    forest.cover.set(covers, start);
    writeSplits(forest, splits, start, columns);
    trees[number] = undefined;
  }
  return forest;
}

function writeSplits(forest: FlatForest, splits: Uint32Array, start: number, columns: ColumnBins): void {
  const { feature, threshold, missingLeft, left, right } = forest;
  const nodes = splits.length / 2;
  for (let node = 0; node < nodes; node++) {
    const at = start + node;
    const split = splits[2 * node]!;
    const child = splits[2 * node + 1]!;
    if (child === node) {
      feature[at] = left[at] = right[at] = -1;
      continue;
    }
    const column = split & 0xfff;
    feature[at] = column;
    threshold[at] = thresholdOf(columns, column, ((split >>> 12) & 0xff) - 1);
    // Where missing values go right, so does every bin from `low` on.
    missingLeft[at] = split >>> 20 < 256 ? 1 : 0;
    left[at] = at + 1;
    right[at] = start + child;
  }
}
