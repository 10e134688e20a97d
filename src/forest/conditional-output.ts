/**
 * Output of a forest when only some columns of a row are known: the worth of a coalition in the game that attributions divide.
 *
 * Game    a known column sends the row its way, an unknown one sends it both ways in proportion to cover (see ./attribution.ts)
 * Choice  the columns that may be known are named beforehand, at most 30, so that a node knows in one number whether any of them is
 *         asked below it; where none is known there, its expectation stands for the whole subtree
 */
import { ForestError } from '../errors.ts';
import type { FlatForest } from './flat-forest.ts';

export interface ConditionalOutput {
  /**
   * @param row    one value per column, NaN where missing
   * @param known  bit k is set where the k-th of the named columns is known
   * @returns      in [0, 1]; with no bit set the base value
   */
  (row: Float64Array, known: number): number;
}

const most = 30;

/**
 * @param columns  that may be known, distinct column numbers
 * @throws {ForestError} FOREST_OPTIONS for more than 30 columns or one the forest does not have
 */
export function createConditionalOutput(forest: FlatForest, columns: readonly number[]): ConditionalOutput {
  const { featureCount, treeStart, feature, threshold, missingLeft, left, right, value, cover } = forest;
  if (columns.length > most || columns.some((c) => !(c >= 0 && c < featureCount))) {
    throw new ForestError(
      'FOREST_OPTIONS',
      `expected at most ${most} columns of 0 to ${featureCount - 1}, found ${columns.length}`,
    );
  }
  const bit = new Int32Array(featureCount);
  columns.forEach((column, k) => (bit[column] = 1 << k));
  const below = new Int32Array(feature.length);
  const expected = new Float64Array(feature.length);
  // Children come after their parent.
  for (let node = feature.length - 1; node >= 0; node--) {
    if (feature[node]! < 0) {
      expected[node] = value[node]!;
      continue;
    }
    const [l, r] = [left[node]!, right[node]!];
    below[node] = bit[feature[node]!]! | below[l]! | below[r]!;
    expected[node] = (cover[l]! * expected[l]! + cover[r]! * expected[r]!) / cover[node]!;
  }
  const trees = treeStart.length - 1;
  return (row, known) => {
    const visit = (node: number): number => {
      if ((below[node]! & known) === 0) return expected[node]!;
      const f = feature[node]!;
      if ((bit[f]! & known) !== 0) {
        const x = row[f]!;
        return visit(x <= threshold[node]! || (Number.isNaN(x) && missingLeft[node] === 1) ? left[node]! : right[node]!);
      }
      const [l, r] = [left[node]!, right[node]!];
      return (cover[l]! * visit(l) + cover[r]! * visit(r)) / cover[node]!;
    };
    let sum = 0;
    for (let tree = 0; tree < trees; tree++) sum += visit(treeStart[tree]!);
    return sum / trees;
  };
}
