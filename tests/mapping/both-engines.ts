/** Flat tables of a few records under a mapping, made by DuckDB from a landing folder and by SQLite from the parsed resources: equal, or the test fails. */
import { expect } from '@jest/globals';
import { readManifest } from '../../src/fhir/landing.ts';
import { parseSiteMapping, settleMapping, type SettledMapping } from '../../src/mapping/index.ts';
import { loadFlatTables, loadTerminology, Warehouse, type Row } from '../../src/warehouse/index.ts';
import { expand, type Resource } from '../cases/compact.ts';
import { withLanding } from '../cases/landing.ts';
import { flatTables, patientDatabaseOf, rowsOf } from '../warehouse/patient-database-of.ts';

/** A mapping from what differs from the standard one. */
export function mappingOf(parts: Record<string, unknown>, synthetic = false): SettledMapping {
  return settleMapping(parseSiteMapping({ name: 'test', description: 'made by a test', ...parts }, 'test'), synthetic);
}

export const rules = (...list: { kind: string; when: string; hours?: object }[]): Record<string, unknown> => ({
  encounter: { rules: list.map((rule) => ({ why: 'made by a test', ...rule })) },
});

export class BothEngines {
  readonly #warehouse: Warehouse;

  private constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse;
  }

  static async open(): Promise<BothEngines> {
    const warehouse = await Warehouse.open({ threads: 1 });
    await loadTerminology(warehouse);
    return new BothEngines(warehouse);
  }

  /** Rows of one table, after every table was found equal. */
  async rows(mapping: SettledMapping, lines: readonly (string | Resource)[], table: (typeof flatTables)[number]): Promise<Row[]> {
    const resources = expand(lines);
    await withLanding(resources, async (folder) => {
      await loadFlatTables(this.#warehouse, folder, await readManifest(folder), { mapping });
    });
    const patient = await patientDatabaseOf(mapping, resources);
    for (const name of flatTables) expect(await rowsOf(patient, name)).toEqual(await rowsOf(this.#warehouse, name));
    patient.close();
    return this.#warehouse.rows(`SELECT t.* FROM ${table} t ORDER BY 1`);
  }

  /** Encounters by id without "Encounter/". */
  async encounters(mapping: SettledMapping, lines: readonly (string | Resource)[]): Promise<Record<string, Row>> {
    const rows = await this.rows(mapping, lines, 'encounter');
    return Object.fromEntries(rows.map((row) => [String(row['encounter_id']).replace('Encounter/', ''), row]));
  }

  close(): void {
    this.#warehouse.close();
  }
}
