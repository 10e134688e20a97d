/**
 * Flat tables: the shipped ViewDefinitions over a landing folder, one DuckDB table per view.
 *
 * In   a landing folder (its manifest names the files); the value sets, loaded before
 * Out  patient, encounter, condition, observation, procedure, medication_request, with time columns in milliseconds
 * Choice  a type without files gives an empty table; whether it was searched at all is coverage, and a feature that needs it is NaN
 * Choice  observations no value set reads are left on disk: they cannot change a cell of the matrix
 */
import { landingFiles, type LandingManifest } from '../fhir/landing.ts';
import { stableJson } from '../util/stable-json.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { compileView, flatTableSql, prelude, readJsonSource, readViews, sqlString, type CompiledView } from '../views/index.ts';
import type { Warehouse } from './warehouse.ts';

/** The shipped views, compiled once per process. */
export const flatViews: readonly CompiledView[] = readViews().map((view) => compileView(view));

/** What the columns of the flat tables are, as text: the same text gives the same cells. */
export const flatTableDefinition: string = stableJson({
  prelude,
  views: flatViews.map((view) => flatTableSql(view, 'source')),
});

export interface FlatTableCount {
  readonly view: string;
  readonly rows: number;
}

/** @throws {WarehouseError} WAREHOUSE_SQL when a file is not NDJSON of FHIR R4 */
export async function loadFlatTables(
  warehouse: Warehouse,
  folder: string,
  manifest: LandingManifest,
  onProgress: OnProgress = silent,
): Promise<FlatTableCount[]> {
  const counts: FlatTableCount[] = [];
  const used = await usedObservationCodes(warehouse);
  for (const [done, view] of flatViews.entries()) {
    onProgress({ task: 'flat tables', done, total: flatViews.length });
    const files = landingFiles(manifest, folder, view.resource);
    const source = files.length === 0 ? emptySource(view) : readJsonSource(view, files);
    const select = view.name === 'observation' ? usedObservationsSql(view, source, used) : flatTableSql(view, source);
    await warehouse.run(`CREATE OR REPLACE TABLE ${view.name} AS ${select}`, [], `view ${view.name}`);
    const [row] = await warehouse.rows(`SELECT COUNT(*) AS n FROM ${view.name}`);
    counts.push({ view: view.name, rows: Number(row?.['n']) });
  }
  onProgress({ task: 'flat tables', done: flatViews.length, total: flatViews.length });
  return counts;
}

/** The codes by which a value set reads observations, by system. */
type UsedCodes = ReadonlyMap<string, readonly string[]>;

async function usedObservationCodes(warehouse: Warehouse): Promise<UsedCodes> {
  const rows = await warehouse.rows(
    "SELECT DISTINCT system, code FROM value_set WHERE name LIKE 'observation_%' ORDER BY system, code",
  );
  const used = new Map<string, string[]>();
  for (const { system, code } of rows) used.set(String(system), [...(used.get(String(system)) ?? []), String(code)]);
  return used;
}

/**
 * Observations with a used code. Most of a full record have none, so a resource that cannot give a row is left out before its times
 * are read; then each row is decided. The codes stand in the text: a join with so few of them costs more than a look through a list.
 */
function usedObservationsSql(view: CompiledView, source: string, used: UsedCodes): string {
  const holds = (codes: readonly string[], code: string): string =>
    `list_contains([${codes.map(sqlString).join(', ')}], ${code})`;
  const ownCode = holds([...used.values()].flat(), 'r.code.coding[1].code');
  const mayGiveRow = `coalesce(len(r.code.coding), 0) <> 1 OR r.component IS NOT NULL OR ${ownCode}`;
  const isUsed = [...used].map(([system, codes]) => `(f.system = ${sqlString(system)} AND ${holds(codes, 'f.code')})`);
  return `SELECT f.* FROM (${flatTableSql(view, source, mayGiveRow)}) f WHERE ${isUsed.join(' OR ') || 'FALSE'}`;
}

function emptySource(view: CompiledView): string {
  const columns = Object.entries(view.struct).map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
  return `(SELECT ${columns.join(', ')} WHERE FALSE)`;
}
