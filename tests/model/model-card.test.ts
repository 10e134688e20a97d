import { describe, expect, test } from '@jest/globals';
import { buildCard } from '../../src/model/index.ts';
import type { ModelMetrics } from '../../src/model/index.ts';
import { sampleHeader } from './sample-model.ts';

const metrics: ModelMetrics = {
  validations: [
    {
      name: 'grouped',
      description: 'Five folds by patient.',
      rows: 1000,
      events: 90,
      patients: 700,
      results: {
        forest: { auroc: { estimate: 0.7123, lower: 0.66, upper: 0.76 }, brier: { estimate: 0.08, lower: NaN, upper: NaN } },
        lace: { auroc: { estimate: null, lower: null, upper: null } },
      },
    },
  ],
  attrition: [{ rule: 'died in hospital', removed: 12, remaining: 1000 }],
  cumulativeIncidence: [
    {
      state: 'unplanned',
      points: [
        { day: 7, estimate: 0.0512, lower: 0.04, upper: 0.062 },
        { day: 30, estimate: 0.1498, lower: 0.13, upper: 0.17 },
      ],
    },
    {
      state: 'died',
      points: [
        { day: 7, estimate: 0, lower: null, upper: null },
        { day: 30, estimate: 0.021, lower: 0.015, upper: 0.028 },
      ],
    },
  ],
};

test('figures, baselines, counts and limits are there', () => {
  const { card, markdown } = buildCard(sampleHeader(8), metrics);
  expect(markdown).toContain('**Not for patient care.**');
  expect(markdown).toContain('| forest | 0.712 (0.660 to 0.760) | 0.080 (interval not available) |');
  expect(markdown).toContain('| lace | not available | not available |');
  expect(markdown).toContain('| died in hospital | 12 | 1000 |');
  expect(markdown).toContain('| first event | by day 7, % | by day 30, % |');
  expect(markdown).toContain('| unplanned | 5.1 (4.0 to 6.2) | 15.0 (13.0 to 17.0) |');
  expect(markdown).toContain('| died | 0.0 | 2.1 (1.5 to 2.8) |');
  expect(card.trustIngredients.cumulativeIncidence).toEqual(metrics.cumulativeIncidence);
  expect(markdown).toContain('Only 90 events in training');
  expect(markdown).toContain('1 of 6 features were missing in more than half');
  expect(card.trustIngredients.features.byFamily).toEqual({ demographics: 2, labs: 4 });
  expect(card.warnings.notForPatientCare).toBe(true);
});

test('says how the records were read', () => {
  const { card, markdown } = buildCard(sampleHeader(8), metrics);
  expect(card.trustIngredients.mapping).toMatchObject({ name: 'standard' });
  expect(markdown).toContain('diagnoses recorded for the index stay count as known at discharge');
});

test('nothing is blank: without results the card says so', () => {
  const { card, markdown } = buildCard(sampleHeader(8), { validations: [] });
  expect(card.keyMetrics).toBe('not available');
  expect(card.trustIngredients.attrition).toBe('not available');
  expect(card.trustIngredients.cumulativeIncidence).toBe('not available');
  expect(markdown).toContain('### What followed a discharge\n\nnot available');
  expect(markdown).not.toMatch(/undefined|null|NaN|\n- \n|: \n/);
  const blank = (value: unknown): boolean =>
    value === '' ||
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.values(value).some((v) => blank(v)));
  expect(blank(card)).toBe(false);
});

test('HTML and table borders in texts are escaped', () => {
  const header = { ...sampleHeader(8), bands: [{ name: 'low', from: 0, meaning: '<script>x</script> | y\n# z' }] };
  const { markdown } = buildCard(header, metrics);
  expect(markdown).not.toContain('<script>');
  expect(markdown).toContain('&#60;script&#62;x&#60;/script&#62; &#124; y # z');
});

describe('a model of real records', () => {
  test('is not called synthetic, and is not released for care either', () => {
    const header = sampleHeader(8);
    const { card, markdown } = buildCard({ ...header, training: { ...header.training, synthetic: false } }, metrics);
    expect(card.warnings.notForPatientCare).toBe(false);
    expect(markdown).not.toContain('synthetic');
    expect(card.usesAndDirections.intendedUse).toContain('Not for patient care before validation');
  });
});
