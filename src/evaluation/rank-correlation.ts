/**
 * Correlation of two lists: of the values (Pearson), or of their ranks (Spearman).
 *
 * Choice  equal values share the mean of their ranks; a constant list has no correlation: NaN
 * Source  Spearman 1904, doi:10.2307/1412159
 */
import { rankOrder } from './rank-order.ts';
import { requireSameLength } from './sample.ts';

/** @returns in [-1, 1], or NaN @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH */
export function spearman(a: Float64Array, b: Float64Array): number {
  requireSameLength(a.length, 'the second list', b.length);
  return pearson(middleRanks(a), middleRanks(b));
}

/** @returns in [-1, 1], or NaN @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH */
export function pearson(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  requireSameLength(n, 'the second list', b.length);
  const meanA = a.reduce((sum, x) => sum + x, 0) / n;
  const meanB = b.reduce((sum, x) => sum + x, 0) / n;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  // What rounding leaves of a constant list is no variation.
  const none = (square: number, mean: number): boolean => !(square > 1e-24 * n * Math.max(mean * mean, 1e-12));
  if (none(aa, meanA) || none(bb, meanB)) return NaN;
  return Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb)));
}

function middleRanks(values: Float64Array): Float64Array {
  const { order, runEnd } = rankOrder(values);
  const ranks = new Float64Array(values.length);
  let start = 0;
  for (const end of runEnd) {
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
