/**
 * Monitoring: do today's discharges still look like those the model was trained on, and does it still promise what happens?
 *
 * In      a model folder whose metrics.json holds the distributions of its training rows; a study of later discharges
 * Out     stability of every feature and of the risk, shifts of missing shares, shares out of the training range; observed against expected events,
 *         discrimination, calibration and subgroups; what lies above the bounds (./monitor-bounds.ts)
 * Choice  the risk is compared over discharges the model cannot have been trained on; events and figures over those of patients it was not
 *         trained on, for it knows how the others fared
 * Choice  only discharges whose horizon is over are in the study, so that the last month is looked at a month later
 */
import {
  bootstrapMeasures,
  figureOf,
  observedToExpectedStatistic,
  populationStability,
  shareOutOfRange,
  type Figure,
  type ReferenceDistribution,
  type Stability,
  type SubgroupTable,
} from '../evaluation/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { ModelFolder } from '../model/index.ts';
import {
  breachesOf,
  defaultBounds,
  type Breach,
  type FeatureDrift,
  type MonitorBounds,
  type ObservedEvents,
} from './monitor-bounds.ts';
import { modelOutputs, newRows, risksOf } from './model-risks.ts';
import { referencesOf } from './references.ts';
import { seenPatients, type OtherPatients, type SeenCounts } from './seen-patients.ts';
import { studyEvidence } from './study-evidence.ts';
import type { Study } from './study.ts';

export interface MonitorOptions extends OtherPatients {
  readonly bounds?: MonitorBounds;
  readonly seed: number;
  readonly draws: number;
  readonly signal?: AbortSignal;
}

export interface Monitoring extends SeenCounts {
  readonly discharges: number;
  readonly patients: number;
  /** First and last discharge, ISO dates (UTC). */
  readonly from: string;
  readonly to: string;
  /** Null where the model may have been trained on every discharge. */
  readonly risk: (Pick<Stability, 'psi' | 'chance'> & { readonly mean: number; readonly discharges: number }) | null;
  /** By falling PSI. */
  readonly features: readonly FeatureDrift[];
  /** Null where every patient was trained on. */
  readonly outcomes: MonitoredOutcomes | null;
  readonly bounds: MonitorBounds;
  readonly breaches: readonly Breach[];
}

export interface MonitoredOutcomes extends ObservedEvents {
  readonly discharges: number;
  readonly patients: number;
  /** auroc, brier, calibrationIntercept and the like where both outcomes occurred. */
  readonly figures: Readonly<Record<string, Figure>>;
  readonly subgroups: readonly SubgroupTable[];
}

/** @throws {ModelError} MODEL_NO_REFERENCE where metrics.json holds no distributions of the training rows; {CohortError} COHORT_SAME_PATIENTS */
export async function monitorModel(folder: ModelFolder, study: Study, options: MonitorOptions): Promise<Monitoring> {
  const bounds = options.bounds ?? defaultBounds;
  const references = referencesOf(folder);
  const { header } = folder.model;
  const { matrix } = study;
  const patients = new Set(matrix.patientIds).size;
  const columns = matrix.features.length + 1;
  // The distributions of a recalibrated model are of the discharges it was recalibrated on.
  const { patients: trained = Infinity } = header.parent ?? header.training;
  const look = (reference: ReferenceDistribution, values: Float64Array, now: number): Stability =>
    populationStability(reference, values, { columns, independent: { now, then: Math.min(reference.rows, trained) } });
  const { unseen, ...counts } = seenPatients(header, study, options);
  const isUnseen = new Set(unseen);
  const fresh = newRows(folder.model, matrix, { unseen });
  const risk = risksOf(folder.model, modelOutputs(folder.model, matrix, fresh));
  const score = risk.length === 0 ? null : look(references.risk, risk, new Set(groupsOf(matrix, fresh)).size);
  const features = matrix.features
    .map(({ name, family }, c): FeatureDrift => {
      const column = matrix.columns[c] as Float64Array;
      const stability = look(references.features[name] as ReferenceDistribution, column, patients);
      const range = header.features[c] as { min: number | null; max: number | null; missing: number };
      // Only a known value can have set the range.
      const independent = { now: patients, then: header.training.patients * (1 - range.missing) };
      return { name, family, ...stability, ...shareOutOfRange(column, range, { columns, independent }) };
    })
    .sort((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1));
  // Whoever is unseen is new.
  const unseenRisk = risk.filter((_, i) => isUnseen.has(fresh[i] as number));
  const outcomes = await outcomesNow(folder, study, { rows: unseen, risk: unseenRisk }, options);
  const times = [...matrix.dischargeMs].sort((a, b) => a - b);
  const date = (ms: number | undefined): string => new Date(ms as number).toISOString().slice(0, 10);
  return {
    discharges: matrix.rows,
    patients,
    ...counts,
    from: date(times[0]),
    to: date(times.at(-1)),
    risk:
      score === null
        ? null
        : {
            psi: score.psi,
            chance: score.chance,
            mean: risk.reduce((sum, r) => sum + r, 0) / risk.length,
            discharges: risk.length,
          },
    features,
    outcomes,
    bounds,
    breaches: breachesOf(score, features, outcomes, bounds),
  };
}

async function outcomesNow(
  { model }: ModelFolder,
  study: Study,
  { rows, risk }: { readonly rows: Int32Array; readonly risk: Float64Array },
  { seed, draws, signal }: MonitorOptions,
): Promise<MonitoredOutcomes | null> {
  const { matrix } = study;
  if (rows.length === 0) return null;
  const outcome = Uint8Array.from(rows, (row) => matrix.outcome[row] as number);
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const thresholds = model.header.bands.map(({ from }) => from).filter((from) => from > 0);
  const evidence =
    events === 0 || events === rows.length
      ? null
      : await studyEvidence(
          study,
          { forest: risk },
          { description: 'monitoring', rows, fold: null, thresholds: thresholds.reverse() },
          { folds: model.header.folds.count, seed, draws, ...(signal === undefined ? {} : { signal }) },
        );
  return {
    discharges: rows.length,
    patients: new Set(groupsOf(matrix, rows)).size,
    events,
    expected: risk.reduce((sum, r) => sum + r, 0),
    spread: Math.sqrt(risk.reduce((sum, r) => sum + r * (1 - r), 0)),
    ratio: observedToExpected(outcome, risk, groupsOf(matrix, rows), { seed, draws }),
    figures: evidence?.headline['forest'] ?? {},
    subgroups: evidence?.subgroups ?? [],
  };
}

function groupsOf(matrix: FeatureMatrix, rows: Int32Array): Int32Array {
  return Int32Array.from(rows, (row) => matrix.groups[row] as number);
}

function observedToExpected(
  outcome: Uint8Array,
  risk: Float64Array,
  groups: Int32Array,
  options: { readonly seed: number; readonly draws: number },
): Figure {
  const ratio = observedToExpectedStatistic(outcome, risk);
  return figureOf(bootstrapMeasures({ ratio }, groups, options).ratio);
}
