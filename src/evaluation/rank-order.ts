/**
 * Rows in ascending order of a score, with the ends of runs of equal scores: what every rank statistic walks over.
 */
export interface RankOrder {
  /** Row numbers, ascending score; equal scores in row order. Length n. */
  readonly order: Int32Array;
  /** Position in `order` one past each run of equal scores; the last is n. */
  readonly runEnd: Int32Array;
}

/** @param score finite numbers, length n; O(n log n) */
export function rankOrder(score: Float64Array): RankOrder {
  const n = score.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => score[a]! - score[b]! || a - b);
  const ends: number[] = [];
  for (let k = 1; k <= n; k++) if (k === n || score[order[k]!] !== score[order[k - 1]!]) ends.push(k);
  return { order, runEnd: Int32Array.from(ends) };
}
