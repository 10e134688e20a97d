/** Words about records: names, lines about resources, the timeline, and which features can be changed. */
import { describe, expect, test } from '@jest/globals';
import { readFamilies } from '../../../src/features/index.ts';
import { changeable, changeableOf, isChangeable } from '../../../src/server/page/changeable-features.ts';
import { nameText } from '../../../src/server/page/fhir-text.ts';
import { summaryOf } from '../../../src/server/page/resource-summary.ts';
import { timelineOf } from '../../../src/server/page/timeline.ts';
import { answer, fakeModel } from '../support/served.ts';

describe('a name', () => {
  test.each([
    [{}, null],
    [{ name: [{}] }, null],
    [{ name: 'Miller' }, null],
    [{ name: [{ family: 'Miller' }] }, 'Miller'],
    [{ name: [{ family: ' Miller ', given: ['Ann', '', null, 'B.'] }] }, 'Ann B. Miller'],
    [{ name: [{ text: 'Dr Ann Miller', family: 'Miller' }] }, 'Dr Ann Miller'],
    [
      {
        name: [
          { use: 'old', family: 'Smith' },
          { use: 'nickname', given: ['Annie'] },
        ],
      },
      'Annie',
    ],
    [
      {
        name: [
          { use: 'usual', given: ['Annie'] },
          { use: 'official', family: 'Miller' },
        ],
      },
      'Miller',
    ],
    [{ name: [{ use: 'old', family: 'Smith' }] }, 'Smith'],
  ])('%j', (patient, name) => expect(nameText(patient)).toBe(name));
});

const sct = 'http://snomed.info/sct';

describe('a line about', () => {
  test.each([
    [
      'Encounter/e',
      {
        class: { code: 'IMP', display: 'inpatient' },
        type: [{ coding: [{ system: sct, code: '1', display: 'Admission to ward' }] }],
        period: { start: '2020-01-01T08:00:00Z', end: '2020-01-09T08:00:00Z' },
        hospitalization: { dischargeDisposition: { text: 'died' } },
        reasonCode: [{ coding: [{ code: '2', display: 'Heart failure' }] }],
      },
      { label: 'Admission to ward', code: `${sct}|1`, date: '2020-01-01T08:00:00Z', detail: 'Heart failure' },
    ],
    ['Encounter/e', { class: { code: 'IMP' } }, { label: 'IMP', code: null, date: null, detail: null }],
    [
      'Condition/c',
      { code: { text: 'Type 2 diabetes', coding: [{ code: '44054006' }] }, onsetDateTime: '2015', abatementDateTime: '2030' },
      { label: 'Type 2 diabetes', code: '|44054006', date: '2015', detail: null },
    ],
    [
      'Observation/o',
      {
        code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
        effectivePeriod: { start: '2020-01-02' },
        valueQuantity: { value: 9.5, unit: 'g/dL', comparator: '<' },
      },
      { label: '718-7', code: 'http://loinc.org|718-7', date: '2020-01-02', detail: '< 9.5 g/dL' },
    ],
    [
      'Observation/o',
      {
        code: { text: 'Blood pressure' },
        component: [{ valueQuantity: { value: 120, code: 'mm[Hg]' } }, { valueQuantity: { value: 80, code: 'mm[Hg]' } }, {}],
      },
      { label: 'Blood pressure', code: null, date: null, detail: '120 mm[Hg], 80 mm[Hg]' },
    ],
    [
      'MedicationRequest/m',
      { medicationReference: { display: 'Aspirin' }, authoredOn: '2020-01-03', status: 'stopped' },
      { label: 'Aspirin', code: null, date: '2020-01-03', detail: null },
    ],
    [
      'Procedure/p',
      { code: { coding: 'wrong' }, performedPeriod: { start: 7 } },
      { label: 'Procedure', code: null, date: null, detail: null },
    ],
    ['Device/d', {}, { label: 'Device', code: null, date: null, detail: null }],
  ])('%s', (resource, record, told) => {
    expect(summaryOf(resource, record)).toEqual({ resource, kind: resource.split('/')[0], ...told });
  });
});

test('the timeline says in words of the record what the scorer knows', () => {
  const event = { end: null, analyte: null, value: null, unit: null, inStay: false, start: '2020-01-01T00:00:00.000Z' };
  const records = new Map([
    ['Encounter/e', { type: [{ text: 'Ward' }], reasonCode: [{ text: 'Sepsis' }] }],
    ['Observation/o', { code: { text: 'Blood pressure' }, component: [{}] }],
    ['Observation/s', { code: { text: 'Sodium in serum' } }],
  ]);
  const told = timelineOf(
    [
      { ...event, kind: 'inpatient', resource: 'Encounter/e', inStay: true },
      { ...event, kind: 'observation', resource: 'Encounter/none' },
      { ...event, kind: 'home', resource: 'Encounter/none' },
      { ...event, kind: 'measurement', resource: 'Observation/o', analyte: 'systolic_bp', value: 120, unit: 'mm[Hg]' },
      { ...event, kind: 'measurement', resource: 'Observation/s', analyte: 'sodium', value: 139, unit: 'mmol/L' },
    ],
    records,
  );
  expect(told.map(({ kind, label, index }) => [kind, label, index])).toEqual([
    ['inpatient', 'Ward: Sepsis', true],
    ['emergency', 'observation', false],
    ['outpatient', 'home', false],
    ['laboratory', 'systolic bp', false],
    ['laboratory', 'Sodium in serum', false],
  ]);
});

describe('features that can be changed', () => {
  const all = readFamilies().flatMap(({ features }) => features.map(({ name }) => name));

  test('are features, each for a reason', () => {
    for (const { features, why } of changeable) {
      expect(why).not.toBe('');
      for (const name of features) {
        const found = name.endsWith('*') ? all.some((each) => each.startsWith(name.slice(0, -1))) : all.includes(name);
        expect([name, found]).toEqual([name, true]);
      }
    }
  });

  test('are nothing of the past and no sum of other features', () => {
    const families = new Map(readFamilies().flatMap(({ family, features }) => features.map(({ name }) => [name, family])));
    const offered = new Set(all.filter(isChangeable).map((name) => families.get(name)));
    expect(all.filter(isChangeable).length).toBeGreaterThan(20);
    for (const family of ['utilization', 'comorbidity', 'scores', 'demographics', 'procedures'])
      expect(offered).not.toContain(family);
  });

  test('of a model that has none: none', () => {
    const model = fakeModel();
    const without = { ...model, description: { ...model.description, features: [] } };
    expect(changeableOf(without, answer)).toEqual([]);
    expect(changeableOf(model, answer)).toEqual([
      { feature: 'length_of_stay_days', label: 'length of stay days', unit: 'days', value: null, range: [0, 90] },
    ]);
  });
});
