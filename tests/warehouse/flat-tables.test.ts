/** Flat tables over a landing folder, and the terminology beside them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readManifest } from '../../src/fhir/landing.ts';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { loadFlatTables, loadTerminology, Warehouse } from '../../src/warehouse/index.ts';
import { readTerminology } from '../../src/terminology/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';
import { flatTables, patientDatabaseOf, rowsOf } from './patient-database-of.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open({ threads: 1 });
  await loadTerminology(warehouse);
});
afterAll(() => warehouse.close());

const load = async (resources: readonly Resource[]): Promise<Record<string, number>> =>
  withLanding(resources, async (folder) => {
    const counts = await loadFlatTables(warehouse, folder, await readManifest(folder));
    return Object.fromEntries(counts.map(({ view, rows }) => [view, rows]));
  });

describe('loadFlatTables', () => {
  it('makes a table of every view, empty where a type has no file', async () => {
    const counts = await load(expand(['IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z at=north']));
    expect(counts).toEqual({ patient: 1, encounter: 1, condition: 0, observation: 0, procedure: 0, medication_request: 0 });
    const columns = await warehouse.rows('SELECT column_name FROM (DESCRIBE observation)');
    expect(columns.map((row) => row['column_name'])).toEqual(
      expect.arrayContaining(['effective_ms', 'effective_latest_ms', 'value', 'unit']),
    );
  });

  it('leaves observations that no value set reads on disk', async () => {
    const counts = await load(
      expand([
        'Observation o1 code=2951-2 value=140 unit=mmol/L on=2020-07-01T08:00:00Z',
        'Observation o2 code=99999-3 value=140 unit=mmol/L on=2020-07-01T08:00:00Z',
        'Observation o3 code=2951-2 system=urn:local value=140 unit=mmol/L on=2020-07-01T08:00:00Z',
      ]),
    );
    expect(counts['observation']).toBe(1);
  });

  it('gives the same rows from files and from the resources of one patient', async () => {
    const resources = expand([
      'IMP a 2020-06-30T12:00:00+02:00/2020-07 at=north reason=233604007 disposition=home',
      'Condition c codes=44054006,88805009 from=2019 recorded=2020-07-01',
      'Procedure x code=116861002 on=2020-06-30T06:00:00Z in=a',
      'Order m code=855332 on=2020-06-30 in=a',
      'Observation o code=2951-2 value=140.123456789 unit=mmol/L on=2020-07-01T08:00:00.123Z issued=2020-07-01T09:00:00Z in=a',
    ]);
    await load(resources);
    const patient = await patientDatabaseOf(settleMapping(standardMapping, true), resources);
    for (const name of flatTables) {
      const fromFiles = await rowsOf(warehouse, name);
      expect(fromFiles.length).toBeGreaterThan(0);
      expect(await rowsOf(patient, name)).toEqual(fromFiles);
    }
    patient.close();
  });
});

describe('loadTerminology', () => {
  it('loads every code, weight, hierarchy and conversion', async () => {
    const { sets, hierarchies } = readTerminology();
    const count = async (table: string): Promise<unknown> =>
      (await warehouse.rows(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.['n'];
    expect(await count('value_set')).toBe(sets.reduce((n, set) => n + set.codes.length, 0));
    expect(await count('value_set_weight')).toBe(sets.reduce((n, set) => n + Object.keys(set.weights ?? {}).length, 0));
    expect(await count('value_set_hierarchy')).toBe(hierarchies.length);
    expect(
      await warehouse.rows("SELECT factor, shift FROM unit_conversion WHERE analyte = 'haemoglobin' AND written_unit = 'g/L'"),
    ).toEqual([{ factor: 0.1, shift: 0 }]);
  });
});
