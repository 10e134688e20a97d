/** One patient's flat tables in SQLite, filled as for a score, and the rows of a table of either engine in one comparable order. */
import { partUpdates, type SettledMapping } from '../../src/mapping/index.ts';
import { encounterSelect, PatientDatabase, PatientTables, type Warehouse } from '../../src/warehouse/index.ts';
import type { Resource } from '../cases/compact.ts';

export const flatTables = ['patient', 'encounter', 'condition', 'observation', 'procedure', 'medication_request'] as const;

/** The caller closes it. */
export async function patientDatabaseOf(mapping: SettledMapping, resources: readonly Resource[]): Promise<PatientDatabase> {
  const database = await PatientDatabase.open();
  const tables = new PatientTables(mapping);
  await tables.create(database);
  for (const [name, rows] of tables.flatten(byType(resources))) database.append(name, rows);
  database.run(`CREATE TABLE encounter AS ${encounterSelect(mapping)}`);
  for (const update of partUpdates(mapping)) database.run(update);
  return database;
}

/** Rows as texts, sorted; true and 1 are one value, as SQLite has no booleans. */
export async function rowsOf(engine: PatientDatabase | Warehouse, table: string): Promise<string[]> {
  const sql = `SELECT t.* FROM ${table} t`;
  const rows = 'prepare' in engine ? engine.prepare(sql, table).rows() : await engine.rows(sql);
  return rows
    .map((row) => JSON.stringify(row, (_key, value: unknown) => (typeof value === 'boolean' ? Number(value) : value)))
    .sort();
}

function byType(resources: readonly Resource[]): Map<string, Resource[]> {
  const map = new Map<string, Resource[]>();
  for (const resource of resources) map.set(resource.resourceType, [...(map.get(resource.resourceType) ?? []), resource]);
  return map;
}
