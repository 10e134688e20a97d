/** card.md and the headline content of the card. */
import { describe, expect, test } from '@jest/globals';
import { buildCard, type ModelMetrics } from '../../src/model/index.ts';
import { sampleMetrics } from './sample-evidence.ts';
import { sampleHeader } from './sample-model.ts';

const without: ModelMetrics = { validations: [] };

test('figures, baselines, counts and limits are there', () => {
  const { card, markdown } = buildCard(sampleHeader(8), sampleMetrics);
  expect(markdown).toContain('**Not for patient care.**');
  expect(markdown).toContain('| this model | 0.712 (0.660 to 0.760) | not available | 0.080 (interval not available) |');
  expect(markdown).toContain('| forest | 0.712 (0.660 to 0.760) | 0.080 (interval not available) |');
  expect(markdown).toContain('| lace | not available | not available |');
  expect(markdown).toContain('| died-in-stay | 12 | 1000 |');
  expect(markdown).toContain('| first event | by day 7, % | by day 30, % |');
  expect(markdown).toContain('| unplanned | 5.1 (4.0 to 6.2) | 15.0 (13.0 to 17.0) |');
  expect(markdown).toContain('| died | 0.0 | 2.1 (1.5 to 2.8) |');
  expect(card.details.cumulativeIncidence).toEqual(sampleMetrics.cumulativeIncidence);
  expect(markdown).toContain('Only 90 events in training');
  expect(markdown).toContain('1 of 6 features were missing in more than half');
  expect(markdown).toContain('Leakage audit, record-length (warn): active_conditions');
  expect(card.details.features.byFamily).toEqual({ demographics: 2, labs: 4 });
  expect(card.notForPatientCare).toBe(true);
});

test('of an incidence by each day the usual days are told', () => {
  const points = Array.from({ length: 31 }, (_, day) => ({ day, estimate: day / 200, lower: null, upper: null }));
  const { card, markdown } = buildCard(sampleHeader(8), {
    ...sampleMetrics,
    cumulativeIncidence: [{ state: 'unplanned', points }],
  });
  expect(markdown).toContain('| first event | by day 7, % | by day 14, % | by day 30, % |');
  expect(markdown).toContain('| unplanned | 3.5 | 7.0 | 15.0 |');
  expect(card.details.cumulativeIncidence).toEqual([{ state: 'unplanned', points: [7, 14, 30].map((day) => points[day]) }]);
});

test('groups of patients: figures, or why there are none, those not recorded, and counts that are withheld', () => {
  const { markdown } = buildCard(sampleHeader(8), sampleMetrics);
  expect(markdown).toContain(
    '| sex | female | 597 | 50 (8.4 %) | 0.72 (0.65 to 0.79) | not available | not available | 0.50 (0.40 to 0.60) |',
  );
  expect(markdown).toContain('| race | Asian | withheld | withheld | fewer than 10 events | not available |');
  expect(markdown).toContain('| race | White | withheld | withheld | 0.71 (0.66 to 0.76) | not available |');
  expect(markdown).toContain('| sex | not recorded | 3 | not available |');
});

test('what is needed in two minutes comes before the long tables', () => {
  const { markdown } = buildCard(sampleHeader(8), sampleMetrics);
  const order = [
    '## Warnings',
    '## How good it is',
    '### What the bands mean',
    '### Groups of patients',
    '## Use',
    '## All results',
    '## Source attributes',
  ];
  const places = order.map((heading) => markdown.indexOf(`\n${heading}`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
});

test('says how the records were read', () => {
  const { card, markdown } = buildCard(sampleHeader(8), sampleMetrics);
  expect(card.details.mapping).toMatchObject({ name: 'standard' });
  expect(markdown).toContain('diagnoses recorded for the index stay count as known at discharge');
});

test('without results the card says so', () => {
  const { card, markdown } = buildCard(sampleHeader(8), without);
  expect(card.details).toMatchObject({
    validations: 'not available',
    attrition: 'not available',
    cumulativeIncidence: 'not available',
  });
  expect(markdown).toContain('### What followed a discharge\n\nnot available');
  expect(markdown).toContain('## How good it is\n\nnot available');
  expect(markdown).toContain('No validation results are recorded.');
});

test.each([sampleMetrics, without])('no word of the card is a value that is none', (metrics) => {
  expect(buildCard(sampleHeader(8), metrics).markdown).not.toMatch(/undefined|\bnull\b|NaN|\[object|\n- \n|: \n/);
});

test('HTML and table borders in texts are escaped', () => {
  const hostile = '<script>x</script> | y\n# z';
  const header = { ...sampleHeader(8), bands: [{ name: 'low', from: 0, meaning: hostile }] };
  const { markdown } = buildCard(header, sampleMetrics, {
    funding: hostile,
    developer: { name: hostile, contact: hostile },
    warnings: { risks: [hostile], biases: hostile },
    probast: { 'development 1.3': { answer: 'yes', why: hostile } },
    tripod: { '17': hostile },
  });
  expect(markdown).not.toContain('<script>');
  expect(markdown).not.toContain('\n# z');
  expect(markdown.match(/&#60;script&#62;x&#60;\/script&#62; &#124; y # z/g)?.length).toBeGreaterThanOrEqual(6);
});

test('which patients a model saw is not in its card', () => {
  const header = sampleHeader(8);
  const hashes = ['00112233445566aa'];
  const { card, markdown } = buildCard({ ...header, training: { ...header.training, patientHashes: hashes } }, sampleMetrics);
  expect(JSON.stringify(card) + markdown).not.toContain(hashes[0]);
});

describe('a model of synthetic records', () => {
  const sentence = 'trained on Synthea: synthetic data, not for clinical use';
  test('says so in card.json and card.md, whatever people state', () => {
    const { card, markdown } = buildCard(sampleHeader(8), sampleMetrics, { warnings: { risks: ['none at all'] } });
    expect(card.sourceAttributes.knownRisks.text).toContain(sentence);
    expect(card.warnings[0]).toContain(sentence);
    expect(card.appliedModelCard.ModelSummary.Summary.text).toContain(sentence);
    expect(markdown).toContain(sentence);
    expect(card.sourceAttributes.knownRisks.text).toContain('none at all');
  });

  test('a model of real records is not called synthetic, and is not released for care either', () => {
    const header = sampleHeader(8);
    const { card, markdown } = buildCard({ ...header, training: { ...header.training, synthetic: false } }, sampleMetrics);
    expect(card.notForPatientCare).toBe(false);
    expect(markdown).not.toMatch(/synthe(tic|a)/i);
    expect(card.sourceAttributes.intendedUse.text).toContain('Not for patient care before validation');
  });
});
