/**
 * Flat tables: the mapped ViewDefinitions over a landing folder, one DuckDB table per view.
 *
 * In   a landing folder (its manifest names the files); the value sets, loaded before; the site mapping
 * Out  patient, encounter, condition, observation, procedure, medication_request, with time columns in milliseconds; site_code, site_rule
 * Choice  a type without files gives an empty table; whether it was searched at all is coverage, and a feature that needs it is NaN
 * Choice  observations no value set reads are left on disk: they cannot change a cell of the matrix
 */
import { landingFiles, type LandingManifest } from '../fhir/landing.ts';
import {
  encounterSql,
  mappedViews,
  mappingHash,
  partUpdates,
  recordedEncounter,
  settleMapping,
  standardMapping,
  type SettledMapping,
  type SiteMapping,
} from '../mapping/index.ts';
import { stableJson } from '../util/stable-json.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { compileView, flatTableSql, prelude, readJsonSource, sqlString, timeColumns, type CompiledView } from '../views/index.ts';
import { addPrefixMatches } from './prefix-matches.ts';
import { loadSiteTables } from './site-tables.ts';
import type { Warehouse } from './warehouse.ts';

const compiledByMapping = new Map<string, readonly CompiledView[]>();

/** The views under a mapping, compiled once per process; `encounter` among them gives recorded_encounter. */
export function flatViews(mapping: SiteMapping = standardMapping): readonly CompiledView[] {
  const key = mappingHash(mapping);
  let views = compiledByMapping.get(key);
  if (views === undefined) compiledByMapping.set(key, (views = mappedViews(mapping).map((view) => compileView(view))));
  return views;
}

/** Columns of a view's flat table, in order. */
function flatColumnNames(view: CompiledView): string[] {
  const times = new Set(timeColumns(view));
  return view.columns.flatMap(({ name }) =>
    times.has(name) ? ['ms', 'latest_ms', 'ymd', 'precision'].map((part) => `${name}_${part}`) : [name],
  );
}

/** The SELECT that makes `encounter` of recorded_encounter; see mapping/encounter-sql.ts. */
export function encounterSelect(mapping: SiteMapping): string {
  const view = flatViews(mapping).find(({ name }) => name === 'encounter');
  return encounterSql(mapping, view === undefined ? [] : flatColumnNames(view));
}

/** What the columns of the flat tables are under standard codes, as text: with the same text and mapping, the same cells. */
export const flatTableDefinition: string = stableJson({
  prelude,
  views: flatViews().map((view) => flatTableSql(view, 'source')),
  encounter: encounterSelect(standardMapping),
});

export interface FlatTableCount {
  readonly view: string;
  readonly rows: number;
}

export interface FlatTableOptions {
  /** Default: standard codes, settled by whether the records are synthetic. */
  readonly mapping?: SettledMapping;
  readonly onProgress?: OnProgress;
}

/** @throws {WarehouseError} WAREHOUSE_SQL when a file is not NDJSON of FHIR R4 */
export async function loadFlatTables(
  warehouse: Warehouse,
  folder: string,
  manifest: LandingManifest,
  options: FlatTableOptions = {},
): Promise<FlatTableCount[]> {
  const onProgress = options.onProgress ?? silent;
  const mapping = options.mapping ?? settleMapping(standardMapping, manifest.synthetic);
  const views = flatViews(mapping);
  const counts: FlatTableCount[] = [];
  await loadSiteTables(warehouse, mapping);
  const used = await usedObservationCodes(warehouse);
  for (const [done, view] of views.entries()) {
    onProgress({ task: 'flat tables', done, total: views.length });
    const files = landingFiles(manifest, folder, view.resource);
    const source = files.length === 0 ? emptySource(view) : readJsonSource(view, files);
    const select = view.name === 'observation' ? usedObservationsSql(view, source, used) : flatTableSql(view, source);
    const table = view.name === 'encounter' ? recordedEncounter : view.name;
    await warehouse.run(`CREATE OR REPLACE TABLE ${table} AS ${select}`, [], `view ${view.name}`);
    const [row] = await warehouse.rows(`SELECT COUNT(*) AS n FROM ${table}`);
    counts.push({ view: view.name, rows: Number(row?.['n']) });
  }
  await warehouse.run(`CREATE OR REPLACE TABLE encounter AS ${encounterSelect(mapping)}`, [], 'encounter');
  await addPrefixMatches(warehouse);
  await warehouse.run(`DROP TABLE ${recordedEncounter}`);
  for (const update of partUpdates(mapping)) await warehouse.run(update, [], 'part-of');
  onProgress({ task: 'flat tables', done: views.length, total: views.length });
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
