/**
 * Everything that is said about a way of training on a study, from models refitted without the discharges they are judged on.
 *
 * In      a study, forest options, how deep to look
 * Out     grouped and temporal evidence with their baselines; and, where asked for, importance, learning curve and leakage audit
 * Choice  the same for a model that is being trained and for one that is evaluated on its training data: its own options, seed and folds
 */
import {
  assignFolds,
  type Evidence,
  type ImportanceEvidence,
  type Interval,
  type LeakageEvidence,
  type LearningPoint,
} from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { chooseBands, type Band } from '../model/index.ts';
import { allRows, type ModelName, type Risks } from './held-out.ts';
import type { HeldForest } from './held-forest.ts';
import { createAttributionCollector, type HeldOutAttributions } from './held-out-attributions.ts';
import { collectIntervals, type HeldOutIntervals } from './held-out-intervals.ts';
import { gatherImportance } from './importance.ts';
import { auditLeakage } from './leakage-audit.ts';
import { learningCurve } from './learning-curve.ts';
import { repeatedAuroc, repeatedRisks, type RepeatedAuroc } from './repeated-validation.ts';
import { outcomeWords } from './outcome-words.ts';
import { permutedAuroc } from './permuted-labels.ts';
import { studyEvidence } from './study-evidence.ts';
import type { Study } from './study.ts';
import {
  groupedDescription,
  groupedRisks,
  seenValidations,
  temporalRisks,
  validationOf,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';

export interface EvidenceOptions extends ValidationOptions {
  /** Bands whose thresholds are judged; default those that the held-out risks give. */
  readonly bands?: readonly Band[];
  /** Discharges that can be looked at a day. */
  readonly capacities?: readonly number[];
  /** Times the grouped validation is made, each with folds and forests of its own; default 1. */
  readonly repeats?: number;
  /** Leaves out what asks for further fits or many attributions: importance, learning curve, permuted labels. */
  readonly quick?: boolean;
  /** What is held against a known truth: attributions in any case, and intervals of the risks. */
  readonly explain?: boolean;
  /** Discharges whose attributions are computed, at most; default 2,000. */
  readonly explainedRows?: number;
}

export interface RepeatedValidation {
  readonly repeats: number;
  readonly folds: number;
  readonly models: Partial<Readonly<Record<ModelName, RepeatedAuroc>>>;
}

export interface HeldOutEvidence {
  readonly risks: Risks;
  /** Of the forest's risks; null where not asked for, or where a fold has too few events for any. */
  readonly intervals: HeldOutIntervals | null;
  readonly bands: readonly Band[];
  readonly validations: readonly ValidationResult[];
  readonly evidence: { readonly grouped: Evidence; readonly temporal: Evidence | null; readonly external?: Evidence };
  readonly attributions: HeldOutAttributions;
  /** AUROC by model over repeated grouped validations; null where it was made once. */
  readonly repeated: RepeatedValidation | null;
  /** AUROC of forests that learnt labels dealt out by chance; null where it was not asked for. */
  readonly permuted: Interval | null;
  readonly importance: ImportanceEvidence | null;
  readonly learningCurve: readonly LearningPoint[] | null;
  readonly leakage: LeakageEvidence;
}

export async function gatherHeldOutEvidence(
  study: Study,
  forest: Partial<ForestOptions>,
  options: EvidenceOptions,
): Promise<HeldOutEvidence> {
  const { matrix } = study;
  const rows = allRows(matrix);
  const quick = options.quick === true;
  const held: HeldForest[] = [];
  const explained = quick && options.explain !== true ? 0 : (options.explainedRows ?? 2000);
  const collector = createAttributionCollector(matrix, rows, explained, options.onProgress);
  const intervals = options.explain === true ? collectIntervals(study, options.seed) : null;
  const risks = await groupedRisks(study, forest, options, (fitted) => {
    if (!quick) held.push({ forest: fitted.forest, rows: fitted.test, outputs: fitted.outputs });
    if (explained > 0) collector.explain(fitted.forest, fitted.test);
    intervals?.add(fitted);
  });
  const baseRate = matrix.outcome.reduce((sum, y) => sum + y, 0) / matrix.rows;
  const bands = options.bands ?? chooseBands(matrix.outcome, risks.forest, baseRate, outcomeWords(study));
  // The highest band first: it is the one that subgroups are judged at.
  const thresholds = bands.map(({ from }) => from).filter((from) => from > 0);
  const actions = {
    thresholds: thresholds.reverse(),
    ...(options.capacities === undefined ? {} : { capacities: options.capacities }),
  };
  const fold = assignFolds(matrix.patientIds, options.folds, options.seed);
  const grouped = await studyEvidence(
    study,
    risks,
    { description: groupedDescription(options), rows, fold, ...actions },
    options,
  );
  const run = await temporalRisks(study, forest, options);
  const temporal =
    run === null
      ? null
      : await studyEvidence(
          study,
          run.risks,
          { description: run.description, rows: run.split.test, fold: null, ...actions },
          options,
        );
  const attributions = collector.collected();
  const permuted = quick ? null : await permutedAuroc(study, forest, options);
  return {
    risks,
    intervals: intervals?.collected() ?? null,
    bands,
    validations: [
      validationOf('grouped', grouped),
      ...(temporal === null ? [] : [validationOf('temporal', temporal)]),
      ...(run === null ? [] : seenValidations(study, run, options)),
    ],
    evidence: { grouped, temporal },
    attributions,
    repeated: await repeatedValidation(study, forest, risks, options),
    permuted,
    importance: quick ? null : gatherImportance(study, held, attributions, options),
    learningCurve: quick ? null : await learningCurve(study, forest, { ...options, whole: risks.forest }),
    leakage: await auditLeakage(
      study,
      {
        headline: grouped.headline,
        reasonDifference: grouped.differences['reason'],
        forest: quick ? null : forest,
        ...(permuted === null ? {} : { permuted }),
      },
      options,
    ),
  };
}

async function repeatedValidation(
  study: Study,
  forest: Partial<ForestOptions>,
  first: Risks,
  { repeats = 1, ...options }: EvidenceOptions,
): Promise<RepeatedValidation | null> {
  if (repeats < 2) return null;
  const done = await repeatedRisks(study, forest, { ...options, repeats, first });
  return { repeats, folds: options.folds, models: repeatedAuroc(study, done, options) };
}
