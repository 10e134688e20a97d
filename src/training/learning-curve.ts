/**
 * Learning curve: would more patients help?
 *
 * In      a study, forest options, folds; shares of the training patients
 * Out     per share the AUROC of held-out discharges, by forests that learnt from that share of the patients of their training folds
 * Choice  whole patients are taken, and the fewer are among the more: in each fold the patients stand in one order of chance
 * Choice  the discharges asked about are the same at every share, and so are the resampled patients of the intervals
 * Choice  a share at which some fold has fewer than 2 events or 2 others to learn from has no AUROC
 */
import { bootstrapMeasures, figureOf, type LearningPoint } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { randomStream } from '../util/random.ts';
import { shuffle } from '../util/shuffle.ts';
import { heldOutForest, take } from './held-out.ts';
import type { Study } from './study.ts';
import { eachFold, foldAuroc } from './validation.ts';

export interface LearningOptions {
  readonly folds: number;
  readonly seed: number;
  /** Bootstrap draws; default 1,000. */
  readonly draws?: number;
  /** In (0, 1], ascending; default 0.1, 0.2, 0.4, 0.7, 1. */
  readonly shares?: readonly number[];
  /** Held-out risks of the forest at share 1, where a cross-validation with the same folds, seed and options has been made already. */
  readonly whole?: Float64Array;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

const learningShares: readonly number[] = [0.1, 0.2, 0.4, 0.7, 1];

/** @returns  a point per share; `patients` and `events` are those learnt from, in the mean of the folds */
export async function learningCurve(
  study: Study,
  forest: Partial<ForestOptions>,
  { folds, seed, draws = 1000, shares = learningShares, whole, signal, onProgress = silent }: LearningOptions,
): Promise<LearningPoint[]> {
  const { matrix } = study;
  const statistic = foldAuroc(study, { folds, seed });
  const points: LearningPoint[] = [];
  const tell =
    (step: number): OnProgress =>
    ({ done }) =>
      onProgress({ task: 'learning curve', done: step * folds + done, total: shares.length * folds });
  const aurocOf = (risk: Float64Array): LearningPoint['auroc'] => {
    if (risk.some((value) => Number.isNaN(value))) return { estimate: null, lower: null, upper: null };
    const measure = statistic(matrix.outcome, risk);
    return figureOf(bootstrapMeasures({ measure }, matrix.groups, { seed, draws }).measure);
  };
  for (const [step, share] of shares.entries()) {
    const risk = new Float64Array(matrix.rows);
    const learnt: { patients: number; events: number }[] = [];
    const watch = { folds, seed, onProgress: tell(step), ...(signal === undefined ? {} : { signal }) };
    await eachFold(study, watch, async (fold, train, test) => {
      const rows = rowsOfShare(matrix.groups, train, share, seed, fold);
      const events = rows.reduce((sum, row) => sum + (matrix.outcome[row] as number), 0);
      learnt.push({ patients: new Set(Array.from(rows, (row) => matrix.groups[row])).size, events });
      const canLearn = events >= 2 && rows.length - events >= 2;
      const held =
        share === 1 && whole !== undefined
          ? take(whole, test)
          : canLearn
            ? await heldOutForest(study, rows, test, forest, signal === undefined ? {} : { signal })
            : new Float64Array(test.length).fill(Number.NaN);
      test.forEach((row, i) => (risk[row] = held[i] as number));
    });
    points.push({
      share,
      patients: Math.round(mean(learnt.map(({ patients }) => patients))),
      events: Math.round(mean(learnt.map(({ events }) => events))),
      auroc: aurocOf(risk),
    });
  }
  return points;
}

/** The training rows of the first patients in the fold's order of chance; at least one patient. */
export function rowsOfShare(groups: Int32Array, train: Int32Array, share: number, seed: number, fold: number): Int32Array {
  if (share === 1) return train;
  const patients = [...new Set(Array.from(train, (row) => groups[row] as number))].sort((a, b) => a - b);
  shuffle(patients, randomStream(seed, fold));
  const taken = new Set(patients.slice(0, Math.max(1, Math.round(share * patients.length))));
  return train.filter((row) => taken.has(groups[row] as number));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
