/**
 * Evaluation of a finished model on a landing folder.
 *
 * Same data    the published forest saw every discharge, so it is judged by forests refitted without each discharge's patient: the model's
 *              own options, seed and folds
 * Other data   the model itself is asked about the discharges of patients it was not trained on, whatever folder they come in; baselines
 *              that must be fitted keep out of it
 * Truth        of planted records the known truth stands beside both (./truth-evaluation.ts)
 */
import { outcomeOf, parseCohortDefinition } from '../cohort/index.ts';
import { CohortError, MappingError } from '../errors.ts';
import { aurocStatistic } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { predictColumns } from '../forest/index.ts';
import { readManifest } from '../fhir/landing.ts';
import { mappingHash, readSiteMapping, type SettledMapping } from '../mapping/index.ts';
import {
  applyCalibration,
  modelMapping,
  patientHash,
  requireFeatureSchema,
  type ModelFolder,
  type ModelHeader,
} from '../model/index.ts';
import { openStudy, scoreNames, type Study, type StudyOptions } from './study.ts';
import { createAttributionCollector } from './held-out-attributions.ts';
import { allRows, take } from './held-out.ts';
import { permutedAuroc } from './permuted-labels.ts';
import { evaluateTruth, type TruthEvaluation } from './truth-evaluation.ts';
import { requireOwnTruth } from './truth-origin.ts';
import { matchTruth, readTruth, type Truth } from './truth-table.ts';
import {
  foldAuroc,
  groupedRisks,
  groupedValidation,
  judge,
  temporalValidation,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';

export interface EvaluationOptions extends Omit<StudyOptions, 'features'> {
  readonly draws?: number;
  /** truth.parquet of planted records. */
  readonly truth?: string | undefined;
  /** Discharges whose attributions are compared with the truth, at most; default 2,000. */
  readonly explainedRows?: number;
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  /** "held-out" on the training data, "external" on other data. */
  readonly kind: 'held-out' | 'external';
  /** What the discharges were judged by, in words. */
  readonly outcome: string;
  readonly discharges: number;
  readonly validations: readonly ValidationResult[];
  /** Where a truth was given. */
  readonly truth?: TruthEvaluation;
}

/** @throws {MappingError} MAPPING_MISMATCH; {ModelError} MODEL_SCHEMA_MISMATCH; {CohortError} COHORT_MISMATCH when another cohort definition was asked for, COHORT_ALL_SEEN
 *         when other data hold no patient but those trained on, COHORT_LABELS_MISMATCH, COHORT_LABELS_REQUIRED; {SimulationError} SIM_TRUTH_INVALID, SIM_TRUTH_OTHER,
 *         SIM_TRUTH_UNMATCHED */
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
  // Read before the records: a wrong file is refused in a second.
  const truth = options.truth === undefined ? null : await readTruth(options.truth);
  if (options.truth !== undefined) await requireOwnTruth(options.truth, data);
  const names = header.features.map((feature) => feature.name);
  const siteMapping = await requireModelMapping(header, data, options);
  const study = await openStudy(data, { ...options, siteMapping, cohortDefinition: definition, features: names.join(',') });
  requireFeatureSchema(
    model,
    study.features.features.map((feature) => feature.name),
    study.features.hash,
  );
  requireTrainedLabels(study, definition.labels?.sha256, header.training.manifestSha256);
  const validation = {
    folds: header.folds.count,
    seed: header.folds.seed,
    ...(options.draws === undefined ? {} : { draws: options.draws }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  if (truth !== null) matchTruth(truth, study.matrix, allRows(study.matrix));
  const truthRun = truth === null ? null : { truth, explainedRows: options.explainedRows ?? 2000 };
  return study.manifestSha256 === header.training.manifestSha256
    ? heldOutEvaluation(folder, study, validation, truthRun)
    : externalEvaluation(folder, study, validation, truthRun);
}

/**
 * The model's own mapping, where it can be meant for these records.
 *
 * Choice  a mapping that is given must say what the model's says; what it leaves open is taken from the model
 * Choice  that diagnoses of the index stay are known at discharge is taken for granted where records are made up, and must be said
 *         where such a model is asked about others
 */
async function requireModelMapping(header: ModelHeader, data: string, options: EvaluationOptions): Promise<SettledMapping> {
  const own = modelMapping(header);
  const asked = options.siteMapping ?? (options.mapping === undefined ? undefined : readSiteMapping(options.mapping));
  if (asked !== undefined) {
    const { indexStayDiagnosesKnown } = asked.conditions;
    const settled = {
      ...asked,
      conditions: {
        ...asked.conditions,
        indexStayDiagnosesKnown: indexStayDiagnosesKnown ?? own.conditions.indexStayDiagnosesKnown,
      },
    };
    const [expected, found] = [mappingHash(own), mappingHash(settled)];
    if (expected === found) return own;
    throw new MappingError(
      'MAPPING_MISMATCH',
      `expected the site mapping the model was trained with, "${own.name}" (hash ${expected.slice(0, 8)}), found "${asked.name}" ` +
        `(hash ${found.slice(0, 8)}); leave --mapping out, or train a model with it`,
      { details: { modelHash: expected, givenHash: found } },
    );
  }
  if (own.conditions.indexStayDiagnosesKnown && header.training.synthetic && !(await readManifest(data)).synthetic) {
    throw new MappingError(
      'MAPPING_MISMATCH',
      `the model was trained on synthetic records, where diagnoses of the index stay are known at discharge; ${data} holds real ones, where ` +
        'they are coded later; if they are known there, say so with --mapping and indexStayDiagnosesKnown true, else train a model on such records',
    );
  }
  return own;
}

/** Held-out figures are of forests refitted to the study's outcome: on the training data it must be the model's own. */
function requireTrainedLabels(study: Study, trained: string | undefined, manifestSha256: string): void {
  const given = study.cohort.definition.labels?.sha256;
  if (given === trained || study.manifestSha256 !== manifestSha256) return;
  const name = (sha256: string | undefined): string =>
    sha256 === undefined ? 'no labels file' : `labels ${sha256.slice(0, 12)}…`;
  throw new CohortError(
    'COHORT_LABELS_MISMATCH',
    `expected the outcome the model was trained on (${name(trained)}), found ${name(given)}; on other data any labels may be given`,
  );
}

function outcomeText({ cohort }: Study): string {
  return outcomeOf(cohort.definition).description;
}

interface TruthRun {
  readonly truth: Truth;
  readonly explainedRows: number;
}

async function heldOutEvaluation(
  { model: { header } }: ModelFolder,
  study: Study,
  options: ValidationOptions,
  truthRun: TruthRun | null,
): Promise<Evaluation> {
  const rows = allRows(study.matrix);
  const forest = { ...header.forest.options, engine: header.forest.engine, seed: header.seed } as Partial<ForestOptions>;
  const collector =
    truthRun === null ? null : createAttributionCollector(study.matrix, rows, truthRun.explainedRows, options.onProgress);
  const risks = await groupedRisks(study, forest, options, collector?.explain);
  const grouped = groupedValidation(study, risks, options);
  const temporal = await temporalValidation(study, forest, options);
  const validations = temporal === null ? [grouped] : [grouped, temporal];
  const evaluation: Evaluation = { kind: 'held-out', outcome: outcomeText(study), discharges: rows.length, validations };
  if (truthRun === null || collector === null) return evaluation;
  const judged = {
    risks,
    rows,
    auroc: foldAuroc(study, options),
    attributions: collector.collected(),
    permutedAuroc: await permutedAuroc(study, forest, options),
  };
  return { ...evaluation, truth: evaluateTruth(study, truthRun.truth, judged, intervalOptions(options)) };
}

function externalEvaluation(
  folder: ModelFolder,
  study: Study,
  options: ValidationOptions,
  truthRun: TruthRun | null,
): Evaluation {
  const { rows, risk, result } = externalValidation(folder, study, options);
  const evaluation: Evaluation = {
    kind: 'external',
    outcome: outcomeText(study),
    discharges: study.matrix.rows,
    validations: [result],
  };
  if (truthRun === null) return evaluation;
  const collector = createAttributionCollector(study.matrix, rows, truthRun.explainedRows, options.onProgress);
  collector.explain(folder.model.forest, rows);
  const judged = {
    risks: { forest: risk },
    rows,
    auroc: aurocStatistic,
    attributions: collector.collected(),
    permutedAuroc: null,
  };
  return { ...evaluation, truth: evaluateTruth(study, truthRun.truth, judged, intervalOptions(options)) };
}

function intervalOptions(options: ValidationOptions): { seed: number; draws: number } {
  return { seed: options.seed, draws: options.draws ?? 1000 };
}

function externalValidation(
  { model }: ModelFolder,
  study: Study,
  options: ValidationOptions,
): { rows: Int32Array; risk: Float64Array; result: ValidationResult } {
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
  const risk = outputs.map((output) => applyCalibration(header.calibration, output));
  const judged = judge(
    study,
    {
      forest: risk,
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
  const result: ValidationResult = {
    name: 'external',
    description:
      'the model as it is, on discharges of patients it was not trained on' +
      (rows.length === matrix.rows ? '.' : `; ${matrix.rows - rows.length} discharges of patients seen in training left out.`),
    ...judged,
    results: { ...judged.results, ...(Object.fromEntries(orderOnly) as ValidationResult['results']) },
  };
  return { rows, risk, result };
}

/** Metrics that rest on the order of the risks alone. */
const orderMetrics: ReadonlySet<string> = new Set(['auroc', 'withinReasonAuroc', 'averagePrecision']);

/** LACE has 0 to 19 points and HOSPITAL 0 to 13: a scale that keeps the order and fits a probability's range. */
function inUnit(points: number): number {
  return points / 20;
}
