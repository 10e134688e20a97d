/** Repeated cross-validation: its first repeat is the single one, its mean is that of the repeats, and a constant has no spread. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { assignFolds, withinStratumAuroc } from '../../src/evaluation/index.ts';
import { repeatedAuroc, repeatedMeasure, repeatedRisks, type Repeat } from '../../src/training/repeated-validation.ts';
import { groupedRisks } from '../../src/training/validation.ts';
import { syntheticStudy } from './synthetic-study.ts';

const small = { trees: 5, minLeafRows: 5, workers: 1, seed: 8 };
const study = syntheticStudy(51, 120, (_, row) => `reason-${row % 5}`);
const options = { folds: 3, repeats: 3, seed: 8 };

let repeats: Repeat[];
beforeAll(async () => void (repeats = await repeatedRisks(study, small, options)));

describe('repeatedRisks', () => {
  it('begins with the single cross-validation, and takes it over where it was made already', async () => {
    const single = await groupedRisks(study, small, { folds: 3, seed: 8 });
    expect(repeats[0]?.risks).toEqual(single);
    const again = await repeatedRisks(study, small, { ...options, repeats: 1, first: single });
    expect(again[0]?.risks).toBe(single);
  });

  it('divides the patients anew each time, with forests of another seed', async () => {
    expect(repeats.map(({ seed }) => seed)).toEqual([8, 9, 10]);
    for (const { seed, fold } of repeats) expect(fold).toEqual(assignFolds(study.matrix.patientIds, 3, seed));
    expect(repeats[1]?.fold).not.toEqual(repeats[0]?.fold);
    expect(repeats[1]?.risks).toEqual(await groupedRisks(study, { ...small, seed: 9 }, { folds: 3, seed: 9 }));
  });

  it('tells how far it is, over all repeats', async () => {
    const told: number[] = [];
    await repeatedRisks(study, small, {
      ...options,
      repeats: 2,
      onProgress: ({ done, total }) => told.push(done / (total ?? 1)),
    });
    expect(told[0]).toBe(0);
    expect(told.at(-1)).toBe(1);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
  });

  it('stops when told to', async () => {
    const run = repeatedRisks(study, small, { ...options, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('repeatedAuroc', () => {
  it('is the mean of the repeats, with their spread and an interval', () => {
    const { forest } = repeatedAuroc(study, repeats, { seed: 8, draws: 200 });
    const each = repeats.map(({ fold, risks }) => withinStratumAuroc(study.matrix.outcome, risks.forest, fold).auroc);
    const mean = each.reduce((sum, v) => sum + v, 0) / 3;
    expect(forest?.perRepeat).toEqual(each);
    expect(forest?.mean.estimate).toBeCloseTo(mean, 12);
    const squares = each.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    expect(forest?.standardDeviation).toBeCloseTo(Math.sqrt(squares / 2), 12);
    expect(forest?.standardDeviation).toBeGreaterThan(0);
    expect(forest?.mean.lower).toBeLessThan(mean);
    expect(forest?.mean.upper).toBeGreaterThan(mean);
  });

  it('has no spread for a score whose order is fixed, and for one repeat none to tell', () => {
    const perfect = repeats.map((repeat) => ({
      ...repeat,
      risks: { ...repeat.risks, forest: Float64Array.from(study.matrix.outcome) },
    }));
    const { forest } = repeatedAuroc(study, perfect, { seed: 8, draws: 50 });
    expect(forest).toMatchObject({ perRepeat: [1, 1, 1], standardDeviation: 0 });
    expect(repeatedAuroc(study, repeats.slice(0, 1), { seed: 8, draws: 50 }).forest?.standardDeviation).toBeNaN();
  });

  it('tells of the models asked for', () => {
    expect(Object.keys(repeatedAuroc(study, repeats, { seed: 8, draws: 20, models: ['forest', 'logistic'] }))).toEqual([
      'forest',
      'logistic',
    ]);
    const all = repeatedAuroc(study, repeats, { seed: 8, draws: 20 });
    expect(all).not.toHaveProperty('prevalence');
    expect(all).toHaveProperty('charlson');
  });

  it('resamples the same patients in every repeat', () => {
    const measure = repeatedMeasure(study, repeats, 'logistic');
    const weight = Float64Array.from(study.matrix.groups, (g) => g % 3);
    const each = repeats.map((repeat) => repeatedMeasure(study, [repeat], 'logistic')(weight));
    expect(measure(weight)).toBeCloseTo(each.reduce((sum, v) => sum + v, 0) / 3, 12);
  });
});
