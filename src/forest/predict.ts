/**
 * Prediction: the mean over the trees of the value of the leaf a row falls into.
 *
 * Choice  one row is walked plainly (./walk.ts); many rows pay for the prepared form first (./predictor.ts). Both give the same bits
 */
import type { FlatForest } from './flat-forest.ts';
import { createPredictor } from './predictor.ts';
import { rowByRow } from './row-outputs.ts';
import { checkColumns, predictRow } from './walk.ts';

export { predictRow };

/** Rows from which preparing the forest costs less than it saves. */
const preparePaysFrom = 256;

/**
 * predictRow for many rows, to the bit.
 *
 * @param columns  featureCount arrays of at least `rows` values
 * @returns        share in [0, 1] per row
 * @throws {ForestError} FOREST_ROW_INVALID when the number of columns differs or a column is too short
 */
export function predictColumns(forest: FlatForest, columns: readonly Float64Array[], rows: number): Float64Array {
  if (rows >= preparePaysFrom) return createPredictor(forest).predictColumns(columns, rows);
  checkColumns(forest.featureCount, columns, rows);
  return rowByRow((row) => predictRow(forest, row)).many(columns, rows);
}
