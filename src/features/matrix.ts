/**
 * The matrix: one row per index discharge, one Float64 column per feature, NaN where a value is missing or not covered.
 *
 * In     a warehouse with a built cohort; a feature set; what the landing folder covers
 * Out    columns with ids, groups (patients), outcomes and strata beside them; rows ordered by patient, discharge, id
 * Check  every value lies in its catalogue range or the build stops: a value outside is a defect, not a patient
 */
import { FeatureError } from '../errors.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { groupNumbers } from '../util/group-numbers.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import type { Warehouse } from '../warehouse/index.ts';
import { readKnownRelations, type Feature } from './catalogue.ts';
import { coveredValue, isInRange, type Coverage } from './coverage.ts';
import type { FeatureSet } from './feature-set.ts';
import { tryOwnFamilies } from './as-of-trial.ts';

export interface FeatureMatrix {
  readonly features: readonly Feature[];
  readonly rows: number;
  readonly columns: readonly Float64Array[];
  readonly indexIds: readonly string[];
  readonly patientIds: readonly string[];
  /** Number of the patient each row belongs to, 0 .. patients - 1. */
  readonly groups: Int32Array;
  /** 1 where the outcome of the cohort definition followed: an unplanned readmission, the composite, or a label given. */
  readonly outcome: Uint8Array;
  readonly outcomeStates: readonly string[];
  readonly admitMs: Float64Array;
  readonly dischargeMs: Float64Array;
  /** Reason of the stay as known at the prediction time, a code of SNOMED CT or ICD-10; null where none was coded. */
  readonly reasons: readonly (string | null)[];
}

const order = 'ORDER BY i.patient_id, i.discharge_ms, i.index_id';

/**
 * Runs the doors and the families' SQL, then streams the columns out.
 *
 * @throws {FeatureError} FEATURE_OUT_OF_RANGE; of a researcher's own families FEATURE_FOLDER_ROWS, FEATURE_FOLDER_FUTURE
 */
export async function buildMatrix(
  warehouse: Warehouse,
  set: FeatureSet,
  coverage: Coverage,
  run: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<FeatureMatrix> {
  const onProgress = run.onProgress ?? silent;
  const relations = [...readKnownRelations(), ...set.families.map((family) => family.relation)];
  for (const [done, relation] of relations.entries()) {
    stopIfCancelled(run.signal, 'the matrix');
    onProgress({ task: 'features', done, total: relations.length });
    await warehouse.create(relation);
  }
  await tryOwnFamilies(warehouse, set.families);
  onProgress({ task: 'features', done: relations.length, total: relations.length });
  const ids = await warehouse.rows(
    `SELECT i.index_id, i.patient_id, i.admit_ms, i.discharge_ms, r.reason_code, o.target, o.outcome_state
     FROM index_discharge i JOIN outcome o ON o.index_id = i.index_id LEFT JOIN known_reason r ON r.index_id = i.index_id ${order}`,
  );
  const rows = ids.length;
  const columns: Float64Array[] = [];
  for (const { family, select } of familySelects(set)) columns.push(...(await warehouse.numericColumns(select, rows, family)));
  const admitMs = Float64Array.from(ids, (row) => Number(row['admit_ms']));
  const dischargeMs = Float64Array.from(ids, (row) => Number(row['discharge_ms']));
  const indexIds = ids.map((row) => String(row['index_id']));
  set.features.forEach((feature, c) => maskColumn(feature, columns[c] as Float64Array, indexIds, admitMs, dischargeMs, coverage));
  const patientIds = ids.map((row) => String(row['patient_id']));
  return {
    features: set.features,
    rows,
    columns,
    indexIds,
    patientIds,
    groups: groupNumbers(patientIds),
    outcome: Uint8Array.from(ids, (row) => Number(row['target'])),
    outcomeStates: ids.map((row) => String(row['outcome_state'])),
    admitMs,
    dischargeMs,
    reasons: ids.map((row) => (row['reason_code'] === null ? null : String(row['reason_code']))),
  };
}

/** One SELECT per family with features in the set: its columns as doubles, in the set's order; also prepared over one patient. */
export function familySelects(set: FeatureSet): { family: string; select: string; features: readonly Feature[] }[] {
  return set.families
    .map((family) => {
      const features = set.features.filter((feature) => feature.family === family.family);
      const columns = features.map((feature) => `CAST(f.${feature.name} AS DOUBLE) AS ${feature.name}`);
      const join = `LEFT JOIN ${family.relation.name} f ON f.index_id = i.index_id`;
      return { family: family.family, features, select: `SELECT ${columns.join(', ')} FROM index_discharge i ${join} ${order}` };
    })
    .filter(({ features }) => features.length > 0);
}

/** Makes what was not covered missing, in place, and refuses what cannot be. @throws {FeatureError} FEATURE_OUT_OF_RANGE */
function maskColumn(
  feature: Feature,
  column: Float64Array,
  ids: readonly string[],
  admitMs: Float64Array,
  dischargeMs: Float64Array,
  coverage: Coverage,
): void {
  const impossible: string[] = [];
  for (let r = 0; r < column.length; r += 1) {
    const value = coveredValue(feature, column[r] as number, admitMs[r] as number, dischargeMs[r] as number, coverage);
    column[r] = value;
    if (!isInRange(feature, value)) impossible.push(ids[r] as string);
  }
  if (impossible.length === 0) return;
  const [low, high] = feature.range;
  throw new FeatureError(
    'FEATURE_OUT_OF_RANGE',
    `${feature.name}: expected ${low} to ${high} ${feature.unit}, found ${impossible.length} discharges outside, the first ${impossible[0]}; look at its record`,
    { details: { feature: feature.name, low, high, discharges: impossible.length, first: impossible[0] as string } },
  );
}
