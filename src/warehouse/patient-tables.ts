/**
 * The flat tables for one patient's resources: the same mapped views, evaluated over parsed JSON and appended row by row.
 *
 * Why     for a few hundred resources, running the views' SQL costs more than everything after it
 * Choice  observations that no value set reads are left out, as in the flat tables of a landing folder
 * Choice  what encounters become of recorded_encounter is left to the SQL of the mapping, the same as for a cohort
 */
import { mappedViews, recordedEncounter, type SettledMapping } from '../mapping/index.ts';
import { readTerminology } from '../terminology/index.ts';
import { createFlattener, timeParts, type FlatRow, type Flattener } from '../views/index.ts';
import { prefixSystems } from './prefix-matches.ts';
import { loadSiteTables } from './site-tables.ts';
import type { SqlRunner } from './insert-rows.ts';

const readObservationCodes: ReadonlySet<string> = new Set(
  readTerminology()
    .sets.filter((set) => set.name.startsWith('observation_'))
    .flatMap((set) => set.codes.map(({ system, code }) => `${system}|${code}`)),
);

export class PatientTables {
  readonly #flatteners: readonly Flattener[];
  readonly #mapping: SettledMapping;
  readonly #isRead: (row: FlatRow) => boolean;
  /** Where the code systems stand that a value set may take by the beginnings of their codes. */
  readonly #systems: readonly (readonly [table: string, column: number])[];

  constructor(mapping: SettledMapping) {
    this.#mapping = mapping;
    this.#flatteners = mappedViews(mapping).map(createFlattener);
    const names = this.columns('observation');
    const [system, code] = [names.indexOf('system'), names.indexOf('code')];
    this.#systems = [
      ...['condition', 'procedure', 'medication_request'].map((table) => [table, this.columns(table).indexOf('system')] as const),
      // As written; a coding of ICD-10 under any name is enough to look.
      [recordedEncounter, this.columns(recordedEncounter).indexOf('icd_reason_code')],
    ];
    this.#isRead = (row) => readObservationCodes.has(`${row[system]}|${row[code]}`);
  }

  /** Tables that rows are appended to, in order; encounters go into recorded_encounter. */
  get names(): readonly string[] {
    return this.#flatteners.map(({ name }) => tableOf(name));
  }

  /** Column names of a table, in order. */
  columns(table: string): readonly string[] {
    return this.#flatteners.find(({ name }) => tableOf(name) === table)?.columns.map(({ name }) => name) ?? [];
  }

  /** Empty tables, and those of the site mapping. */
  async create(warehouse: SqlRunner): Promise<void> {
    for (const { name, columns } of this.#flatteners) {
      const list = columns.map((column) => `${column.name} ${column.type}`).join(', ');
      await warehouse.run(`CREATE TABLE ${tableOf(name)} (${list})`, [], name);
    }
    await loadSiteTables(warehouse, this.#mapping);
  }

  /** Rows of each table, by its name. @param byType  parsed resources by type, references already as `Type/id` */
  flatten(byType: ReadonlyMap<string, readonly unknown[]>): Map<string, FlatRow[]> {
    return new Map(
      this.#flatteners.map((flattener) => {
        const rows = (byType.get(flattener.resource) ?? []).flatMap((resource) => flattener.rows(resource));
        return [tableOf(flattener.name), flattener.name === 'observation' ? rows.filter(this.#isRead) : rows];
      }),
    );
  }

  /** Whether a code occurs that a value set may hold by its beginning; where not, there are no members to add. */
  mayMatchPrefixes(rows: ReadonlyMap<string, readonly FlatRow[]>): boolean {
    return this.#systems.some(([table, c]) =>
      (rows.get(table) ?? []).some((row) =>
        table === recordedEncounter ? row[c] !== null : prefixSystems.has(row[c] as string),
      ),
    );
  }
}

/** A FHIR date, dateTime or instant as the flat tables have it: first millisecond, and the calendar date as written. */
export function flatTime(text: string): { ms: number | null; ymd: number | null } {
  const { ms, ymd } = timeParts(text);
  return { ms, ymd };
}

function tableOf(view: string): string {
  return view === 'encounter' ? recordedEncounter : view;
}
