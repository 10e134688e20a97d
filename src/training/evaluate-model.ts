/**
 * Evaluation of a finished model on a landing folder.
 *
 * Same data    the published forest saw every discharge, so it is judged by forests refitted without each discharge's patient: the model's
 *              own options, seed and folds
 * Other data   the model itself is asked about the discharges of patients it was not trained on, whatever folder they come in; baselines
 *              that must be fitted keep out of it
 * Truth        of planted records the known truth stands beside both (./truth-evaluation.ts)
 */
import { CohortError } from '../errors.ts';
import { aurocStatistic, type Evidence } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { requireRecordModel, type ModelFolder, type ModelHeader, type RiskModel } from '../model/index.ts';
import type { Study } from './study.ts';
import { createAttributionCollector } from './held-out-attributions.ts';
import { gatherHeldOutEvidence, type EvidenceOptions } from './held-out-evidence.ts';
import { allRows } from './held-out.ts';
import { heldOutTruth } from './held-out-truth.ts';
import { judgedPopulation, type JudgedPopulation } from './judged-population.ts';
import { auditLeakage } from './leakage-audit.ts';
import { intervalsOf, judgedPatients, modelOutputs, risksOf } from './model-risks.ts';
import { modelCohort, openModelStudy, type ModelStudyOptions } from './model-study.ts';
import { seenPatients, type OtherPatients, type SeenCounts, type SeenPatients } from './seen-patients.ts';
import { runMetrics, type RunMetrics } from './run-metrics.ts';
import { scorePoints } from './score-points.ts';
import { settingFigures, settingsOfTraining, type SettingFigures } from './setting-figures.ts';
import { studyEvidence } from './study-evidence.ts';
import { evaluateTruth, type TruthEvaluation } from './truth-evaluation.ts';
import { readOwnTruth } from './truth-origin.ts';
import { matchTruth, type Truth } from './truth-table.ts';
import { validationOf, type ValidationOptions } from './validation.ts';

export interface EvaluationOptions
  extends ModelStudyOptions, OtherPatients, Pick<EvidenceOptions, 'capacities' | 'repeats' | 'explainedRows'> {
  readonly draws?: number;
  /** truth.parquet of planted records. */
  readonly truth?: string | undefined;
  /** Also importance, learning curve and permuted labels, which ask for further fits. */
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
}

export interface Evaluation extends RunMetrics, SeenCounts {
  /** "held-out" on the training data, "external" on other data. */
  readonly kind: 'held-out' | 'external';
  readonly manifestSha256: string;
  /** On other data: the discharges that were judged, without those left out; absent on the training data, where all are. */
  readonly judged?: JudgedPopulation;
  /** On other data: the figures the model had on its training data, as far as they are known, and those it has here. */
  readonly settings?: readonly SettingFigures[];
  /** Where a truth was given. */
  readonly truth?: TruthEvaluation;
}

/** @throws {MappingError} MAPPING_MISMATCH; {ModelError} MODEL_SCHEMA_MISMATCH; {CohortError} COHORT_MISMATCH when another cohort definition was asked for, COHORT_ALL_SEEN
 *         when other data hold no patient but those trained on, COHORT_LABELS_MISMATCH, COHORT_LABELS_REQUIRED; {SimulationError} SIM_TRUTH_INVALID, SIM_TRUTH_OTHER,
 *         SIM_TRUTH_UNMATCHED */
export async function evaluateModel(folder: ModelFolder, data: string, options: EvaluationOptions = {}): Promise<Evaluation> {
  requireRecordModel(folder.model.header);
  // Read before the records: a wrong file is refused in a second.
  const truth = options.truth === undefined ? null : await readOwnTruth(options.truth, data);
  const study = await openModelStudy(folder, data, { ...options, asOfTrial: true });
  if (truth !== null) matchTruth(truth, study.matrix, allRows(study.matrix));
  return evaluateStudy(folder, study, options, truth);
}

/**
 * A study whose columns are the model's, in its order.
 *
 * @throws {CohortError} COHORT_ALL_SEEN, COHORT_FEW_UNSEEN, COHORT_LABELS_MISMATCH
 */
