/**
 * What held-out forests lose when columns no longer belong to their rows: the fall in AUROC when a set's values are dealt anew.
 *
 * Choice  values are dealt among the rows of one fold, and all columns of a set together, so that a family keeps its own order
 * Choice  several deals where rows are few: one deal of few rows is mostly chance
 * Source  Breiman 2001, doi:10.1023/A:1010933404324; Fisher, Rudin and Dominici 2019, arXiv:1801.01489
 */
import { bootstrapMeasures, figureOf, type Figure, type Statistic, type WeightedMeasure } from '../evaluation/index.ts';
import { createPredictor } from '../forest/index.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent } from '../util/progress.ts';
import { randomStream } from '../util/random.ts';
import { shuffle } from '../util/shuffle.ts';
import type { HeldForest } from './held-forest.ts';
import { take, takeColumns } from './held-out.ts';
import type { Study } from './study.ts';
import { foldAuroc, type ValidationOptions } from './validation.ts';

/** Columns that are dealt together. */
export interface ColumnSet {
  readonly key: string;
  readonly members: readonly number[];
}

/** Chance streams far from those of resamples and folds. */
const dealStream = 0x5e_0000;

/**
 * @param plain  held-out output of each row of the matrix, see heldOutOutputs
 * @returns      by key the fall in AUROC, its pairs those of one fold, with interval
 * @throws {CancelledError}
 */
export function permutationLosses(
  study: Study,
  held: readonly HeldForest[],
  plain: Float64Array,
  sets: readonly ColumnSet[],
  options: ValidationOptions,
): Record<string, Figure> {
  const { matrix } = study;
  const onProgress = options.onProgress ?? silent;
  const deals = Math.min(5, Math.max(1, Math.round(5000 / matrix.rows)));
  const outputs = sets.map(() => Array.from({ length: deals }, () => new Float64Array(matrix.rows)));
  for (const [k, { forest, rows }] of held.entries()) {
    const { predictColumns } = createPredictor(forest);
    const own = takeColumns(matrix.columns, rows);
    // One deal for all sets: differences between features are then not those of the deals.
    const dealt = Array.from({ length: deals }, (_, deal) =>
      shuffle(rows.slice(), randomStream(options.seed, dealStream + k * deals + deal)),
    );
    for (const [s, { members }] of sets.entries()) {
      stopIfCancelled(options.signal, 'importance');
      onProgress({ task: 'permutations', done: k * sets.length + s, total: held.length * sets.length });
      for (const [deal, from] of dealt.entries()) {
        const columns = own.slice();
        for (const c of members) columns[c] = take(matrix.columns[c]!, from);
        const output = predictColumns(columns, rows.length);
        rows.forEach((row, i) => (outputs[s]![deal]![row] = output[i] as number));
      }
    }
  }
  onProgress({ task: 'permutations', done: held.length * sets.length, total: held.length * sets.length });
  const auroc: Statistic = foldAuroc(study, options);
  const base = auroc(matrix.outcome, plain);
  const measures = sets.map(({ key }, s): [string, WeightedMeasure] => {
    const lost = outputs[s]!.map((output) => auroc(matrix.outcome, output));
    return [key, (weight) => base(weight) - lost.reduce((sum, measure) => sum + measure(weight), 0) / deals];
  });
  const found = bootstrapMeasures(Object.fromEntries(measures), matrix.groups, {
    seed: options.seed,
    draws: options.draws ?? 1000,
  });
  return Object.fromEntries(Object.entries(found).map(([key, interval]) => [key, figureOf(interval)]));
}
