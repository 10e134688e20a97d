/** Run-out, refusals and the explanation of one encounter. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, explainEncounter, readCohortDefinition } from '../../src/cohort/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

const definition = readCohortDefinition('hwr-like');
let warehouse: Warehouse;

async function load(...lines: string[]): Promise<void> {
  await withLanding(expand(lines), async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir))));
}

beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

describe('run-out', () => {
  it('is the last event where the records end before the transaction time', async () => {
    await load('IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z', 'AMB b 2020-03-01T23:30:00-05:00/2020-03-02T05:00:00Z');
    const cohort = await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z' });
    expect(cohort.runOut).toBe(20200301);
  });

  it('counts observations and orders as events', async () => {
    await load(
      'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z',
      'Observation o code=2951-2 value=140 unit=mmol/L on=2020-02-01T00:00:00Z',
    );
    expect((await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z' })).runOut).toBe(20200131);
    await load('IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z', 'Order m code=855332 on=2020-02-02');
    expect((await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z' })).runOut).toBe(20200201);
  });

  it('is the transaction time where an event is dated ahead of it', async () => {
    await load('IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z', 'AMB b 2090-03-01T23:30:00-05:00/2090-03-02T05:00:00Z');
    const cohort = await buildCohort(warehouse, definition, { transactionTime: '2020-06-30T20:00:00-05:00' });
    expect(cohort.runOut).toBe(20200630);
  });

  it('is the day that is asked for', async () => {
    await load('IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z');
    const cohort = await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20200202 });
    expect(cohort.attrition.filter(({ step, n }) => step === 40 && n > 0)).toEqual([
      { step: 40, label: 'run-out', unit: 'stays', n: 1, title: 'the records end before the horizon does' },
    ]);
    expect(cohort.attrition.filter(({ label }) => label === 'unobserved')).toMatchObject([{ step: 70, n: 1 }]);
  });

  it('is not taken from after the transaction time', async () => {
    await load('IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z');
    const build = (runOut: number) => buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut });
    await expect(build(20260101)).rejects.toMatchObject({ code: 'COHORT_RUN_OUT' });
    expect((await build(20251231)).runOut).toBe(20251231);
  });

  it('cannot be found where nothing is dated', async () => {
    await load('Patient p born=1950-01-01');
    await expect(buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'COHORT_EMPTY',
    });
  });
});

describe('attrition', () => {
  it('counts what each rule took away, in the order of the flow', async () => {
    await load(
      'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=233604007',
      'IMP b 2020-01-04T12:00:00Z/2020-01-06T10:00:00Z at=south',
      'IMP n 2020-01-07T12:00:00Z/2020-02-06T10:00:00Z type=449411000124106',
      'IMP c 2020-01-20T12:00:00Z/2020-01-22T10:00:00Z at=south reason=254637007',
      'IMP d 2020-05-20T12:00:00Z/2020-05-22T10:00:00Z status=cancelled',
    );
    const { attrition } = await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
    expect(attrition.filter(({ n }) => n > 0).map(({ step, label, n }) => [step, label.split(' ')[0], n])).toEqual([
      [10, 'encounters', 5],
      [15, 'did-not-take-place', 1],
      [15, 'nursing', 1],
      [20, 'acute', 3],
      [25, 'other-hospital', 1],
      [30, 'stays', 2],
      [40, 'cancer-treatment', 1],
      [50, 'index', 1],
      [60, 'patients', 1],
      [70, 'unplanned', 1],
    ]);
  });
});

describe('explainEncounter', () => {
  beforeAll(async () => {
    await load(
      'IMP a 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z at=north reason=233604007',
      'IMP b 2020-01-04T12:00:00Z/2020-01-06T10:00:00Z at=south reason=88805009',
      'IMP c 2020-01-20T12:00:00Z/2020-01-22T10:00:00Z at=south type=183495009',
      'AMB v 2020-03-20T12:00:00Z/2020-03-20T13:00:00Z',
    );
    await buildCohort(warehouse, definition, { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
  });

  it('tells the whole stay from any of its encounters, with or without the type before the id', async () => {
    const from = await Promise.all(['a', 'Encounter/a', 'b'].map((id) => explainEncounter(warehouse, id)));
    for (const explanation of from) {
      expect(explanation.members.map((m) => [m['encounter_id'], m['joined_by']])).toEqual([
        ['Encounter/a', 'first'],
        ['Encounter/b', 'other-hospital'],
      ]);
      expect(explanation.discharge).toMatchObject({ discharge_id: 'Encounter/b', exclusion: null, age_years: 69 });
      expect(explanation.outcome).toMatchObject({
        outcome_state: 'planned',
        planned_rule: 'elective-by-type',
        days_to_outcome: 14,
        readmitted: 0,
      });
      expect(explanation.returnStay).toMatchObject({ stay_id: 'Encounter/c' });
    }
  });

  it('tells of an encounter that makes no stay', async () => {
    const explanation = await explainEncounter(warehouse, 'v');
    expect(explanation).toMatchObject({ members: [], discharge: null, outcome: null, returnStay: null });
    expect(explanation.encounter).toMatchObject({ class_code: 'AMB' });
  });

  it('refuses an id that is not there', async () => {
    await expect(explainEncounter(warehouse, 'ghost')).rejects.toMatchObject({ code: 'COHORT_ENCOUNTER_UNKNOWN' });
    await expect(explainEncounter(warehouse, "x' OR '1'='1")).rejects.toMatchObject({ code: 'COHORT_ENCOUNTER_UNKNOWN' });
  });
});
