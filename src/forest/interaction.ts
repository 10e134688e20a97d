/**
 * Interactions: the part of each attribution that a column owes to another one's being known too, and the part that it has to itself.
 *
 * Rule    off the diagonal half the Shapley interaction index of two columns, so that the pair's whole stands in the matrix once in each row; on
 *         the diagonal what remains of the column's attribution. The rows add up to the attributions (Lundberg 2020, as shap gives them)
 * Check   of every answer: a column's interactions with all others add up to what it adds last minus what it adds first, which is computed apart
 *         from them; and the attributions to the output
 */
import { ForestError } from '../errors.ts';
import type { InteractionSums } from './tree-sums.ts';

export interface Interactions {
  /** predictRow of this row, in [0, 1]. */
  readonly output: number;
  /** The output when no column is known. */
  readonly baseValue: number;
  /** Per column, as explain gives them; length featureCount. */
  readonly attributions: Float64Array;
  /** Symmetric, featureCount rows of featureCount numbers one after another; a row adds up to its column's attribution. */
  readonly values: Float64Array;
}

/**
 * @param sums       over `trees` trees
 * @param tolerance  in units of the output
 * @returns          the matrix of Interactions
 * @throws {ForestError} FOREST_ADDITIVITY naming the column
 */
export function interactionMatrix(sums: InteractionSums, trees: number, tolerance: number): Float64Array {
  const { attributions, alone, last, pairs } = sums;
  const p = attributions.length;
  const values = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    let others = 0;
    for (let j = 0; j < p; j++) {
      if (j === i) continue;
      values[i * p + j] = (pairs[i * p + j]! + pairs[j * p + i]!) / (2 * trees);
      others += values[i * p + j]!;
    }
    values[i * p + i] = attributions[i]! / trees - others;
    const gap = 2 * others - (last[i]! - alone[i]!) / trees;
    if (!(Math.abs(gap) <= tolerance)) throw additivityError(i, gap, tolerance);
  }
  return values;
}

function additivityError(column: number, gap: number, tolerance: number): ForestError {
  return new ForestError(
    'FOREST_ADDITIVITY',
    `expected the interactions of column ${column} to add up to what it adds last minus what it adds first within ${tolerance}, found a gap of ` +
      `${gap}; the forest is damaged, run checkForest on it`,
    { details: { column, gap } },
  );
}