export async function evaluateStudy(
  folder: ModelFolder,
  study: Study,
  options: EvaluationOptions,
  truth: Truth | null = null,
): Promise<Evaluation> {
  const { header } = folder.model;
  requireTrainedLabels(study, header);
  requireOtherThanParents(study, header);
  const validation: EvidenceOptions = {
    folds: header.folds.count,
    bands: header.bands,
    quick: options.deep !== true,
    ...(options.repeats === undefined ? {} : { repeats: options.repeats }),
    ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
    ...(options.explainedRows === undefined ? {} : { explainedRows: options.explainedRows }),
    seed: header.folds.seed,
    ...(options.draws === undefined ? {} : { draws: options.draws }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const isOwn = study.manifestSha256 === header.training.manifestSha256;
  // Refused: they are no others.
  if (isOwn && options.otherPatients === true) seenPatients(header, study, options);
  return isOwn
    ? heldOutEvaluation(folder, study, validation, truth)
    : externalEvaluation(folder, study, { ...validation, otherPatients: options.otherPatients === true }, truth);
}

/** Held-out figures are of forests refitted to the study's outcome: on the training data it must be the model's own. */
function requireTrainedLabels(study: Study, header: ModelHeader): void {
  const trained = modelCohort(header).labels?.sha256;
  const given = study.cohort.definition.labels?.sha256;
  if (given === trained || study.manifestSha256 !== header.training.manifestSha256) return;
  const name = (sha256: string | undefined): string =>
    sha256 === undefined ? 'no labels file' : `labels ${sha256.slice(0, 12)}…`;
  throw new CohortError(
    'COHORT_LABELS_MISMATCH',
    `expected the outcome the model was trained on (${name(trained)}), found ${name(given)}; on other data any labels may be given`,
  );
}

/** Forests refitted on the training data are calibrated there: they say nothing of a map fitted elsewhere. */
function requireOtherThanParents(study: Study, { parent, training }: ModelHeader): void {
  if (parent === undefined || study.manifestSha256 !== training.manifestSha256) return;
  throw new CohortError(
    'COHORT_ALL_SEEN',
    `expected records that neither the model nor its parent was trained on, found those of ${parent.name}; held-out figures on them are the parent's: ` +
      'evaluate the parent',
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
    seenMayCoincide: false,
    sameIdsKept: null,
    manifestSha256: study.manifestSha256,
    ...runMetrics(study, held, options),
  };
  return truth === null ? evaluation : { ...evaluation, truth: await heldOutTruth(study, held, truth, forest, options) };
}

async function externalEvaluation(
  { model, metrics }: ModelFolder,
  study: Study,
  options: EvidenceOptions & OtherPatients,
  truth: Truth | null,
): Promise<Evaluation> {
  const { matrix } = study;
  const seen = judgedPatients(model, study, options);
  const rows = seen.unseen;
  const outputs = modelOutputs(model, matrix, rows);
  const risk = risksOf(model, outputs);
  const external = await externalEvidence(study, model, seen, risk, options);
  const { seenLeftOut, seenMayCoincide, sameIdsKept } = seen;
  const evaluation: Evaluation = {
    kind: 'external',
    seenLeftOut,
    seenMayCoincide,
    sameIdsKept,
    manifestSha256: study.manifestSha256,
    judged: judgedPopulation(study, rows),
    settings: [...settingsOfTraining(metrics), settingFigures('external', external)],
    ...runMetrics(
      study,
      {
        validations: [validationOf('external', external)],
        evidence: { external },
        repeated: null,
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
    intervals: intervalsOf(model, outputs),
    attributions: collector.collected(),
    permutedAuroc: null,
  };
  return { ...evaluation, truth: evaluateTruth(study, truth, judged, intervalOptions(options)) };
}

/** Baselines that must be fitted keep out of it: what they would be fitted on is what they would be judged on. */
function externalEvidence(
  study: Study,
  { header }: RiskModel,
  { unseen: rows, seenLeftOut, sameIdsKept }: SeenPatients,
  risk: Float64Array,
  options: EvidenceOptions,
): Promise<Evidence> {
  const points = scorePoints(study, rows);
  const thresholds = header.bands.map(({ from }) => from).filter((from) => from > 0);
  return studyEvidence(
    study,
    { forest: risk, prevalence: new Float64Array(rows.length).fill(header.baseRate), ...points },
    {
      description:
        (header.training.patientHashes === undefined
          ? 'the model as it is, on discharges that it is said not to have been trained on: it does not know its own patients'
          : 'the model as it is, on discharges of patients it was not trained on') +
        (seenLeftOut === 0 ? '' : `; ${seenLeftOut} discharges of patients seen in training left out`) +
        (sameIdsKept === null
          ? '.'
          : `; ${sameIdsKept} discharges under patient ids of training are said to be of other patients.`),
      rows,
      fold: null,
      thresholds: thresholds.reverse(),
      orderOnly: Object.keys(points),
      ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
    },
    options,
  );
}

function intervalOptions(options: ValidationOptions): { seed: number; draws: number } {
  return { seed: options.seed, draws: options.draws ?? 1000 };
}
