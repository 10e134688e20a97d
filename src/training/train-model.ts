/**
 * Training: from a study to a model folder's content.
 *
 * Steps   gather evidence by models refitted without what they are judged on, choose bands from the held-out risks, refit on all
 *         discharges, calibrate on the refit's out-of-bag outputs
 * Choice  the published forest is the refit; its figures are those of the validation, and header and card say so
 */
import { cohortDefinitionHash, outcomeOf } from '../cohort/index.ts';
import { FOLD_RULE } from '../evaluation/index.ts';
import { mappingHash } from '../mapping/index.ts';
import { resolveForestOptions, trainForest, type ForestOptions } from '../forest/index.ts';
import {
  buildCard,
  fitCalibration,
  fitRiskIntervals,
  patientHash,
  patientSalt,
  type CardStatements,
  type ModelHeader,
  type RiskModel,
} from '../model/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { codeVersion } from '../util/code-version.ts';
import { allRows, trainingTable } from './held-out.ts';
import { gatherHeldOutEvidence, type EvidenceOptions } from './held-out-evidence.ts';
import { heldOutTruth } from './held-out-truth.ts';
import { trainingReferences, type References } from './references.ts';
import { runMetrics, type RunMetrics } from './run-metrics.ts';
import { sourceHash } from './seen-patients.ts';
import type { Study } from './study.ts';
import type { TruthEvaluation } from './truth-evaluation.ts';
import { matchTruth, type Truth } from './truth-table.ts';

export interface TrainOptions extends Pick<EvidenceOptions, 'capacities' | 'repeats' | 'quick' | 'explainedRows'> {
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly seed: number;
  readonly folds?: number;
  readonly draws?: number;
  readonly forest?: Partial<ForestOptions>;
  /** Of planted records. */
  readonly truth?: Truth;
  /** What a person says of the model, for its card. */
  readonly statements?: CardStatements;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface TrainingMetrics extends RunMetrics {
  /** Where a truth was given. */
  readonly truth?: TruthEvaluation;
  /** Kept so that later discharges can be held against the training rows. */
  readonly references: References;
}

export interface TrainedModel {
  readonly model: RiskModel;
  readonly metrics: TrainingMetrics;
  readonly card: object;
  readonly cardMarkdown: string;
}

/**
 * @throws {ForestError} FOREST_ONE_CLASS when no discharge, or every one, had the outcome; {SimulationError} SIM_TRUTH_UNMATCHED
 */
export async function trainModel(study: Study, options: TrainOptions): Promise<TrainedModel> {
  const { matrix } = study;
  const onProgress = options.onProgress ?? silent;
  const draws = options.draws ?? 1000;
  const folds = options.folds ?? 5;
  const forestOptions: Partial<ForestOptions> = { ...options.forest, seed: options.seed };
  const validation = {
    folds,
    seed: options.seed,
    draws,
    onProgress,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const table = trainingTable(matrix, allRows(matrix));
  if (options.truth !== undefined) matchTruth(options.truth, matrix, allRows(matrix));
  const held = await gatherHeldOutEvidence(study, forestOptions, {
    ...validation,
    ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
    ...(options.repeats === undefined ? {} : { repeats: options.repeats }),
    ...(options.quick === undefined ? {} : { quick: options.quick }),
    explain: options.truth !== undefined,
    ...(options.explainedRows === undefined ? {} : { explainedRows: options.explainedRows }),
  });
  const trained = await trainForest(table, forestOptions, {
    onProgress,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const events = matrix.outcome.reduce((sum, y) => sum + y, 0);
  const baseRate = events / matrix.rows;
  const outcome = outcomeOf(study.cohort.definition);
  const metrics: TrainingMetrics = {
    ...runMetrics(study, held, validation),
    ...(options.truth === undefined ? {} : { truth: await heldOutTruth(study, held, options.truth, forestOptions, validation) }),
    references: trainingReferences(matrix, held.risks.forest),
  };
  const riskIntervals = fitRiskIntervals(matrix.outcome, trained.outOfBag, matrix.groups, { seed: options.seed });
  const salt = patientSalt(options.seed, study.manifestSha256);
  const server = sourceHash(salt, study.manifest);
  const header: ModelHeader = {
    format: 'readmission-model',
    formatVersion: 1,
    name: options.name,
    codeVersion,
    createdAt: options.createdAt,
    features: matrix.features.map((feature, c) => ({
      name: feature.name,
      unit: feature.unit,
      family: feature.family,
      ...columnRange(matrix.columns[c] as Float64Array),
    })),
    featureHash: study.features.hash,
    cohort: {
      name: study.cohort.definition.name,
      hash: cohortDefinitionHash(study.cohort.definition),
      definition: study.cohort.definition,
    },
    mapping: { name: study.mapping.name, hash: mappingHash(study.mapping), document: study.mapping },
    outcome: { ...outcome, horizonDays: study.cohort.definition.horizonDays },
    training: {
      rows: matrix.rows,
      events,
      patients: metrics.patients,
      manifestSha256: study.manifestSha256,
      transactionTime: study.manifest.transactionTime,
      synthetic: study.manifest.synthetic,
      refittedOnAll: true,
      patientHashes: [...new Set(matrix.patientIds)].map((id) => patientHash(salt, id)).sort(),
      patientSalt: salt,
      ...(server === undefined ? {} : { sourceHash: server }),
    },
    forest: {
      engine: trained.options.engine,
      trees: trained.options.trees,
      options: headerOptions(resolveForestOptions(forestOptions, matrix.features.length)),
    },
    seed: options.seed,
    folds: { count: folds, seed: options.seed, rule: FOLD_RULE },
    calibration: fitCalibration(matrix.outcome, trained.outOfBag),
    ...(riskIntervals === undefined ? {} : { riskIntervals }),
    bands: [...held.bands],
    baseRate,
  };
  const { card, markdown } = buildCard(header, metrics, options.statements);
  return { model: { header, forest: trained.forest }, metrics, card, cardMarkdown: markdown };
}

function columnRange(column: Float64Array): { min: number | null; max: number | null; missing: number } {
  let min = Infinity;
  let max = -Infinity;
  let missing = 0;
  for (const value of column) {
    if (Number.isNaN(value)) missing += 1;
    else {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  const none = missing === column.length;
  return { min: none ? null : min, max: none ? null : max, missing: column.length === 0 ? 0 : missing / column.length };
}

/** The number of workers changes no tree, so it is no property of the model. */
function headerOptions(options: object): Record<string, number | string | null> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([key]) => key !== 'workers' && key !== 'seed')
      .map(([key, value]) => [key, typeof value === 'number' || typeof value === 'string' ? value : null]),
  );
}
