/**
 * Validation: how well a model trained like this one does on discharges it has not seen.
 *
 * Grouped   k folds of whole patients by the stored rule; each discharge is predicted once, by a forest that saw none of its patient.
 *           AUROC counts pairs of the same fold only: across folds a constant would rank by the training share, which falls as the
 *           test share rises, and score below one half
 * Temporal  trained on discharges before a date, tested from it on; left out between are the days of the horizon and one more, as it ends with the
 *           last minute of its last day, so that no training outcome lies ahead
 * Numbers   each with a 95 % interval from resampled patients, the baselines on the same rows beside the forest
 */
import {
  assignFolds,
  bootstrapDifferences,
  bootstrapIntervals,
  groupNumbers,
  probabilityStatistics,
  temporalCut,
  temporalSplit,
  withinStratumStatistic,
  type Evidence,
  type Figure,
  type Statistic,
  type TemporalSplit,
} from '../evaluation/index.ts';
import type { ForestOptions, TrainingRun } from '../forest/index.ts';
import type { Validation } from '../model/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { allRows, hasReasons, heldOutRisks, type HeldOutRun, type ModelName, type Risks } from './held-out.ts';
import type { Study } from './study.ts';
import { hasTooFew, splitSeen } from './temporal-seen.ts';

export interface ValidationOptions {
  readonly folds: number;
  readonly seed: number;
  /** Bootstrap draws; default 1,000. */
  readonly draws?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface ValidationResult extends Validation {
  /** Paired differences in AUROC, forest minus the other, on the same draws. */
  readonly differences: Readonly<Record<string, Figure>>;
}

/**
 * Risks of every row by models that saw none of its patient.
 *
 * @param onForest  sees each fold's forest
 */
export async function groupedRisks(
  study: Study,
  forest: Partial<ForestOptions>,
  options: ValidationOptions,
  onForest?: HeldOutRun['onForest'],
): Promise<Risks> {
  const risks: Partial<Record<ModelName, Float64Array>> = {};
  await eachFold(study, options, async (_fold, train, test) => {
    const run = { ...runOf(options), ...(onForest === undefined ? {} : { onForest }) };
    const held = await heldOutRisks(study, train, test, forest, run);
    for (const [name, risk] of Object.entries(held) as [ModelName, Float64Array][]) {
      const all = (risks[name] ??= new Float64Array(study.matrix.rows));
      test.forEach((row, i) => (all[row] = risk[i] as number));
    }
  });
  return risks as Risks;
}

/** Visits the folds that have rows, one after another, with the rows to train on and those to ask about. */
export async function eachFold(
  { matrix }: Study,
  options: ValidationOptions,
  visit: (fold: number, train: Int32Array, test: Int32Array) => Promise<void>,
): Promise<void> {
  const onProgress = options.onProgress ?? silent;
  const fold = assignFolds(matrix.patientIds, options.folds, options.seed);
  for (let k = 0; k < options.folds; k += 1) {
    onProgress({ task: 'folds', done: k, total: options.folds });
    const rows = (inside: boolean): Int32Array => Int32Array.from([...fold.keys()].filter((row) => (fold[row] === k) === inside));
    const test = rows(true);
    if (test.length > 0) await visit(k, rows(false), test);
  }
  onProgress({ task: 'folds', done: options.folds, total: options.folds });
}

export function groupedDescription({ folds }: Pick<ValidationOptions, 'folds'>): string {
  return `${folds} folds of whole patients; each discharge is predicted by models that saw none of its patient, and AUROC counts pairs of the same fold.`;
}

/** The figures alone, without curves, actions and subgroups. */
export function groupedValidation(study: Study, risks: Risks, options: ValidationOptions): ValidationResult {
  return {
    name: 'grouped',
    description: groupedDescription(options),
    ...judge(study, risks, allRows(study.matrix), options, assignFolds(study.matrix.patientIds, options.folds, options.seed)),
  };
}

/** Risks of the latest discharges by models that saw only earlier ones. */
export interface TemporalRun {
  readonly description: string;
  readonly split: TemporalSplit;
  /** Of the test rows, in their order. */
  readonly risks: Risks;
}

/**
 * @param testShare  share of discharges, the latest, that are tested on; default 0.3
 * @returns          null where either side has too few of either outcome to say anything (fewer than 5), or where discharges have no time
 */
export async function temporalRisks(
  study: Study,
  forest: Partial<ForestOptions>,
  options: ValidationOptions,
  testShare = 0.3,
): Promise<TemporalRun | null> {
  const { matrix } = study;
  if (!hasTimes(matrix)) return null;
  // A horizon counts whole calendar days: it ends up to a day later than so many days of 24 hours.
  const gapDays = study.cohort.definition.horizonDays + 1;
  const cut = temporalCut(matrix.dischargeMs, testShare);
  const split = temporalSplit({ dischargeMs: matrix.dischargeMs, groups: matrix.groups, cut, gapDays });
  if ([split.train, split.test].some((rows) => hasTooFew(matrix, rows))) return null;
  const seen = split.seen.reduce((sum, s) => sum + s, 0);
  return {
    description:
      `trained on ${split.train.length} discharges before ${new Date(cut).toISOString().slice(0, 10)}, tested from then on, ` +
      `${split.gap.length} discharges in the ${gapDays} days before left out; ${seen} test discharges are of patients seen in training.`,
    split,
    risks: await heldOutRisks(study, split.train, split.test, forest, runOf(options)),
  };
}

/** Whether every discharge has a time; rows of a table of one's own need not. */
export function hasTimes({ dischargeMs }: Pick<Study['matrix'], 'dischargeMs'>): boolean {
  return dischargeMs.every((ms) => Number.isFinite(ms));
}

/** The test rows of patients seen in training, and those of new patients, each judged apart; a part with too few events is left out. */
export function seenValidations(study: Study, { split, risks }: TemporalRun, options: ValidationOptions): ValidationResult[] {
  return splitSeen(study.matrix, split, risks)
    .filter(({ tooFew }) => tooFew === null)
    .map((part) => ({
      name: `temporal-${part.patients}`,
      description:
        part.patients === 'seen'
          ? 'the test discharges of the temporal validation that are of patients with an earlier discharge in training.'
          : 'the test discharges of the temporal validation that are of patients without a discharge in training.',
      ...judge(study, part.risks, part.rows, options),
    }));
}

/** The headline of evidence, which rests on the same draws as judge and has the same numbers. */
export function validationOf(name: string, evidence: Evidence): ValidationResult {
  const { description, rows, events, patients, headline, differences } = evidence;
  return { name, description, rows, events, patients, results: headline, differences };
}

/** AUROC over pairs of the same fold, the one that grouped risks are judged by. */
export function foldAuroc(study: Study, options: Pick<ValidationOptions, 'folds' | 'seed'>): Statistic {
  return withinStratumStatistic(assignFolds(study.matrix.patientIds, options.folds, options.seed));
}

/**
 * @param rows  row of the matrix behind each risk
 * @param fold  fold of each row where several models gave the risks; pairs of different folds then do not count in either AUROC
 */
export function judge(
  study: Study,
  risks: Partial<Risks>,
  rows: Int32Array,
  options: ValidationOptions,
  fold?: Int32Array,
): Omit<ValidationResult, 'name' | 'description'> {
  const { matrix } = study;
  const outcome = Uint8Array.from(rows, (row) => matrix.outcome[row] as number);
  const groups = groupNumbers(Array.from(rows, (row) => matrix.patientIds[row] as string));
  const reason = hasReasons(matrix)
    ? groupNumbers(Array.from(rows, (row) => matrix.reasons[row] ?? ''))
    : new Int32Array(rows.length).fill(-1);
  const statistics = probabilityStatistics({ fold: fold ?? null, reason });
  const bootstrap = { seed: options.seed, draws: options.draws ?? 1000 };
  const entries = Object.entries(risks) as [ModelName, Float64Array][];
  const results = Object.fromEntries(
    entries.map(([name, risk]) => [name, bootstrapIntervals({ outcome, risk, groups, statistics }, bootstrap)]),
  );
  const forest = risks.forest;
  const differences =
    forest === undefined
      ? {}
      : Object.fromEntries(
          entries
            .filter(([name]) => name !== 'forest')
            .map(([name, risk]) => [
              name,
              bootstrapDifferences(
                { outcome, risk: forest, reference: risk, groups, statistics: { auroc: statistics.auroc } },
                bootstrap,
              ).auroc,
            ]),
        );
  return {
    rows: rows.length,
    events: outcome.reduce((sum, y) => sum + y, 0),
    patients: new Set(groups).size,
    results,
    differences,
  };
}

function runOf(options: ValidationOptions): TrainingRun {
  return options.signal === undefined ? {} : { signal: options.signal };
}
