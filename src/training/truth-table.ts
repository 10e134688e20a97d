/**
 * The truth of a planted cohort, read back and matched to the discharges of a matrix.
 *
 * In   truth.parquet of `readmission simulate`; index ids of a matrix
 * Out  per row of the matrix the oracle's probabilities, the drawn state and the true contributions
 */
import { SimulationError, WarehouseError } from '../errors.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { State } from '../simulation/process.ts';
import { contributionPrefix } from '../simulation/truth.ts';
import { sqlString } from '../views/index.ts';
import { Warehouse } from '../warehouse/index.ts';

export interface Truth {
  /** Row in the table of each discharge (Encounter/x). */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly dischargeMs: Float64Array;
  readonly oracleUnplanned: Float64Array;
  /** Of death before any return. */
  readonly oracleDeath: Float64Array;
  /** 1 where the drawn state is an unplanned readmission. */
  readonly unplanned: Uint8Array;
  /** 1 where the drawn state is death before any return. */
  readonly died: Uint8Array;
  /** By covariate, in log odds, not centred; sorted by name. */
  readonly contributions: Readonly<Record<string, Float64Array>>;
}

/** The truth of the rows of a matrix, in their order. */
export type MatchedTruth = Omit<Truth, 'rowOf' | 'dischargeMs'>;

/** @throws {SimulationError} SIM_TRUTH_INVALID when the file is no truth table */
export async function readTruth(path: string): Promise<Truth> {
  const warehouse = await Warehouse.open({ threads: 1 });
  const source = `read_parquet(${sqlString(path)})`;
  try {
    const names = (await warehouse.rows(`DESCRIBE SELECT * FROM ${source}`, [], 'truth')).map((row) =>
      String(row['column_name']),
    );
    const missing = required.filter((name) => !names.includes(name));
    const covariates = names.filter((name) => name.startsWith(contributionPrefix)).sort();
    if (missing.length > 0 || covariates.length === 0) {
      throw invalid(path, `a table without ${missing[0] ?? `${contributionPrefix}* columns`}`);
    }
    const rows = await warehouse.rows(`SELECT index_id, state FROM ${source} ORDER BY index_id`, [], 'truth');
    const numbers = ['discharge_ms', 'oracle_unplanned', 'oracle_death', ...covariates];
    const columns = await warehouse.numericColumns(
      `SELECT ${numbers.map((name) => `CAST("${name}" AS DOUBLE)`).join(', ')} FROM ${source} ORDER BY index_id`,
      rows.length,
      'truth',
    );
    const rowOf = new Map(rows.map((row, r) => [String(row['index_id']), r] as const));
    if (rowOf.size !== rows.length) throw invalid(path, `${rows.length} rows of ${rowOf.size} discharges`);
    if (columns.some((column) => column.some((value) => Number.isNaN(value)))) throw invalid(path, 'a row with a number missing');
    const [dischargeMs, oracleUnplanned, oracleDeath, ...contributions] = columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      ...Float64Array[],
    ];
    const drawn = (state: State): Uint8Array => Uint8Array.from(rows, (row) => (row['state'] === state ? 1 : 0));
    return {
      rowOf,
      dischargeMs,
      oracleUnplanned,
      oracleDeath,
      unplanned: drawn('unplanned'),
      died: drawn('death'),
      contributions: Object.fromEntries(
        covariates.map((name, c) => [name.slice(contributionPrefix.length), contributions[c] as Float64Array]),
      ),
    };
  } catch (cause) {
    throw cause instanceof WarehouseError ? invalid(path, 'a file that cannot be read as one', cause) : cause;
  } finally {
    warehouse.close();
  }
}

const required = ['patient_id', 'index_id', 'discharge_ms', 'state', 'oracle_unplanned', 'oracle_death'];

function invalid(path: string, found: string, cause?: unknown): SimulationError {
  return new SimulationError(
    'SIM_TRUTH_INVALID',
    `${path}: expected truth.parquet as readmission simulate writes it, found ${found}`,
    cause === undefined ? {} : { cause },
  );
}

/**
 * @param rows  rows of the matrix that are wanted
 * @throws {SimulationError} SIM_TRUTH_UNMATCHED with the count of discharges the truth does not hold, or holds at another time
 */
export function matchTruth(truth: Truth, matrix: FeatureMatrix, rows: Int32Array): MatchedTruth {
  const unmatched: string[] = [];
  const at = Int32Array.from(rows, (row) => {
    const id = matrix.indexIds[row] as string;
    const found = truth.rowOf.get(id);
    if (found !== undefined && truth.dischargeMs[found] === matrix.dischargeMs[row]) return found;
    unmatched.push(id);
    return -1;
  });
  if (unmatched.length > 0) {
    throw new SimulationError(
      'SIM_TRUTH_UNMATCHED',
      `expected a truth row for each of ${rows.length} index discharges, found none for ${unmatched.length} of them, the first ${unmatched[0]}; ` +
        'use the truth.parquet that was written with these records',
      { details: { discharges: rows.length, unmatched: unmatched.length, first: unmatched[0] as string } },
    );
  }
  const pick = (column: Float64Array): Float64Array => Float64Array.from(at, (r) => column[r] as number);
  const pickState = (column: Uint8Array): Uint8Array => Uint8Array.from(at, (r) => column[r] as number);
  return {
    oracleUnplanned: pick(truth.oracleUnplanned),
    oracleDeath: pick(truth.oracleDeath),
    unplanned: pickState(truth.unplanned),
    died: pickState(truth.died),
    contributions: Object.fromEntries(Object.entries(truth.contributions).map(([name, column]) => [name, pick(column)])),
  };
}
