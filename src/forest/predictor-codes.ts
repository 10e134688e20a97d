/**
 * A forest with its thresholds replaced by their ranks: what every fast form of prediction is made of.
 *
 * Codes   a value is replaced once per row by its code, the number of the column's thresholds below it; x <= threshold i is code <= i. A
 *         missing value has code 0 for splits that send it left and the largest code for those that send it right, so each column
 *         has two codes and a split names the one it reads
 * Nodes   two 32-bit numbers: which code and which cut, and where the left child is; the right child follows it. A leaf leads to itself, so
 *         that several walks can go in step, without a branch that depends on the row
 * Source  Lucchese et al. 2015, QuickScorer (thresholds once per column); Asadi et al. 2014, doi:10.1109/TKDE.2013.73 (walks in step)
 */
import type { FlatForest } from './flat-forest.ts';

export const largestCode = 65535;
const mostColumns = 32767;

export interface CodedForest {
  readonly featureCount: number;
  /** Increasing distinct thresholds of column f at thresholdStart[f] .. thresholdStart[f + 1] - 1. */
  readonly thresholds: Float64Array;
  readonly thresholdStart: Int32Array;
  /** Pairs: code number * 65536 + cut, left child. */
  readonly nodes: Int32Array;
  readonly values: Float64Array;
  readonly roots: Int32Array;
  /** Most splits on a path, per tree. */
  readonly depths: Int32Array;
}

/**
 * Linear in the nodes, about 16 bytes each.
 *
 * @returns undefined beyond 32767 columns or 65534 distinct thresholds of a column
 */
export function codeForest(forest: FlatForest): CodedForest | undefined {
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value } = forest;
  if (featureCount > mostColumns) return undefined;
  const perColumn = distinctThresholds(forest);
  if (perColumn.some((thresholds) => thresholds.length >= largestCode)) return undefined;
  const count = feature.length;
  const nodes = new Int32Array(2 * count);
  const values = new Float64Array(count);
  const depths = new Int32Array(treeStart.length - 1);
  const placed = new Int32Array(count);
  const depthOf = new Int32Array(count);
  for (let tree = 0; tree < depths.length; tree++) {
    const start = treeStart[tree]!;
    let free = start + 1;
    placed[start] = start;
    for (let node = start; node < treeStart[tree + 1]!; node++) {
      const at = placed[node]!;
      const f = feature[node]!;
      depths[tree] = Math.max(depths[tree]!, depthOf[node]!);
      values[at] = value[node]!;
      nodes[2 * at] = f < 0 ? largestCode : ((2 * f + 1 - missingLeft[node]!) << 16) | indexOf(perColumn[f]!, threshold[node]!);
      nodes[2 * at + 1] = f < 0 ? at : free;
      if (f < 0) continue;
      placed[left[node]!] = free++;
      placed[right[node]!] = free++;
      depthOf[left[node]!] = depthOf[right[node]!] = depthOf[node]! + 1;
    }
  }
  const thresholdStart = new Int32Array(featureCount + 1);
  perColumn.forEach((thresholds, f) => (thresholdStart[f + 1] = thresholdStart[f]! + thresholds.length));
  const thresholds = new Float64Array(thresholdStart[featureCount]!);
  perColumn.forEach((values, f) => thresholds.set(values, thresholdStart[f]!));
  return { featureCount, thresholds, thresholdStart, nodes, values, roots: treeStart.slice(0, -1), depths };
}

function distinctThresholds({ featureCount, feature, threshold }: FlatForest): Float64Array[] {
  const sets = Array.from({ length: featureCount }, () => new Set<number>());
  feature.forEach((f, node) => f >= 0 && sets[f]!.add(threshold[node]!));
  return sets.map((set) => Float64Array.from(set).sort());
}

function indexOf(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
