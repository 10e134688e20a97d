/** A Bundle to resources by type: what is left out changes no flat table. */
import { expect, test } from '@jest/globals';
import { readPatientBundle } from '../../src/scoring/bundle.ts';
import { mappedViews, standardMapping } from '../../src/mapping/index.ts';
import { createFlattener } from '../../src/views/index.ts';

const subject = { reference: 'urn:uuid:1' };
const encounter = { reference: 'http://server/fhir/Encounter/e1/_history/3' };
const read = { system: 'http://loinc.org', code: '2951-2' };
const unread = { system: 'http://loinc.org', code: '00000-0' };
const quantity = { value: 0.1, unit: 'mmol/L', code: 'mmol/L', system: 'http://unitsofmeasure.org' };

const observation = (id: string, codings: unknown, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject,
  encounter,
  effectiveDateTime: '2024-01-02T03:04:05.678+02:00',
  note: [{ text: 'not read', reference: 'urn:uuid:1' }],
  ...(codings === undefined ? {} : { code: { coding: codings } }),
  ...more,
});
const observations = [
  observation('o1', [read], { valueQuantity: quantity }),
  observation('o2', [unread], { valueQuantity: quantity }),
  observation('o3', [unread, null, read], { valueQuantity: { ...quantity, value: -1e-7, comparator: '<' } }),
  observation('o4', [unread], {
    component: [{ code: { coding: [unread] } }, null, { code: { coding: [read] }, valueQuantity: quantity }],
  }),
  observation('o5', undefined, { component: [{ code: {} }] }),
  observation('o6', [{ code: read.code }, { system: read.system }, { system: 'urn:other', code: read.code }]),
  observation('o7', [read], { valueCodeableConcept: { coding: [{ code: 'v', display: 'é 🙂' }], text: 'x' } }),
];
const others = [
  {
    resourceType: 'Patient',
    id: 'p1',
    gender: 'female',
    birthDate: '1950',
    name: [{ family: 'not read' }],
    extension: [{ url: 'u', valueString: 'v' }],
  },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'IMP' },
    subject,
    period: { start: '2024-01-01' },
    serviceProvider: { reference: 'Organization/o' },
  },
  {
    resourceType: 'Condition',
    id: 'c1',
    subject,
    encounter,
    code: { coding: [{ system: 's', code: 'c', display: 'd' }, {}] },
    recordedDate: '2024-01',
  },
  { resourceType: 'Procedure', id: 'x1', subject, performedPeriod: { start: '2024-01-01T00:00:00Z' }, code: { coding: [] } },
  {
    resourceType: 'MedicationRequest',
    id: 'm1',
    subject,
    medicationCodeableConcept: { coding: [{ code: 'rx' }] },
    authoredOn: '2024-01-02',
  },
];
const entry = [...others, ...observations].map((resource) => ({
  fullUrl: resource.resourceType === 'Patient' ? 'urn:uuid:1' : `urn:uuid:${resource.id}`,
  resource,
}));
const bundle = { resourceType: 'Bundle', type: 'collection', entry };

test('the flat tables of what is handed on are those of the whole resources', () => {
  const { resources, patient, types } = readPatientBundle(bundle);
  expect(patient).toBe('Patient/p1');
  expect([...types].sort()).toEqual(
    mappedViews(standardMapping)
      .map((view) => view.resource)
      .sort(),
  );
  for (const view of mappedViews(standardMapping)) {
    const { rows } = createFlattener(view);
    const whole = entry
      .filter(({ resource }) => resource.resourceType === view.resource)
      .map(
        ({ resource }) =>
          JSON.parse(
            JSON.stringify(resource, (key, value: unknown) =>
              key === 'reference'
                ? String(value).replace('urn:uuid:1', 'Patient/p1').replace(encounter.reference, 'Encounter/e1')
                : value,
            ),
          ) as unknown,
      );
    const expected = whole.flatMap((resource) => rows(resource));
    expect(expected.length).toBeGreaterThan(0);
    expect((resources.get(view.resource) ?? []).flatMap((resource) => rows(resource))).toEqual(expected);
  }
});

test('what is handed on holds nothing else, and the Bundle stays as it was', () => {
  const copy = structuredClone(bundle);
  expect(JSON.stringify([...readPatientBundle(bundle).resources])).not.toContain('not read');
  expect(bundle).toEqual(copy);
});

test('an id comes from fullUrl where the resource has none; the first of two with one id is taken', () => {
  const { id: _id, ...nameless } = observation('x', [read]);
  const twice = [
    entry[0],
    { fullUrl: 'urn:uuid:o1', resource: nameless },
    { resource: observation('o1', [read], { status: 'amended' }) },
  ];
  expect(readPatientBundle({ ...bundle, entry: twice }).resources.get('Observation')).toMatchObject([
    { id: 'o1', status: 'final' },
  ]);
});

test.each([
  ['no Bundle', { resourceType: 'Patient' }, 'SCORING_BUNDLE_INVALID'],
  ['entries that are no list', { resourceType: 'Bundle', entry: {} }, 'SCORING_BUNDLE_INVALID'],
  ['an entry without resource', { resourceType: 'Bundle', entry: [{}] }, 'SCORING_BUNDLE_INVALID'],
  ['one page of several', { ...bundle, link: [{ relation: 'next', url: 'http://x.test/2' }] }, 'SCORING_BUNDLE_PARTIAL'],
  ['fewer entries than were found', { ...bundle, total: entry.length + 1 }, 'SCORING_BUNDLE_PARTIAL'],
  ['no patient', { resourceType: 'Bundle' }, 'SCORING_BUNDLE_PATIENT'],
  [
    'two patients',
    { ...bundle, entry: [...entry, { resource: { resourceType: 'Patient', id: 'p2' } }] },
    'SCORING_BUNDLE_PATIENT',
  ],
  [
    "another patient's record, of a code that nothing reads",
    { ...bundle, entry: [...entry, { resource: { ...observation('o9', [unread]), subject: { reference: 'Patient/p2' } } }] },
    'SCORING_BUNDLE_PATIENT',
  ],
  [
    'a list for a record',
    { ...bundle, entry: [...entry, { resource: observation('o9', [read], { issued: [] }) }] },
    'SCORING_RESOURCE_INVALID',
  ],
  [
    'an id that is no text',
    { ...bundle, entry: [...entry, { fullUrl: 'urn:uuid:9', resource: { ...observation('9', [read]), id: 9 } }] },
    'SCORING_RESOURCE_INVALID',
  ],
  ['too many entries', { resourceType: 'Bundle', entry: Array.from({ length: 100_001 }) }, 'SCORING_TOO_LARGE'],
])('%s is refused', (_title, value, code) => {
  expect(() => readPatientBundle(value)).toThrow(expect.objectContaining({ code }));
});
