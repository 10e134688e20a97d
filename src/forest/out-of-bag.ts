/**
 * Out-of-bag: for each row, the sum of the leaf values of the trees that did not see it.
 *
 * Choice  with groups, a row is out of bag where its whole group is; otherwise a patient's other stays would tell its outcome
 * Choice  leaf values are multiples of 2^-32, so these sums are exact and threads can be added in any order
 * Source  Breiman 1996, "Out-of-bag estimation"
 */
import type { GrownTree } from './tree-grower.ts';
import type { TrainingJob } from './training-job.ts';

export interface OutOfBagSums {
  /** Sum of leaf values per row. */
  readonly sum: Float64Array;
  /** Trees the row was out of bag of. */
  readonly trees: Int32Array;
}

export function createOutOfBagSums(rows: number): OutOfBagSums {
  return { sum: new Float64Array(rows), trees: new Int32Array(rows) };
}

/** Sends the rows outside the tree's sample down the tree. @param drawn  how often each group (or row) was in the sample */
export function addOutOfBag(sums: OutOfBagSums, job: TrainingJob, tree: GrownTree, drawn: Int32Array): void {
  if (job.drawCount === 0) return;
  const { feature, cut, missingLeft, left, right, value } = tree;
  const { rows, featureCount, rowMajor, binCount } = job.table;
  const { sum, trees } = sums;
  const { group } = job;
  for (let row = 0; row < rows; row++) {
    if (drawn[group === undefined ? row : group[row]!]! !== 0) continue;
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const bin = rowMajor[row * featureCount + f]!;
      const goesLeft = bin === binCount[f]! ? missingLeft[node] === 1 : bin <= cut[node]!;
      node = goesLeft ? left[node]! : right[node]!;
    }
    sum[row]! += value[node]!;
    trees[row]! += 1;
  }
}

/** Adds one thread's sums to the total. */
export function mergeOutOfBag(total: OutOfBagSums, part: OutOfBagSums): void {
  for (let row = 0; row < total.sum.length; row++) {
    total.sum[row]! += part.sum[row]!;
    total.trees[row]! += part.trees[row]!;
  }
}

/** The mean per row; NaN where no tree left the row out. */
export function outOfBagMean(sums: OutOfBagSums): Float64Array {
  return sums.sum.map((sum, row) => sum / sums.trees[row]!);
}
