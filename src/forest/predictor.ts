/**
 * A forest prepared for scoring single rows: the same bits as predictRow, several times faster.
 *
 * Codes   a value is replaced once per row by its code, the number of the column's thresholds below it; x <= threshold i is code <= i. A
 *         missing value has code 0 for splits that send it left and the largest code for those that send it right, so each column
 *         has two codes and a split names the one it reads
 * Nodes   two 32-bit numbers: which code and which cut, and where the left child is; the right child follows it. A leaf leads to itself, so
 *         four trees can be walked in step, without a branch that depends on the row
 * Limits  beyond 32767 columns or 65534 distinct thresholds of a column the plain walk is used
 * Source  Lucchese et al. 2015, QuickScorer (thresholds once per column); Asadi et al. 2014, doi:10.1109/TKDE.2013.73 (interleaved walks)
 */
import type { FlatForest } from './flat-forest.ts';
import { checkRowLength, predictRow } from './walk.ts';

export interface Predictor {
  /**
   * @param row  one value per column in the forest's order, NaN where missing
   * @returns    share in [0, 1], to the bit that of predictRow
   * @throws {ForestError} FOREST_ROW_INVALID when the row has another length
   */
  predict(row: Float64Array): number;
}

const largestCode = 65535;
const together = 4;

interface Prepared {
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
 * Linear in the nodes, about 16 bytes each. Not for two threads at once: it owns scratch memory.
 *
 * @param forest  trained here or checked (./check.ts); not changed
 */
export function createPredictor(forest: FlatForest): Predictor {
  const prepared = prepare(forest);
  if (prepared === undefined) return { predict: (row) => predictRow(forest, row) };
  const { featureCount } = forest;
  const { roots } = prepared;
  const codes = new Int32Array(2 * featureCount);
  return {
    predict(row: Float64Array): number {
      checkRowLength(forest, row.length);
      encode(prepared.thresholds, prepared.thresholdStart, row, codes);
      return sumLeaves(prepared, codes) / roots.length;
    },
  };
}

function encode(thresholds: Float64Array, thresholdStart: Int32Array, row: Float64Array, codes: Int32Array): void {
  for (let f = 0; f < row.length; f++) {
    const x = row[f]!;
    if (x !== x) {
      codes[2 * f] = 0;
      codes[2 * f + 1] = largestCode;
      continue;
    }
    const start = thresholdStart[f]!;
    let low = start;
    let high = thresholdStart[f + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (thresholds[middle]! < x) low = middle + 1;
      else high = middle;
    }
    codes[2 * f] = codes[2 * f + 1] = low - start;
  }
}

/** Added in the order of the trees, as predictRow does. */
function sumLeaves({ nodes, values, roots, depths }: Prepared, codes: Int32Array): number {
  let sum = 0;
  let tree = 0;
  for (; tree + together <= roots.length; tree += together) {
    const depth = Math.max(depths[tree]!, depths[tree + 1]!, depths[tree + 2]!, depths[tree + 3]!);
    let a = roots[tree]!;
    let b = roots[tree + 1]!;
    let c = roots[tree + 2]!;
    let d = roots[tree + 3]!;
    for (let level = 0; level < depth; level++) {
      a = child(nodes, codes, a);
      b = child(nodes, codes, b);
      c = child(nodes, codes, c);
      d = child(nodes, codes, d);
    }
    sum += values[a]!;
    sum += values[b]!;
    sum += values[c]!;
    sum += values[d]!;
  }
  for (; tree < roots.length; tree++) {
    let node = roots[tree]!;
    for (let level = 0; level < depths[tree]!; level++) node = child(nodes, codes, node);
    sum += values[node]!;
  }
  return sum;
}

/** The sign bit of cut - code is 1 exactly when the code is above the cut: one step right of the left child. */
function child(nodes: Int32Array, codes: Int32Array, node: number): number {
  const test = nodes[2 * node]!;
  return nodes[2 * node + 1]! + (((test & 65535) - codes[test >>> 16]!) >>> 31);
}

function prepare(forest: FlatForest): Prepared | undefined {
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value } = forest;
  if (featureCount > 32767) return undefined;
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
  return { thresholds, thresholdStart, nodes, values, roots: treeStart.slice(0, -1), depths };
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
