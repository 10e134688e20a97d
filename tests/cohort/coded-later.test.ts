/** A diagnosis that the hospital codes after the discharge: it tells what a stay was, not what was known when the patient left. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCohort, readCohortDefinition } from '../../src/cohort/index.ts';
import { readManifest } from '../../src/fhir/landing.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { loadFlatTables, loadTerminology, Warehouse, type Row } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

/** An arranged admission whose principal diagnosis, coded later, is an infarction; and a psychiatric one. */
const encounter = (id: string, start: string, end: string, condition: string): Resource => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  type: [{ coding: [{ system: 'http://snomed.info/sct', code: '305408004' }] }],
  subject: { reference: 'Patient/p' },
  period: { start, end },
  diagnosis: [{ condition: { reference: `Condition/${condition}` }, rank: 1 }],
});

async function stays(isSynthetic: boolean): Promise<Row[]> {
  const records = expand([
    'Patient p born=1950-06-15',
    'Condition c code=22298006 in=a',
    encounter('a', '2020-02-01T08:00:00Z', '2020-02-05T09:00:00Z', 'c'),
    'Condition d code=370143000 in=b',
    encounter('b', '2020-06-01T08:00:00Z', '2020-06-05T09:00:00Z', 'd'),
  ]);
  const mapping = settleMapping(standardMapping, isSynthetic);
  await withLanding(records, async (dir) => void (await loadFlatTables(warehouse, dir, await readManifest(dir), { mapping })));
  await buildCohort(warehouse, readCohortDefinition('hwr-like'), { transactionTime: '2026-01-01T00:00:00Z', runOut: 20251231 });
  return warehouse.rows('SELECT stay_id, acute_source, planned_rule, exclusion FROM discharge ORDER BY stay_id');
}

describe('a diagnosis coded later', () => {
  it('makes a return unplanned and keeps a stay from the index, but is not known at the discharge', async () => {
    expect(await stays(false)).toEqual([
      { stay_id: 'Encounter/a', acute_source: null, planned_rule: null, exclusion: null },
      { stay_id: 'Encounter/b', acute_source: null, planned_rule: 'elective-by-type', exclusion: 'psychiatric' },
    ]);
  });

  it('is known at the discharge where the mapping says so', async () => {
    expect((await stays(true))[0]).toEqual({
      stay_id: 'Encounter/a',
      acute_source: 'acute-reason',
      planned_rule: null,
      exclusion: null,
    });
  });
});
