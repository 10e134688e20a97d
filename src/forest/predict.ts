/**
 * Prediction: the mean over the trees of the value of the leaf a row falls into.
 *
 * Choice  one row is walked plainly (./walk.ts); many rows pay for the prepared form first (./predictor.ts). Both give the same bits
 */
import { ForestError } from '../errors.ts';
import type { FlatForest } from './flat-forest.ts';
import { createPredictor } from './predictor.ts';
import { checkRowLength, predictRow } from './walk.ts';

export { predictRow };

/** Rows from which preparing the forest costs less than it saves. */
const preparePaysFrom = 64;

/**
 * predictRow for many rows, to the bit.
 *
 * @param columns  featureCount arrays of at least `rows` values
 * @returns        share in [0, 1] per row
 * @throws {ForestError} FOREST_ROW_INVALID when the number of columns differs or a column is too short
 */
export function predictColumns(forest: FlatForest, columns: readonly Float64Array[], rows: number): Float64Array {
  checkRowLength(forest, columns.length);
  columns.forEach((column, feature) => {
    if (column.length >= rows) return;
    throw new ForestError(
      'FOREST_ROW_INVALID',
      `column ${feature}: expected ${rows} values, found ${column.length}; build the table again`,
      {
        details: { column: feature, found: column.length, expected: rows },
      },
    );
  });
  const predict =
    rows < preparePaysFrom ? (row: Float64Array): number => predictRow(forest, row) : createPredictor(forest).predict;
  const row = new Float64Array(columns.length);
  const risk = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    for (let f = 0; f < row.length; f++) row[f] = columns[f]![r]!;
    risk[r] = predict(row);
  }
  return risk;
}
