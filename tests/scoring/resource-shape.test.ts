/** What a Bundle brings is of the shape the flat tables read, or refused by entry and element. */
import { describe, expect, test } from '@jest/globals';
import { mappedViews, standardMapping } from '../../src/mapping/index.ts';
import { isFhirTime, standardReaders, timeElements } from '../../src/scoring/resource-shape.ts';
import { flatViews } from '../../src/warehouse/index.ts';
import { timeParts } from '../../src/views/fhir-time.ts';
import { timeColumns } from '../../src/views/index.ts';

const read = (resource: Record<string, unknown>, resolve = (r: string): string => r) =>
  standardReaders.get(String(resource['resourceType']))?.(resource, 7, resolve);

test('every time column of the views is checked as a time', () => {
  const names = new Set<string>();
  const compiled = flatViews();
  for (const [i, view] of mappedViews(standardMapping).entries()) {
    const times = new Set(timeColumns(compiled[i] as (typeof compiled)[number]));
    const columns = view.select.flatMap((part) => part.column ?? []).filter((column) => times.has(column.name));
    expect(columns).toHaveLength(times.size);
    for (const { path } of columns) {
      for (const [, stem = '', type = ''] of path.matchAll(/(\w+)\.ofType\((dateTime|instant|date)\)/g)) {
        names.add(stem + type.charAt(0).toUpperCase() + type.slice(1));
      }
      for (const [name] of path.matchAll(/\b(birthDate|recordedDate|issued|authoredOn|start|end)\b/g)) names.add(name);
    }
  }
  expect([...names].sort()).toEqual([...timeElements].sort());
});

test('what is a time here is a time in the flat tables', () => {
  const years = ['0000', '0001', '1900', '2000', '2023', '2024'];
  const days = years.flatMap((y) =>
    ['02-28', '02-29', '02-30', '04-31', '12-31', '13-01', '00-10', '01-00', '01-32'].map((d) => `${y}-${d}`),
  );
  const clocks = [
    '',
    'T00:00',
    'T10:00Z',
    'T23:59:60Z',
    'T24:00:00Z',
    'T10:00:00',
    'T10:00:00.1234Z',
    'T10:00:00+14:00',
    'T10:00:00+14:30',
    'T10:00:00-05:00',
    ' ',
  ];
  const texts = [...years, '2024-02', '2024-13', '24', '', 'x', ...days.flatMap((day) => clocks.map((clock) => day + clock))];
  expect(texts.filter((text) => timeParts(text).ms !== null).length).toBeGreaterThan(40);
  expect(texts.map((text) => [text, isFhirTime(text)])).toEqual(texts.map((text) => [text, timeParts(text).ms !== null]));
});

describe('elements', () => {
  test('only what is read is kept; null is absent; what is not read may be anything', () => {
    const condition = {
      resourceType: 'Condition',
      id: 'c1',
      subject: { reference: 'x', display: 'a name' },
      encounter: null,
      note: 5,
      meta: [],
      code: { text: 7, coding: [null, { system: 's', code: 'c', version: 1 }] },
    };
    expect(read(condition, () => 'Patient/p1')).toEqual({
      resourceType: 'Condition',
      id: 'c1',
      subject: { reference: 'Patient/p1' },
      code: { coding: [null, { system: 's', code: 'c' }] },
    });
  });

  test.each([
    ['Patient.birthDate', { resourceType: 'Patient', birthDate: '1950-02-30' }],
    ['Patient.birthDate', { resourceType: 'Patient', birthDate: 19500201 }],
    ['Patient.deceasedBoolean', { resourceType: 'Patient', deceasedBoolean: 'true' }],
    ['Patient.extension', { resourceType: 'Patient', extension: {} }],
    ['Patient.gender', { resourceType: 'Patient', gender: ['female'] }],
    ['Encounter.class', { resourceType: 'Encounter', class: 'IMP' }],
    ['Encounter.class.code', { resourceType: 'Encounter', class: { code: 1 } }],
    ['Encounter.period', { resourceType: 'Encounter', period: [] }],
    ['Encounter.period.end', { resourceType: 'Encounter', period: { end: '2024-01-01T10:00:00' } }],
    ['Encounter.type', { resourceType: 'Encounter', type: { coding: [] } }],
    ['Encounter.subject.reference', { resourceType: 'Encounter', subject: { reference: {} } }],
    ['Condition.code.coding.code', { resourceType: 'Condition', code: { coding: [{ code: 'a\ud800' }] } }],
    ['Condition.code', { resourceType: 'Condition', code: [{ coding: [] }] }],
    ['Observation.valueQuantity.value', { resourceType: 'Observation', valueQuantity: { value: '5' } }],
    ['Observation.valueQuantity.value', { resourceType: 'Observation', valueQuantity: { value: Number('1e400') } }],
    [
      'Observation.component.valueQuantity.value',
      { resourceType: 'Observation', component: [{ valueQuantity: { value: true } }] },
    ],
    ['MedicationRequest.authoredOn', { resourceType: 'MedicationRequest', authoredOn: 'yesterday' }],
  ])('%s of another shape is refused by its path', (element, resource) => {
    expect(() => read(resource)).toThrow(
      expect.objectContaining({ code: 'SCORING_RESOURCE_INVALID', details: { entry: 7, element } }),
    );
  });
});
