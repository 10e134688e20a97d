/** Follow-up: what was seen after each discharge that was watched, those kept out by run-out included. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, followUpStates, readCohortDefinition, readFollowUp } from '../../src/cohort/index.ts';
import { cumulativeIncidence } from '../../src/evaluation/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
  const patient = (id: string, more = ''): string => `Patient ${id} born=1950-06-15 ${more}`;
  const lines = [
    patient('p1'),
    'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z of=p1 reason=88805009',
    'IMP b 2020-01-14T08:00:00Z/2020-01-16T10:00:00Z of=p1 reason=233604007',
    patient('p2', 'died=2020-01-20T10:00:00Z'),
    'IMP c 2020-01-01T08:00:00Z/2020-01-05T10:00:00Z of=p2 reason=88805009',
    patient('p3'),
    'IMP d 2020-01-01T08:00:00Z/2020-01-05T10:00:00Z of=p3 reason=88805009',
    'IMP e 2020-01-25T08:00:00Z/2020-01-25T10:00:00Z of=p3 type=183495009',
    patient('p4'),
    'IMP f 2020-02-20T08:00:00Z/2020-02-25T10:00:00Z of=p4 reason=88805009',
    'IMP g 2020-03-15T08:00:00Z/2020-03-18T10:00:00Z of=p4 reason=233604007',
    patient('p5'),
    'IMP h 2020-02-20T08:00:00Z/2020-02-25T10:00:00Z of=p5 reason=88805009',
    'IMP i 2020-03-20T08:00:00Z/2020-03-22T10:00:00Z of=p5 reason=233604007',
  ];
  await withLanding(expand(lines), async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir))));
  await buildCohort(warehouse, readCohortDefinition('hwr-like'), { transactionTime: '2026-01-01T00:00:00Z', runOut: 20200319 });
});
afterAll(() => warehouse.close());

describe('follow-up', () => {
  it('has the day and kind of the first event, or the last day watched', async () => {
    const { day, state, patientIds } = await readFollowUp(warehouse);
    const rows = patientIds.map((id, i) => [id, day[i], state[i] === 0 ? 'watched' : followUpStates[(state[i] as number) - 1]]);
    expect(rows).toEqual([
      ['Patient/p1', 10, 'unplanned'],
      ['Patient/p1', 30, 'watched'],
      ['Patient/p2', 15, 'died'],
      ['Patient/p3', 20, 'planned'],
      ['Patient/p3', 30, 'watched'],
      // Discharged 23 days before the last complete day: kept out of the index, yet the return on day 19 was seen.
      ['Patient/p4', 19, 'unplanned'],
      // Watched for a day.
      ['Patient/p4', 1, 'watched'],
      // The return on the day after the last complete one is not looked at; the stay itself began after it.
      ['Patient/p5', 23, 'watched'],
    ]);
  });

  it('ends with the last complete day by the clock too', async () => {
    const definition = { ...readCohortDefinition('hwr-like'), horizonUnit: 'elapsed' as const };
    await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20200319 });
    const { day, state, patientIds } = await readFollowUp(warehouse);
    // Eight hours after that day p5 came back; p4 had come back 18 days and 22 hours after the discharge.
    const of = (id: string): unknown[] =>
      patientIds.flatMap((patient, i) => (patient === `Patient/${id}` ? [[day[i], state[i]]] : []));
    expect([of('p5'), of('p4')]).toEqual([
      [[23, 0]],
      [
        [18, 1],
        [1, 0],
      ],
    ]);
    await buildCohort(warehouse, readCohortDefinition('hwr-like'), { transactionTime: '2026-01-01T00:00:00Z', runOut: 20200319 });
  });

  it('gives a cumulative incidence that is the share where all were watched', async () => {
    const { day, state } = await readFollowUp(warehouse);
    const all = Array.from(day.keys()).filter((i) => (state[i] as number) > 0 || day[i] === 30);
    const take = (array: ArrayLike<number>): number[] => all.map((i) => array[i] as number);
    const curves = cumulativeIncidence(Float64Array.from(take(day)), Uint8Array.from(take(state)), { kinds: 3, at: [30] });
    expect(curves.map((points) => points[0]?.estimate)).toEqual([2 / 6, 1 / 6, 1 / 6].map((share) => expect.closeTo(share, 12)));
  });
});
