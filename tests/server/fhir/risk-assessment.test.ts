/** A RiskAssessment of an answer: percent, period, basis, contributions, words. */
import { describe, expect, test } from '@jest/globals';
import type { ScoreAnswer } from '../../../src/scoring/index.ts';
import { riskAssessment } from '../../../src/server/fhir/index.ts';
import { extensionUrl } from '../../../src/server/fhir/extensions.ts';
import { answer } from '../support/served.ts';
import { tinyDefinition, tinyModel } from '../support/tiny-model.ts';

const scorer = { definition: tinyDefinition(), model: tinyModel() };
const now = Date.parse('2026-04-01T09:30:00Z');
const scored: ScoreAnswer = {
  ...answer,
  attributions: [
    { feature: 'age_years', value: 70, unit: 'a', attribution: 0.125 },
    { feature: 'last_sodium', value: null, unit: 'mmol/L', attribution: -0.025 },
    { feature: 'prior_admissions_365d', value: 0, unit: 'stays', attribution: 0 },
  ],
  reasons: [
    {
      feature: 'age_years',
      words: '70 years old',
      direction: 'raises',
      attribution: 0.125,
      resources: ['Patient/p1', 'Encounter/e1'],
    },
    { feature: 'last_sodium', words: 'sodium not known', direction: 'lowers', attribution: -0.025, resources: ['Encounter/e1'] },
  ],
  missing: ['last_sodium'],
  outOfTrainingRange: ['age_years'],
  encounter: 'Encounter/e1',
  stay: { admission: '2026-03-20T08:00:00.000Z', discharge: '2026-03-25T22:30:00.000Z', reason: null },
  asOf: '2026-03-25T22:30:00.000Z',
  coverage: { types: ['Encounter', 'Condition'], from: '2020-01-01', assumed: false },
  notes: ['the stay goes on in a later encounter'],
};

