/**
 * The node whose columns are tried, and the best cut of them so far.
 *
 * Gain    bestTop / bestBottom, as in ../split-search.ts; fractions are compared by cross-multiplication, an equal one is not taken
 */
import { minLeafRows, minLeafWeight } from './job';

// The node at hand.
export let nodeRows: i32 = 0;
export let nodeWeight: f64 = 0;
export let nodePositive: f64 = 0;
/** Its packed totals, 0 where it is counted wide. */
export let nodeSum: u64 = 0;
/** Most rows left of a cut. */
export let lastRows: i32 = 0;
/** Below this a gain is rounding of fractional weights; whole weights never come near it. */
let noise: f64 = 0;

/** -1 where no cut gains. */
export let bestFeature: i32 = -1;
export let bestCut: i32 = 0;
export let bestMissingLeft: i32 = 0;
/** The gain is bestTop / bestBottom. */
export let bestTop: f64 = 0;
export let bestBottom: f64 = 1;
export let bestRows: i32 = 0;
export let bestWeight: f64 = 0;
export let bestPositive: f64 = 0;

export function startNode(rows: i32, weight: f64, positive: f64, sum: u64): void {
  nodeRows = rows;
  nodeWeight = weight;
  nodePositive = positive;
  nodeSum = sum;
  lastRows = rows - minLeafRows;
  const rounding = 1e-12 * weight * positive;
  noise = rounding * rounding;
  bestFeature = -1;
  bestTop = 0;
  bestBottom = 1;
}

/** Whether a cut with this gain and weight on its left may be taken. */
export function isAllowed(top: f64, weight: f64): bool {
  return top > noise && weight >= minLeafWeight && nodeWeight - weight >= minLeafWeight;
}

export function take(
  feature: i32,
  cut: i32,
  missingLeft: i32,
  top: f64,
  bottom: f64,
  rows: i32,
  weight: f64,
  positive: f64,
): void {
  bestFeature = feature;
  bestCut = cut;
  bestMissingLeft = missingLeft;
  bestTop = top;
  bestBottom = bottom;
  bestRows = rows;
  bestWeight = weight;
  bestPositive = positive;
}

/** The bin halfway from the cell at `found`, 8 bytes as all of them, to the next that is not empty, by rank. */
export function halfway(cells: usize, found: usize): i32 {
  let next = found + 8;
  while (load<u64>(next) == 0) next += 8;
  return (((found - cells) >> 3) + ((next - cells) >> 3) - 1) >> 1;
}
