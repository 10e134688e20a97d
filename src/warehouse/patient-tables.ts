/**
 * The flat tables for one patient's resources: the same views, evaluated over parsed JSON and appended row by row.
 *
 * Why     for a few hundred resources, running the views' SQL costs more than everything after it
 * Choice  observations that no value set reads are left out, as in the flat tables of a landing folder
 */
import { readTerminology } from '../terminology/index.ts';
import { createFlattener, readViews, timeParts, type FlatRow, type Flattener } from '../views/index.ts';
import type { SqlRunner } from './terminology-tables.ts';

const flatteners: readonly Flattener[] = readViews().map(createFlattener);
const readObservationCodes: ReadonlySet<string> = new Set(
  readTerminology()
    .sets.filter((set) => set.name.startsWith('observation_'))
    .flatMap((set) => set.codes.map(({ system, code }) => `${system}|${code}`)),
);

/** Columns of a flat table, in order. */
export function flatColumns(table: string): readonly { readonly name: string; readonly type: string }[] {
  return flatteners.find((flattener) => flattener.name === table)?.columns ?? [];
}

export const flatTableNames: readonly string[] = flatteners.map((flattener) => flattener.name);

/** @param rename  other names for some tables */
export async function createPatientTables(warehouse: SqlRunner, rename: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const { name, columns } of flatteners) {
    await warehouse.run(
      `CREATE TABLE ${rename[name] ?? name} (${columns.map((c) => `${c.name} ${c.type}`).join(', ')})`,
      [],
      name,
    );
  }
}

/** Rows of each flat table, by its name. @param byType  parsed resources by type, references already as `Type/id` */
export function flattenPatient(byType: ReadonlyMap<string, readonly unknown[]>): Map<string, FlatRow[]> {
  return new Map(
    flatteners.map((flattener) => {
      const rows = (byType.get(flattener.resource) ?? []).flatMap((resource) => flattener.rows(resource));
      return [flattener.name, flattener.name === 'observation' ? rows.filter(isRead) : rows];
    }),
  );
}

/** A FHIR date, dateTime or instant as the flat tables have it: first millisecond, and the calendar date as written. */
export function flatTime(text: string): { ms: number | null; ymd: number | null } {
  const { ms, ymd } = timeParts(text);
  return { ms, ymd };
}

const observationColumns = flatColumns('observation').map((column) => column.name);
const [systemColumn, codeColumn] = [observationColumns.indexOf('system'), observationColumns.indexOf('code')];

function isRead(row: FlatRow): boolean {
  return readObservationCodes.has(`${row[systemColumn]}|${row[codeColumn]}`);
}
