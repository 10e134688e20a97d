/**
 * The table a forest learns from: Float64 columns, NaN where a value is missing, and one outcome per row.
 *
 * Choice  an infinite value is refused (it is a fault upstream, and no midpoint to it exists), a missing one is not; a column
 *         that is constant or wholly missing is accepted and never split; a row of weight 0 is as good as absent
 */
import { ForestError } from '../errors.ts';

export interface TrainingTable {
  /** Number of columns, 1..4096. */
  readonly featureCount: number;
  /** Number of rows, at least 1. */
  readonly rows: number;
  /** `featureCount` arrays of length `rows`; finite or NaN. */
  readonly columns: readonly Float64Array[];
  /** 0 or 1 per row; both must occur. */
  readonly outcome: Uint8Array;
  /** Any whole number that names the row's patient; rows of one patient are drawn together. Without it each row is its own group. */
  readonly groups?: Int32Array;
  /** Case weight per row, finite and >= 0, default 1 each. */
  readonly weights?: Float64Array;
}

export const maxFeatureCount = 4096;

function invalid(message: string, details: Record<string, string | number> = {}): ForestError {
  return new ForestError('FOREST_TABLE_INVALID', message, { details });
}

function checkLength(name: string, found: number, expected: number): void {
  if (found !== expected) {
    throw invalid(`${name}: expected ${expected} entries, one per row, found ${found}; build the table again`, {
      name,
      found,
      expected,
    });
  }
}

/**
 * Reads the whole table once and refuses what cannot be learned from.
 *
 * @throws {ForestError} FOREST_NO_ROWS; FOREST_TABLE_INVALID for lengths, column counts, outcomes other than 0 and 1, and
 *         weights; FOREST_VALUE_INFINITE naming column and row; FOREST_ONE_CLASS with the counts
 */
export function checkTrainingTable(table: TrainingTable): void {
  const { rows, featureCount, columns, outcome, groups, weights } = table;
  if (!Number.isInteger(rows) || rows < 1) {
    throw new ForestError(
      'FOREST_NO_ROWS',
      `expected at least 1 training row, found ${rows}; check the cohort's attrition table`,
    );
  }
  if (!Number.isInteger(featureCount) || featureCount < 1 || featureCount > maxFeatureCount) {
    throw invalid(`featureCount: expected 1 to ${maxFeatureCount} columns, found ${featureCount}; choose fewer features`, {
      featureCount,
    });
  }
  if (columns.length !== featureCount) {
    throw invalid(`columns: expected ${featureCount} arrays, found ${columns.length}; build the table again`, {
      found: columns.length,
      expected: featureCount,
    });
  }
  columns.forEach((column, feature) => checkLength(`column ${feature}`, column.length, rows));
  checkLength('outcome', outcome.length, rows);
  if (groups !== undefined) checkLength('groups', groups.length, rows);
  if (weights !== undefined) checkLength('weights', weights.length, rows);
  columns.forEach(checkFinite);
  checkClasses(outcome, weights);
}

function checkFinite(column: Float64Array, feature: number): void {
  for (let row = 0; row < column.length; row++) {
    const x = column[row]!;
    if (x - x !== 0 && x === x) {
      throw new ForestError(
        'FOREST_VALUE_INFINITE',
        `column ${feature}, row ${row}: expected a finite value or NaN (missing), found ${x}; correct the feature that made it`,
        { details: { column: feature, row } },
      );
    }
  }
}

function checkClasses(outcome: Uint8Array, weights: Float64Array | undefined): void {
  let positives = 0;
  let negatives = 0;
  for (let row = 0; row < outcome.length; row++) {
    const y = outcome[row]!;
    if (y > 1) throw invalid(`outcome, row ${row}: expected 0 or 1, found ${y}; code the outcome again`, { row, found: y });
    if (weights !== undefined) {
      const weight = weights[row]!;
      if (!(weight >= 0) || weight === Infinity) {
        throw invalid(`weights, row ${row}: expected a finite weight of at least 0, found ${weight}; correct the weights`, {
          row,
        });
      }
      if (weight === 0) continue;
    }
    if (y === 1) positives++;
    else negatives++;
  }
  if (positives === 0 || negatives === 0) {
    throw new ForestError(
      'FOREST_ONE_CLASS',
      `expected rows of both outcomes, found ${positives} with and ${negatives} without the event; widen the cohort or check the label`,
      { details: { positives, negatives } },
    );
  }
}
