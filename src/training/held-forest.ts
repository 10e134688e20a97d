/**
 * A fold's forest with the rows that it did not see.
 */
import type { FeatureMatrix } from '../features/index.ts';
import type { FittedForest } from './held-out.ts';

export interface HeldForest extends Pick<FittedForest, 'forest' | 'outputs'> {
  /** Rows of the matrix it was asked about; `outputs` has one output for each. */
  readonly rows: Int32Array;
}

/** Output of each row of the matrix by the forest that held it out; NaN where none did. */
export function heldOutOutputs({ rows: count }: Pick<FeatureMatrix, 'rows'>, held: readonly HeldForest[]): Float64Array {
  const all = new Float64Array(count).fill(Number.NaN);
  for (const { rows, outputs } of held) rows.forEach((row, i) => (all[row] = outputs[i] as number));
  return all;
}
