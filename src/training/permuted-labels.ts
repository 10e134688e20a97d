/**
 * The method tried on labels that mean nothing: dealt out by chance over all discharges, learnt from, and asked about.
 *
 * Out     AUROC of the held-out forests with its interval; one that leaves out 0.5 more often than its level says is a defect of the method, such
 *         as a row on both sides
 * Choice  each fold has a deal of its own. With one deal for all, what fold 1 tests, fold 2 learns: the folds lean the same way, and the interval
 *         of resampled patients, which takes them for independent, is too narrow
 */
import { bootstrapMeasures, permutedLabels, type Interval } from '../evaluation/index.ts';
import type { ForestOptions } from '../forest/index.ts';
import { heldOutForest } from './held-out.ts';
import type { Study } from './study.ts';
import { eachFold, foldAuroc, type ValidationOptions } from './validation.ts';

export async function permutedAuroc(study: Study, forest: Partial<ForestOptions>, options: ValidationOptions): Promise<Interval> {
  const { matrix } = study;
  const outcome = new Uint8Array(matrix.rows);
  const risk = new Float64Array(matrix.rows);
  await eachFold(study, options, async (fold, train, test) => {
    const dealt = permutedLabels(matrix.outcome, options.seed, fold);
    const permuted = { ...study, matrix: { ...matrix, outcome: dealt } };
    const run = options.signal === undefined ? {} : { signal: options.signal };
    const held = await heldOutForest(permuted, train, test, forest, run);
    test.forEach((row, i) => {
      outcome[row] = dealt[row] as number;
      risk[row] = held[i] as number;
    });
  });
  const auroc = foldAuroc(study, options)(outcome, risk);
  return bootstrapMeasures({ auroc }, matrix.groups, { seed: options.seed, draws: options.draws ?? 1000 }).auroc;
}
