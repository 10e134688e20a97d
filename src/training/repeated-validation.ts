/**
 * Repeated cross-validation: how much of a figure is the luck of one division into folds, and of one forest's chance.
 *
 * In      a study, forest options, the number of folds and repeats
 * Out     per repeat the fold and the held-out risks of every discharge; AUROC per repeat, its mean and standard deviation
 * Chance  repeat r has seed + r, for folds and forests alike: repeat 0 is the cross-validation made with the seed itself
 * Choice  AUROC counts pairs of the same fold; of the repeats the mean is reported. Its interval resamples patients, with the same draw in
 *         every repeat: the repeats are of the same patients, and their spread is no measure of what other patients would bring
 * Source  Kim 2009, doi:10.1016/j.csda.2009.04.009 (repeats lessen the chance of the division, not that of the sample)
 */
import {
  assignFolds,
  bootstrapMeasures,
  withinStratumStatistic,
  type Interval,
  type WeightedMeasure,
} from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import type { ModelName, Risks } from './held-out.ts';
import type { Study } from './study.ts';
import { groupedRisks } from './validation.ts';

export interface RepeatOptions {
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number;
  /** Risks of repeat 0, where a cross-validation with the same folds, seed and options has been made already. */
  readonly first?: Risks;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface Repeat {
  readonly seed: number;
  /** Fold of each row. */
  readonly fold: Int32Array;
  /** Of each row, by models that saw none of its patient. */
  readonly risks: Risks;
}

export interface RepeatedAuroc {
  readonly perRepeat: readonly number[];
  /** Between the repeats, divisor repeats - 1; NaN for one repeat. */
  readonly standardDeviation: number;
  /** Mean over the repeats, with the interval of resampled patients. */
  readonly mean: Interval;
}

/** Seed of a repeat, an unsigned 32-bit integer. */
function repeatSeed(seed: number, repeat: number): number {
  return (seed + repeat) % 4_294_967_296;
}

/** @throws {CancelledError} between two forests */
export async function repeatedRisks(
  study: Study,
  forest: Partial<ForestOptions>,
  { folds, repeats, seed, first, signal, onProgress = silent }: RepeatOptions,
): Promise<Repeat[]> {
  const done: Repeat[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const own = repeatSeed(seed, repeat);
    const options = {
      folds,
      seed: own,
      onProgress: ({ done: fold }: { readonly done: number }): void =>
        onProgress({ task: 'folds', done: repeat * folds + fold, total: repeats * folds }),
      ...(signal === undefined ? {} : { signal }),
    };
    const changed = repeat === 0 ? forest : { ...forest, seed: own };
    const risks = repeat === 0 && first !== undefined ? first : await groupedRisks(study, changed, options);
    done.push({ seed: own, fold: assignFolds(study.matrix.patientIds, folds, own), risks });
  }
  return done;
}

/** Mean over the repeats of a model's AUROC, for resampling: of two such measures the difference is a paired one. */
export function repeatedMeasure({ matrix }: Study, repeats: readonly Repeat[], model: ModelName): WeightedMeasure {
  const measures = measuresOf(matrix.outcome, repeats, model);
  return (weight) => mean(measures.map((measure) => measure(weight)));
}

/**
 * @param models  default: all but the prevalence, whose AUROC is one half by construction
 * @returns       by model; a model that is absent from the risks is left out
 */
export function repeatedAuroc(
  study: Study,
  repeats: readonly Repeat[],
  options: { readonly seed: number; readonly draws?: number; readonly models?: readonly ModelName[] },
): Partial<Record<ModelName, RepeatedAuroc>> {
  const known = Object.keys(repeats[0]?.risks ?? {}) as ModelName[];
  const models = known.filter((name) => options.models?.includes(name) ?? name !== 'prevalence');
  const means = Object.fromEntries(models.map((name) => [name, repeatedMeasure(study, repeats, name)]));
  const intervals = bootstrapMeasures(means, study.matrix.groups, { seed: options.seed, draws: options.draws ?? 1000 });
  const once = new Float64Array(study.matrix.rows).fill(1);
  return Object.fromEntries(
    models.map((name): [ModelName, RepeatedAuroc] => {
      const perRepeat = measuresOf(study.matrix.outcome, repeats, name).map((measure) => measure(once));
      return [name, { perRepeat, standardDeviation: standardDeviation(perRepeat), mean: intervals[name] as Interval }];
    }),
  );
}

function measuresOf(outcome: Uint8Array, repeats: readonly Repeat[], model: ModelName): WeightedMeasure[] {
  return repeats.map(({ fold, risks }) => withinStratumStatistic(fold)(outcome, risks[model] as Float64Array));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
