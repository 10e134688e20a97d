/**
 * Evaluation of a finished model on a landing folder.
 *
 * Same data    the published forest saw every discharge, so it is judged by forests refitted without each discharge's patient: the model's
 *              own options, seed and folds
 * Other data   the model itself is asked about the discharges of patients it was not trained on, whatever folder they come in; baselines
 *              that must be fitted keep out of it
 */
import { parseCohortDefinition } from '../cohort/index.ts';
import { CohortError } from '../errors.ts';
import type { ForestOptions } from '../forest/index.ts';
import { predictColumns } from '../forest/index.ts';
import { applyCalibration, patientHash, requireFeatureSchema, type ModelFolder } from '../model/index.ts';
import { openStudy, scoreNames, type Study, type StudyOptions } from './study.ts';
import { allRows, take } from './held-out.ts';
import {
  groupedRisks,
  groupedValidation,
  judge,
  temporalValidation,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';

export interface EvaluationOptions extends Omit<StudyOptions, 'features'> {
  readonly draws?: number;
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  /** "held-out" on the training data, "external" on other data. */
  readonly kind: 'held-out' | 'external';
  readonly discharges: number;
  readonly validations: readonly ValidationResult[];
}

/** @throws {ModelError} MODEL_SCHEMA_MISMATCH; {CohortError} COHORT_MISMATCH when another cohort definition was asked for, COHORT_ALL_SEEN
 *         when other data hold no patient but those trained on */
export async function evaluateModel(folder: ModelFolder, data: string, options: EvaluationOptions = {}): Promise<Evaluation> {
  const { model } = folder;
  const { header } = model;
  const definition = parseCohortDefinition(header.cohort.definition, "the model's cohort definition");
  if (options.cohort !== undefined && options.cohort !== definition.name) {
    throw new CohortError(
      'COHORT_MISMATCH',
      `expected the model's own cohort "${definition.name}", found "${options.cohort}"; leave --cohort out`,
    );
  }
  const names = header.features.map((feature) => feature.name);
  const study = await openStudy(data, { ...options, cohortDefinition: definition, features: names.join(',') });
  requireFeatureSchema(
    model,
    study.features.features.map((feature) => feature.name),
    study.features.hash,
  );
  const validation = {
    folds: header.folds.count,
    seed: header.folds.seed,
    ...(options.draws === undefined ? {} : { draws: options.draws }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  if (study.manifestSha256 !== header.training.manifestSha256) {
    return { kind: 'external', discharges: study.matrix.rows, validations: [externalValidation(folder, study, validation)] };
  }
  const forest = { ...header.forest.options, engine: header.forest.engine, seed: header.seed } as Partial<ForestOptions>;
  const grouped = groupedValidation(study, await groupedRisks(study, forest, validation), validation);
  const temporal = await temporalValidation(study, forest, validation);
  return { kind: 'held-out', discharges: study.matrix.rows, validations: temporal === null ? [grouped] : [grouped, temporal] };
}

function externalValidation({ model }: ModelFolder, study: Study, options: ValidationOptions): ValidationResult {
  const { matrix, scores } = study;
  const { header } = model;
  const seen = new Set(header.training.patientHashes);
  const rows = allRows(matrix).filter((row) => !seen.has(patientHash(header.seed, matrix.patientIds[row] as string)));
  if (rows.length === 0) {
    throw new CohortError(
      'COHORT_ALL_SEEN',
      'expected patients the model was not trained on, found none; evaluate on the folder it was trained on for held-out figures',
    );
  }
  const outputs = take(predictColumns(model.forest, matrix.columns, matrix.rows), rows);
  const judged = judge(
    study,
    {
      forest: outputs.map((output) => applyCalibration(header.calibration, output)),
      prevalence: new Float64Array(rows.length).fill(header.baseRate),
    },
    rows,
    options,
  );
  // Points have an order but no risk of their own here: only what rests on the order is kept.
  const points = scoreNames
    .map((name) => [name, take(scores[name], rows).map(inUnit)] as const)
    .filter(([, values]) => !values.some((value) => Number.isNaN(value)));
  const ranks = judge(study, Object.fromEntries(points), rows, options);
  const orderOnly = Object.entries(ranks.results).map(([name, result]) => [
    name,
    Object.fromEntries(Object.entries(result).filter(([metric]) => orderMetrics.has(metric))),
  ]);
  return {
    name: 'external',
    description:
      'the model as it is, on discharges of patients it was not trained on' +
      (rows.length === matrix.rows ? '.' : `; ${matrix.rows - rows.length} discharges of patients seen in training left out.`),
    ...judged,
    results: { ...judged.results, ...(Object.fromEntries(orderOnly) as ValidationResult['results']) },
  };
}

/** Metrics that rest on the order of the risks alone. */
const orderMetrics: ReadonlySet<string> = new Set(['auroc', 'withinReasonAuroc', 'averagePrecision']);

/** LACE has 0 to 19 points and HOSPITAL 0 to 13: a scale that keeps the order and fits a probability's range. */
function inUnit(points: number): number {
  return points / 20;
}
