/** Evidence of a way of training: the same figures as the light validation, and what is only made when asked for. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { gatherHeldOutEvidence, groupedValidation, type HeldOutEvidence } from '../../src/training/index.ts';
import { syntheticStudy } from './synthetic-study.ts';

const study = syntheticStudy(4, 160, (_, row) => `reason-${row % 5}`);
const forest = { trees: 20, minLeafRows: 5, workers: 1, seed: 3 };
const options = { folds: 3, seed: 3, draws: 60 };
let quick: HeldOutEvidence;
let deep: HeldOutEvidence;
beforeAll(async () => {
  quick = await gatherHeldOutEvidence(study, forest, { ...options, quick: true });
  deep = await gatherHeldOutEvidence(study, forest, { ...options, explainedRows: 50, capacities: [1, 2], repeats: 2 });
});

describe('held-out evidence', () => {
  it('has the figures of the light validation, to the bit', () => {
    const light = groupedValidation(study, deep.risks, options);
    const full = deep.validations.find(({ name }) => name === 'grouped');
    expect(full?.rows).toBe(light.rows);
    for (const [model, figures] of Object.entries(light.results)) {
      for (const [metric, { estimate, lower, upper }] of Object.entries(figures)) {
        const value = (v: number | null): number | null => (v !== null && Number.isFinite(v) ? v : null);
        expect({ model, metric, figure: full?.results[model]?.[metric] }).toEqual({
          model,
          metric,
          figure: { estimate: value(estimate), lower: value(lower), upper: value(upper) },
        });
      }
    }
  });

  it('judges the thresholds of the bands, and subgroups at the highest', () => {
    const from = deep.bands.map((band) => band.from).filter((threshold) => threshold > 0);
    expect(from.length).toBeGreaterThan(0);
    const { actions, subgroups } = deep.evidence.grouped;
    for (const threshold of from) expect(actions.some((action) => action.threshold === threshold)).toBe(true);
    expect(actions.filter(({ capacityPerDay }) => capacityPerDay !== null).map((a) => a.capacityPerDay)).toEqual([1, 2]);
    expect(subgroups.length).toBeGreaterThan(0);
    for (const table of subgroups) expect(table.threshold).toBe(from.at(-1));
  });

  it('tells seen and new patients of the temporal test apart, and each discharge once', () => {
    const rows = (name: string): number => deep.validations.find((v) => v.name === name)?.rows ?? 0;
    expect(rows('temporal')).toBe(deep.evidence.temporal?.rows);
    expect(rows('temporal-seen') + rows('temporal-unseen')).toBeLessThanOrEqual(rows('temporal'));
    expect(rows('temporal-seen') + rows('temporal-unseen')).toBeGreaterThan(0);
  });

  it('fits again only where it was asked to', () => {
    expect([quick.importance, quick.learningCurve]).toEqual([null, null]);
    const permutation = (found: HeldOutEvidence): string | undefined =>
      found.leakage.checks.find(({ check }) => check === 'label-permutation')?.verdict;
    expect(permutation(quick)).toBe('not-assessed');
    expect(permutation(deep)).not.toBe('not-assessed');
    expect(deep.importance?.rows).toBe(50);
    expect(deep.learningCurve?.at(-1)?.auroc.estimate).toBe(deep.evidence.grouped.headline['forest']?.['auroc']?.estimate);
    expect(quick.evidence.grouped.headline).toEqual(deep.evidence.grouped.headline);
  });

  it('repeats the validation with other folds, the first being the one told', () => {
    expect(quick.repeated).toBeNull();
    const { perRepeat, mean } = deep.repeated?.models.forest ?? { perRepeat: [], mean: { estimate: 0 } };
    expect(perRepeat[0]).toBe(deep.evidence.grouped.headline['forest']?.['auroc']?.estimate);
    expect(perRepeat[1]).not.toBe(perRepeat[0]);
    expect(mean.estimate).toBeCloseTo(((perRepeat[0] ?? 0) + (perRepeat[1] ?? 0)) / 2, 12);
  });

  it('finds no leak in features of chance and age', () => {
    expect(deep.leakage.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  });
});
