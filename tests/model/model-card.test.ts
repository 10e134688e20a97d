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
};

test('figures, baselines, counts and limits are there', () => {
  const { card, markdown } = buildCard(sampleHeader(8), metrics);
  expect(markdown).toContain('**Not for patient care.**');
  expect(markdown).toContain('| forest | 0.712 (0.660 to 0.760) | 0.080 (interval not available) |');
  expect(markdown).toContain('| lace | not available | not available |');
  expect(markdown).toContain('| died in hospital | 12 | 1000 |');
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