function bundleOf(end: string | undefined, more: object[] = []) {
  const resources = [
    { resourceType: 'Patient', id: 'p1' },
    { resourceType: 'Encounter', id: 'e1', period: { start: '2026-03-20', ...(end === undefined ? {} : { end }) } },
    ...more,
  ];
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

function assess(changes: Partial<ScoreAnswer> = {}, more: Partial<Parameters<typeof riskAssessment>[0]> = {}) {
  const made = riskAssessment({
    answer: { ...scored, ...changes },
    scorer,
    bundle: bundleOf('2026-03-25T22:30:00Z'),
    now,
    ...more,
  });
  return { made, prediction: made.prediction?.[0] as fhir4.RiskAssessmentPrediction };
}

test('says whose risk it is, of what, by which model and when', () => {
  const { made } = assess();
  expect(made).toMatchObject({
    resourceType: 'RiskAssessment',
    status: 'final',
    subject: { reference: 'Patient/p1' },
    encounter: { reference: 'Encounter/e1' },
    occurrenceDateTime: '2026-04-01T09:30:00.000Z',
    method: { coding: [{ system: expect.stringMatching(/^http.*\/model-card\/tiny$/), version: 'aa'.repeat(32), code: 'tiny' }] },
    performer: { reference: '#model' },
    contained: [
      {
        resourceType: 'Device',
        id: 'model',
        identifier: [{ value: 'aa'.repeat(32) }],
        deviceName: [{ name: 'tiny', type: 'model-name' }],
        version: [{ value: '0.1.0' }],
      },
    ],
    mitigation: expect.stringContaining('follow-up'),
    note: expect.arrayContaining([{ text: 'not for patient care' }]),
  });
  expect(made.identifier).toBeUndefined();
  expect(made.basis).toEqual([{ reference: 'Patient/p1' }, { reference: 'Encounter/e1' }]);
  expect(made.extension).toEqual([
    { url: extensionUrl('predictionTime'), valueDateTime: '2026-03-25T22:30:00.000Z' },
    {
      url: extensionUrl('coverage'),
      extension: [
        { url: 'type', valueCode: 'Encounter' },
        { url: 'type', valueCode: 'Condition' },
        { url: 'from', valueDate: '2020-01-01' },
        { url: 'assumed', valueBoolean: false },
      ],
    },
  ]);
});

test('where the server has a public address, the model card is located', () => {
  const { made } = assess({}, { publicUrl: 'https://risk.example.org' });
  expect(made.method?.coding?.[0]?.system).toBe('https://risk.example.org/v1/model/card');
});

describe('the time it is about', () => {
  test.each([
    ['as the record writes it', '2026-03-25T22:30:00Z', '2026-04-24'],
    ['the day of the record, not of UTC, over a change of clocks', '2026-03-26T00:30:00+02:00', '2026-04-25'],
    ['west of Greenwich', '2026-03-25T17:30:00-05:00', '2026-04-24'],
  ])('calendar days: %s', (_title, end, last) => {
    const { made, prediction } = assess({}, { bundle: bundleOf(end) });
    expect(prediction.whenPeriod).toEqual({ start: end, end: last });
    expect(made.status).toBe('final');
  });

  test.each([
    ['2024-01-31T10:00:00Z', '2024-03-01'],
    ['2023-01-31T10:00:00Z', '2023-03-02'],
    ['2025-12-31T23:59:59Z', '2026-01-30'],
  ])('over the end of a month: %s', (end, last) => {
    const stay = { ...(scored.stay as NonNullable<ScoreAnswer['stay']>), discharge: new Date(end).toISOString() };
    expect(assess({ stay }, { bundle: bundleOf(end) }).prediction.whenPeriod).toEqual({ start: end, end: last });
  });

  test('an end of a whole day stays a day', () => {
    const stay = { ...(scored.stay as NonNullable<ScoreAnswer['stay']>), discharge: '2026-03-25T00:00:00.000Z' };
    const { prediction } = assess({ stay }, { bundle: bundleOf('2026-03-25') });
    expect(prediction.whenPeriod).toEqual({ start: '2026-03-25', end: '2026-04-24' });
  });

  test('elapsed days are of 24 h, over a change of clocks too, in the zone of the record', () => {
    const elapsed = { ...scorer, definition: { ...scorer.definition, horizonUnit: 'elapsed' as const } };
    const { prediction } = assess({}, { scorer: elapsed, bundle: bundleOf('2026-03-25T23:30:00+01:00') });
    expect(prediction.whenPeriod).toEqual({ start: '2026-03-25T23:30:00+01:00', end: '2026-04-24T23:30:00+01:00' });
  });

  test.each([
    ['no end is recorded', undefined],
    ['the end lies after the prediction time', '2026-03-28T10:00:00Z'],
  ])('preliminary while the stay is open: %s', (_title, end) => {
    const { made, prediction } = assess({}, { bundle: bundleOf(end), asOf: '2026-03-26T00:30:00+02:00' });
    expect(made.status).toBe('preliminary');
    expect(prediction.whenPeriod).toEqual({ start: '2026-03-26T00:30:00+02:00', end: '2026-04-25' });
  });

  test('final where a part of the encounter records the end', () => {
    const part = {
      resourceType: 'Encounter',
      id: 'e2',
      partOf: { reference: 'Encounter/e1' },
      period: { end: '2026-03-26T00:30:00+02:00' },
    };
    const { made, prediction } = assess({}, { bundle: bundleOf(undefined, [part]) });
    expect([made.status, prediction.whenPeriod?.start]).toEqual(['final', '2026-03-26T00:30:00+02:00']);
    const other = { ...part, partOf: { reference: 'Encounter/e3' } };
    expect(assess({}, { bundle: bundleOf(undefined, [other]) }).made.status).toBe('preliminary');
  });
});

describe('the risk', () => {
  test.each([
    [0.3, 30],
    [0.123456, 12.35],
    [0, 0],
    [1, 100],
    [0.00001, 0.001],
    [0.000049, 0.005],
    [0.99999, 99.999],
    [0.29, 29],
    [1e-9, 1e-7],
    [1e-300, 1e-13],
    [1 - Number.EPSILON / 2, 99.9999999999999],
  ])('%d is told as %d percent', (risk, percent) => {
    expect(assess({ risk }).prediction.probabilityDecimal).toBe(percent);
  });

  test('relative to the base rate; nothing where that is zero', () => {
    expect(assess().prediction.relativeRisk).toBe(1.5);
    expect(assess({ risk: 0.123456 }).prediction.relativeRisk).toBe(0.617);
    expect(assess({ baseRate: 0 }).prediction.relativeRisk).toBeUndefined();
  });

  test.each([
    ['low', 0, 0.1, 'low'],
    ['moderate', 0.2, 0.3, 'moderate'],
    ['the highest tenth, most of whom do not return', 0.28, 0.4, 'moderate'],
    ['more likely than not', 0.28, 0.51, 'high'],
    ['more likely than not in the lowest band', 0, 0.6, 'high'],
  ])('in the codes of FHIR: %s', (band, bandFrom, risk, code) => {
    expect(assess({ band, bandFrom, risk }).prediction.qualitativeRisk).toMatchObject({
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/risk-probability', code }],
      text: `band ${band} of the model: at or above the base rate`,
    });
  });

  test('a model of one band gives no code, and the lowest band no mitigation', () => {
    const { header } = scorer.model;
    const one = { ...scorer, model: { ...scorer.model, header: { ...header, bands: header.bands.slice(0, 1) } } };
    const { made, prediction } = assess({ bandFrom: 0 }, { scorer: one });
    expect(prediction.qualitativeRisk?.coding).toBeUndefined();
    expect(made.mitigation).toBeUndefined();
  });

  test('interval, base rate and output of the forest', () => {
    const { prediction } = assess();
    expect(prediction.extension).toEqual(
      expect.arrayContaining([
        { url: extensionUrl('baseRate'), valueDecimal: 20 },
        {
          url: extensionUrl('interval'),
          extension: [
            { url: 'level', valueDecimal: 95 },
            { url: 'low', valueDecimal: 21 },
            { url: 'high', valueDecimal: 40 },
            { url: 'vennAbersLow', valueDecimal: 28 },
            { url: 'vennAbersHigh', valueDecimal: 31 },
            { url: 'comparableDischarges', valueUnsignedInt: 57 },
          ],
        },
        {
          url: extensionUrl('forestOutput'),
          extension: [
            { url: 'output', valueDecimal: 0.3 },
            { url: 'baseValue', valueDecimal: 0.2 },
          ],
        },
      ]),
    );
    const without = assess({ interval: null }).prediction.extension ?? [];
    expect(without.map(({ url }) => url)).not.toContain(extensionUrl('interval'));
  });
});

describe('why', () => {
  test('each reason with value, unit, share and resources', () => {
    const contributions = assess().prediction.extension?.filter(({ url }) => url === extensionUrl('contribution'));
    expect(contributions?.map(({ extension }) => extension)).toEqual([
      [
        { url: 'feature', valueString: 'age_years' },
        { url: 'words', valueString: '70 years old' },
        { url: 'value', valueDecimal: 70 },
        { url: 'unit', valueString: 'a' },
        { url: 'attribution', valueDecimal: 0.125 },
        { url: 'covered', valueBoolean: true },
        { url: 'withinTrainingRange', valueBoolean: false },
        { url: 'resource', valueReference: { reference: 'Patient/p1' } },
        { url: 'resource', valueReference: { reference: 'Encounter/e1' } },
      ],
      [
        { url: 'feature', valueString: 'last_sodium' },
        { url: 'words', valueString: 'sodium not known' },
        { url: 'unit', valueString: 'mmol/L' },
        { url: 'attribution', valueDecimal: -0.025 },
        { url: 'covered', valueBoolean: true },
        { url: 'withinTrainingRange', valueBoolean: true },
        { url: 'resource', valueReference: { reference: 'Encounter/e1' } },
      ],
    ]);
  });

  test('in words', () => {
    const { made, prediction } = assess({ notCovered: ['prior_admissions_365d'] });
    expect(prediction.rationale).toBe(
      'Risk 30 %, base rate 20 %. Raised most by: 70 years old. Lowered most by: sodium not known.',
    );
    expect(made.note?.map(({ text }) => text)).toEqual([
      'not for patient care',
      'The stay goes on in a later encounter.',
      'Not measured: last sodium.',
      'Not covered by the records, so missing and not zero: prior admissions 365d.',
      'Outside the range the model was trained on: age years.',
    ]);
  });

  test('markup in words is text in the narrative', () => {
    const reasons = [{ ...(scored.reasons[0] as ScoreAnswer['reasons'][number]), words: '<script>alert("1 & 2")</script>' }];
    const { div } = assess({ reasons }).made.text as fhir4.Narrative;
    expect(div).toContain('<li>&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt; (raises the risk)</li>');
    expect(div).toMatch(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">.*<\/div>$/);
    expect(div.replace(/^<div [^>]*>/, '')).not.toMatch(/<(?!\/?(p|b|ul|li|div)>)/);
  });
});

describe('the outcome', () => {
  test('unplanned readmission: a code of its own, and SNOMED CT beside it', () => {
    expect(assess().prediction.outcome).toEqual({
      coding: [
        {
          system: expect.stringMatching(/CodeSystem\/readmission-risk$/),
          code: 'unplanned-readmission',
          display: 'Unplanned readmission',
        },
        { system: 'http://snomed.info/sct', code: '417005', display: 'Hospital re-admission' },
      ],
      text: 'First unplanned stay after discharge within 30 days',
    });
  });

  test('readmission or death has no code of SNOMED CT, labels of a researcher no code at all', () => {
    const composite = { ...scorer, definition: { ...scorer.definition, outcome: { composite: true } } };
    expect(assess({}, { scorer: composite }).prediction.outcome?.coding).toEqual([
      expect.objectContaining({ code: 'unplanned-readmission-or-death' }),
    ]);
    const labels = { name: 'labels.csv', sha256: 'ab'.repeat(32) };
    const own = { ...scorer, definition: { ...scorer.definition, labels } };
    expect(assess({}, { scorer: own }).prediction.outcome).toEqual({
      text: 'First unplanned stay after discharge within 30 days',
    });
  });
});

test('a Bundle whose patient has no id but an address', () => {
  const bundle = {
    resourceType: 'Bundle',
    entry: [
      { fullUrl: 'urn:uuid:8f3c', resource: { resourceType: 'Patient' } },
      null,
      { fullUrl: 'urn:uuid:9a1b', resource: { resourceType: 'Encounter', id: 'e1', period: { end: '2026-03-25T22:30:00Z' } } },
    ],
  };
  const { made } = assess({}, { bundle });
  expect([made.subject.reference, made.status]).toEqual(['Patient/8f3c', 'final']);
});
