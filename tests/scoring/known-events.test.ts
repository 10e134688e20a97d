/** Known events: what had begun and was recorded by the prediction time, in order, and nothing else. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readCohortDefinition } from '../../src/cohort/index.ts';
import { selectFeatures } from '../../src/features/index.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { knownEventSchema, type KnownEvent } from '../../src/scoring/index.ts';
import { PatientWarehouse } from '../../src/scoring/patient-warehouse.ts';
import { expand, type Resource } from '../cases/compact.ts';

let warehouse: PatientWarehouse;
beforeAll(async () => {
  const features = selectFeatures('age_years');
  warehouse = await PatientWarehouse.open(readCohortDefinition('all-adult'), features, settleMapping(standardMapping, true));
});
afterAll(() => warehouse.close());

function eventsOf(lines: readonly string[], days = 730, asOf?: string): KnownEvent[] {
  const byType = new Map<string, Resource[]>();
  for (const resource of expand(lines))
    byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource]);
  const request = { resources: byType, encounterId: 'Encounter/a', asOf };
  return warehouse.read(request, (_answer, behind) => behind.eventsOf(days)).map((event) => knownEventSchema.parse(event));
}

const base = [
  'Patient p born=1950-06-15 sex=female',
  'IMP a 2020-01-10T08:00:00Z/2020-01-20T10:00:00Z at=north reason=88805009',
  'EMER e 2019-12-01T08:00:00Z/2019-12-01T10:00:00Z',
  'AMB v 2019-06-01T08:00:00Z/2019-06-01T09:00:00Z',
  'Observation o code=2951-2 value=134 unit=mmol/L on=2020-01-12T09:00:00Z in=a',
  'Observation k code=718-7 value=95 unit=g/L on=2019-06-01T08:30:00Z in=v',
];

it('encounters and values, oldest first, the stay marked, values in the unit of the catalogue', () => {
  expect(eventsOf(base).map(({ kind, resource, value, unit, inStay }) => [kind, resource, value, unit, inStay])).toEqual([
    ['outpatient', 'Encounter/v', null, null, false],
    ['measurement', 'Observation/k', 9.5, 'g/dL', false],
    ['emergency', 'Encounter/e', null, null, false],
    ['inpatient', 'Encounter/a', null, null, true],
    ['measurement', 'Observation/o', 134, 'mmol/L', true],
  ]);
});

it('the days are counted from the end of the stay, and what reaches into them is whole', () => {
  const lines = [
    ...base,
    'IMP long 2019-10-01T08:00:00Z/2019-11-22T10:00:00Z at=north',
    'IMP old 2019-10-01T08:00:00Z/2019-11-20T10:00:00Z at=south',
  ];
  // Sixty days before 2020-01-20T10:00 begin at 2019-11-21T10:00.
  const resources = eventsOf(lines, 60).map(({ resource }) => resource);
  expect(resources).toEqual(['Encounter/long', 'Encounter/e', 'Encounter/a', 'Observation/o']);
});

it.each([
  ['a later encounter', 'EMER x 2020-01-20T12:00:00Z/2020-01-20T14:00:00Z'],
  ['a later value', 'Observation x code=2951-2 value=120 unit=mmol/L on=2020-01-21T00:00:00Z'],
  [
    'a value of the stay that was issued later',
    'Observation x code=2951-2 value=120 unit=mmol/L on=2020-01-19T00:00:00Z issued=2020-01-21T00:00:00Z in=a',
  ],
  ['a value that nobody may believe', 'Observation x code=2951-2 value=13400 unit=mmol/L on=2020-01-12T10:00:00Z in=a'],
  ['an answer that is no number', 'Observation x code=72166-2 answer=8517006 on=2020-01-12T10:00:00Z in=a'],
  ['an encounter that was cancelled', 'AMB x 2019-07-01T08:00:00Z/2019-07-01T09:00:00Z status=cancelled'],
])('does not tell of %s', (_, line) => {
  expect(eventsOf([...base, line])).toEqual(eventsOf(base));
});

it('ends nothing that had not ended', () => {
  const [stay] = eventsOf(base, 730, '2020-01-15T12:00:00Z').filter(({ inStay, kind }) => inStay && kind === 'inpatient');
  expect(stay).toMatchObject({ start: '2020-01-10T08:00:00.000Z', end: '2020-01-15T12:00:00.000Z' });
});
