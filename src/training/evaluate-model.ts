/**
 * Evaluation of a finished model on a landing folder.
 *
 * Same data    the published forest saw every discharge, so it is judged by forests refitted without each discharge's patient: the model's
 *              own options, seed and folds
 * Other data   the model itself is asked about the discharges of patients it was not trained on, whatever folder they come in; baselines
 *              that must be fitted keep out of it
 * Truth        of planted records the known truth stands beside both (./truth-evaluation.ts)
 */
import { parseCohortDefinition } from '../cohort/index.ts';
import { CohortError, MappingError } from '../errors.ts';
import { aurocStatistic, type Evidence } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { readManifest } from '../fhir/landing.ts';
import { mappingHash, readSiteMapping, type SettledMapping } from '../mapping/index.ts';
import { modelMapping, requireFeatureSchema, type ModelFolder, type ModelHeader, type RiskModel } from '../model/index.ts';
import { openStudy, scoreNames, type Study, type StudyOptions } from './study.ts';
import { createAttributionCollector } from './held-out-attributions.ts';
import { gatherHeldOutEvidence, type EvidenceOptions } from './held-out-evidence.ts';
import { allRows, take } from './held-out.ts';
import { heldOutTruth } from './held-out-truth.ts';
import { auditLeakage } from './leakage-audit.ts';
import { modelRisks, unseenRows } from './model-risks.ts';
import { runMetrics, type RunMetrics } from './run-metrics.ts';
import { studyEvidence } from './study-evidence.ts';
import { evaluateTruth, type TruthEvaluation } from './truth-evaluation.ts';
import { readOwnTruth } from './truth-origin.ts';
import { matchTruth, type Truth } from './truth-table.ts';
import { validationOf, type ValidationOptions } from './validation.ts';

export interface EvaluationOptions extends Omit<StudyOptions, 'features'>, Pick<EvidenceOptions, 'capacities' | 'explainedRows'> {
  readonly draws?: number;
  /** truth.parquet of planted records. */
  readonly truth?: string | undefined;
  /** Also importance, learning curve and permuted labels, which ask for further fits. */
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
}

export interface Evaluation extends RunMetrics {
  /** "held-out" on the training data, "external" on other data. */
  readonly kind: 'held-out' | 'external';
  /** On other data: discharges of patients the model was trained on, left out. */
  readonly seenLeftOut: number;
  readonly manifestSha256: string;
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
  const truth = options.truth === undefined ? null : await readOwnTruth(options.truth, data);
  const names = header.features.map((feature) => feature.name);
  const siteMapping = await requireModelMapping(header, data, options);
  const study = await openStudy(data, {
    ...options,
    siteMapping,
    cohortDefinition: definition,
    features: names.join(','),
    asOfTrial: true,
  });
  requireFeatureSchema(
    model,
    study.features.features.map((feature) => feature.name),
    study.features.hash,
  );
  requireTrainedLabels(study, definition.labels?.sha256, header.training.manifestSha256);
  const validation: EvidenceOptions = {
    folds: header.folds.count,
    bands: header.bands,
    quick: options.deep !== true,
    ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
    ...(options.explainedRows === undefined ? {} : { explainedRows: options.explainedRows }),
    seed: header.folds.seed,
    ...(options.draws === undefined ? {} : { draws: options.draws }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  if (truth !== null) matchTruth(truth, study.matrix, allRows(study.matrix));
  return study.manifestSha256 === header.training.manifestSha256
    ? heldOutEvaluation(folder, study, validation, truth)
    : externalEvaluation(folder, study, validation, truth);
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

async function heldOutEvaluation(
  { model: { header } }: ModelFolder,
  study: Study,
  options: EvidenceOptions,
  truth: Truth | null,
): Promise<Evaluation> {
  const forest = { ...header.forest.options, engine: header.forest.engine, seed: header.seed } as Partial<ForestOptions>;
  const held = await gatherHeldOutEvidence(study, forest, { ...options, explain: truth !== null });
  const evaluation: Evaluation = {
    kind: 'held-out',
    seenLeftOut: 0,
    manifestSha256: study.manifestSha256,
    ...runMetrics(study, held, options),
  };
  return truth === null ? evaluation : { ...evaluation, truth: await heldOutTruth(study, held, truth, forest, options) };
}

async function externalEvaluation(
  { model }: ModelFolder,
  study: Study,
  options: EvidenceOptions,
  truth: Truth | null,
): Promise<Evaluation> {
  const { matrix } = study;
  const rows = unseenRows(model, matrix);
  if (rows.length === 0) {
    throw new CohortError(
      'COHORT_ALL_SEEN',
      'expected patients the model was not trained on, found none; evaluate on the folder it was trained on for held-out figures',
    );
  }
  const risk = modelRisks(model, matrix, rows);
  const seenLeftOut = matrix.rows - rows.length;
  const external = await externalEvidence(study, model, { rows, risk, seenLeftOut }, options);
  const evaluation: Evaluation = {
    kind: 'external',
    seenLeftOut,
    manifestSha256: study.manifestSha256,
    ...runMetrics(
      study,
      {
        validations: [validationOf('external', external)],
        evidence: { external },
        importance: null,
        learningCurve: null,
        leakage: await auditLeakage(
          study,
          { headline: external.headline, reasonDifference: external.differences['reason'], forest: null },
          options,
        ),
      },
      options,
    ),
  };
  if (truth === null) return evaluation;
  const collector = createAttributionCollector(matrix, rows, options.explainedRows ?? 2000, options.onProgress);
  collector.explain(model.forest, rows);
  const judged = {
    risks: { forest: risk },
    rows,
    auroc: aurocStatistic,
    attributions: collector.collected(),
    permutedAuroc: null,
  };
  return { ...evaluation, truth: evaluateTruth(study, truth, judged, intervalOptions(options)) };
}

/** Baselines that must be fitted keep out of it: what they would be fitted on is what they would be judged on. */
function externalEvidence(
  study: Study,
  { header }: RiskModel,
  { rows, risk, seenLeftOut }: { readonly rows: Int32Array; readonly risk: Float64Array; readonly seenLeftOut: number },
  options: EvidenceOptions,
): Promise<Evidence> {
  // Points have an order but no risk of their own here: only what rests on the order is kept.
  const points = scoreNames
    .map((name) => [name, take(study.scores[name], rows)] as const)
    .filter(([, values]) => !values.some((value) => Number.isNaN(value)));
  const thresholds = header.bands.map(({ from }) => from).filter((from) => from > 0);
  return studyEvidence(
    study,
    { forest: risk, prevalence: new Float64Array(rows.length).fill(header.baseRate), ...Object.fromEntries(points) },
    {
      description:
        'the model as it is, on discharges of patients it was not trained on' +
        (seenLeftOut === 0 ? '.' : `; ${seenLeftOut} discharges of patients seen in training left out.`),
      rows,
      fold: null,
      thresholds: thresholds.reverse(),
      orderOnly: points.map(([name]) => name),
      ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
    },
    options,
  );
}

function intervalOptions(options: ValidationOptions): { seed: number; draws: number } {
  return { seed: options.seed, draws: options.draws ?? 1000 };
}
