/**
 * The truth: per discharge what the process knew, expected and drew, as a row and as a table.
 *
 * Columns  patient_id, index_id, discharge_ms, eligible, exclusion, planted, frailty, p_* (given the frailty), oracle_* (expected over the
 *          frailty given the patient's earlier outcomes), state, day, then covariate_NAME where kept and contribution_NAME
 * Order    of rows: as given (patient, then discharge); of columns: always the same, covariates by name
 */
import { SimulationError } from '../errors.ts';
import type { Probabilities } from './linear-predictor.ts';
import type { State } from './process.ts';

export interface TruthRow {
  /** Patient/x */
  readonly patientId: string;
  /** Encounter/x of the discharge. */
  readonly indexId: string;
  readonly dischargeMs: number;
  /** An index discharge of the cohort definition that the rates were solved on. */
  readonly eligible: boolean;
  /** The rule that made it none; null where eligible. */
  readonly exclusion: string | null;
  /** The admission itself was planted. */
  readonly planted: boolean;
  /** The patient's b, in log odds. */
  readonly frailty: number;
  /** True probabilities given b. */
  readonly probabilities: Probabilities;
  /** Expected over b given the facts and the patient's own earlier outcomes. */
  readonly oracle: Probabilities;
  readonly state: State;
  /** Calendar day of the event after the discharge; null where none was drawn. */
  readonly day: number | null;
  readonly covariates?: Readonly<Record<string, number>>;
  /** See ./contributions.ts, in log odds, not centred. */
  readonly contributions: Readonly<Record<string, number>>;
}

/** Numbers with NaN, or texts with null, where there is nothing. */
export interface TruthColumn {
  readonly name: string;
  readonly values: Float64Array | readonly (string | null)[];
}

const covariatePrefix = 'covariate_';
export const contributionPrefix = 'contribution_';

/**
 * The rows as columns for a table file.
 *
 * @param names.contributions  covariates of createContributions
 * @param names.covariates     covariates whose values are kept; default none
 * @throws {SimulationError} SIM_TRUTH_DUPLICATE when two rows are of one discharge
 */
export function truthColumns(
  rows: readonly TruthRow[],
  names: { readonly contributions: readonly string[]; readonly covariates?: readonly string[] },
): TruthColumn[] {
  const seen = new Set<string>();
  for (const { indexId } of rows) {
    if (seen.has(indexId)) {
      throw new SimulationError(
        'SIM_TRUTH_DUPLICATE',
        `expected one row per discharge, found two of ${indexId}; this is a defect, please report it`,
        { details: { indexId } },
      );
    }
    seen.add(indexId);
  }
  const number = (name: string, of: (row: TruthRow) => number): TruthColumn => ({ name, values: Float64Array.from(rows, of) });
  const text = (name: string, of: (row: TruthRow) => string | null): TruthColumn => ({ name, values: rows.map(of) });
  return [
    text('patient_id', (row) => row.patientId),
    text('index_id', (row) => row.indexId),
    number('discharge_ms', (row) => row.dischargeMs),
    number('eligible', (row) => (row.eligible ? 1 : 0)),
    text('exclusion', (row) => row.exclusion),
    number('planted', (row) => (row.planted ? 1 : 0)),
    number('frailty', (row) => row.frailty),
    number('p_unplanned', (row) => row.probabilities[0]),
    number('p_death', (row) => row.probabilities[1]),
    number('p_planned', (row) => row.probabilities[2]),
    number('oracle_unplanned', (row) => row.oracle[0]),
    number('oracle_death', (row) => row.oracle[1]),
    number('oracle_planned', (row) => row.oracle[2]),
    text('state', (row) => row.state),
    number('day', (row) => row.day ?? NaN),
    ...sorted(names.covariates ?? []).map((name) => number(covariatePrefix + name, (row) => valueOf(row, row.covariates, name))),
    ...sorted(names.contributions).map((name) =>
      number(contributionPrefix + name, (row) => valueOf(row, row.contributions, name)),
    ),
  ];
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort();
}

function valueOf(row: TruthRow, values: Readonly<Record<string, number>> | undefined, name: string): number {
  const value = values?.[name];
  if (value !== undefined) return value;
  throw new SimulationError('SIM_COVARIATE_MISSING', `${row.indexId}: expected a value of ${name}, found none`, {
    details: { covariate: name, indexId: row.indexId },
  });
}
