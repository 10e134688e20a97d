/**
 * Training: from a study to a model folder's content.
 *
 * Steps   validate (grouped and temporal), choose bands from the held-out risks, refit on all discharges, calibrate on the refit's
 *         out-of-bag outputs
 * Choice  the published forest is the refit; its figures are those of the validation, and header and card say so
 */
import { cohortDefinitionHash, outcomeOf } from '../cohort/index.ts';
import { FOLD_RULE, calibrationCurve, operatingPoint } from '../evaluation/index.ts';
import { mappingHash } from '../mapping/index.ts';
import { resolveForestOptions, trainForest, type ForestOptions } from '../forest/index.ts';
import { buildCard, chooseBands, fitCalibration, patientHash, type ModelHeader, type RiskModel } from '../model/index.ts';
import type { AttritionLine } from '../cohort/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { codeVersion } from '../util/code-version.ts';
import { allRows, trainingTable } from './held-out.ts';
import type { StateIncidence } from './incidence.ts';
import type { Study } from './study.ts';
import { groupedRisks, groupedValidation, temporalValidation, type ValidationResult } from './validation.ts';

export interface TrainOptions {
  readonly name: string;
  /** ISO instant. */
  readonly createdAt: string;
  readonly seed: number;
  readonly folds?: number;
  readonly draws?: number;
  readonly forest?: Partial<ForestOptions>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface TrainingMetrics {
  readonly outcome: string;
  readonly featureSet: string;
  readonly seed: number;
  readonly draws: number;
  readonly discharges: number;
  readonly patients: number;
  readonly states: Readonly<Record<string, number>>;
  readonly attrition: readonly { rule: string; removed: number; remaining: number }[];
  readonly attritionLines: readonly AttritionLine[];
  readonly runOut: number;
  /** Share with each kind of first event by day 7, 14 and 30; null with a researcher's own labels. */
  readonly cumulativeIncidence: readonly StateIncidence[] | null;
  readonly validations: readonly ValidationResult[];
  readonly calibrationCurve: ReturnType<typeof calibrationCurve>;
  readonly operatingPoints: readonly (ReturnType<typeof operatingPoint> & { readonly band: string })[];
}

export interface TrainedModel {
  readonly model: RiskModel;
  readonly metrics: TrainingMetrics;
  readonly card: object;
  readonly cardMarkdown: string;
}

/**
 * @throws {ForestError} FOREST_ONE_CLASS when no discharge, or every one, had the outcome
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
  const risks = await groupedRisks(study, forestOptions, validation);
  const grouped = groupedValidation(study, risks, validation);
  const temporal = await temporalValidation(study, forestOptions, validation);
  const trained = await trainForest(table, forestOptions, {
    onProgress,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const events = matrix.outcome.reduce((sum, y) => sum + y, 0);
  const baseRate = events / matrix.rows;
  const outcome = outcomeOf(study.cohort.definition);
  const words = outcome.name === 'unplanned-readmission' ? undefined : { had: 'with the outcome', all: 'outcomes' };
  const bands = chooseBands(matrix.outcome, risks.forest, baseRate, words);
  const metrics: TrainingMetrics = {
    outcome: outcome.description,
    featureSet: study.features.name,
    seed: options.seed,
    draws,
    discharges: matrix.rows,
    patients: new Set(matrix.patientIds).size,
    states: countStates(matrix.outcomeStates),
    attrition: attritionSteps(study.cohort.attrition),
    attritionLines: study.cohort.attrition,
    runOut: study.cohort.runOut,
    cumulativeIncidence: study.incidence,
    validations: temporal === null ? [grouped] : [grouped, temporal],
    calibrationCurve: calibrationCurve(matrix.outcome, risks.forest),
    operatingPoints: bands
      .filter((band) => band.from > 0)
      .map((band) => ({ band: band.name, ...operatingPoint(matrix.outcome, risks.forest, band.from) })),
  };
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
      patientHashes: [...new Set(matrix.patientIds)].map((id) => patientHash(options.seed, id)).sort(),
    },
    forest: {
      engine: trained.options.engine,
      trees: trained.options.trees,
      options: headerOptions(resolveForestOptions(forestOptions, matrix.features.length)),
    },
    seed: options.seed,
    folds: { count: folds, seed: options.seed, rule: FOLD_RULE },
    calibration: fitCalibration(matrix.outcome, trained.outOfBag),
    bands,
    baseRate,
  };
  const { card, markdown } = buildCard(header, metrics);
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

function countStates(states: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The number of workers changes no tree, so it is no property of the model. */
function headerOptions(options: object): Record<string, number | string | null> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([key]) => key !== 'workers' && key !== 'seed')
      .map(([key, value]) => [key, typeof value === 'number' || typeof value === 'string' ? value : null]),
  );
}

/** The flow as rules with what each removed: 30 stays, 40 the exclusions. */
export function attritionSteps(lines: readonly AttritionLine[]): { rule: string; removed: number; remaining: number }[] {
  let remaining = lines.find((line) => line.step === 30)?.n ?? 0;
  const start = { rule: 'stays', removed: 0, remaining };
  return [
    start,
    ...lines
      .filter((line) => line.step === 40)
      .map((line) => {
        remaining -= line.n;
        return { rule: line.label, removed: line.n, remaining };
      }),
  ];
}
