/**
 * Flat tables: the shipped ViewDefinitions over a landing folder, one DuckDB table per view.
 *
 * In   a landing folder (its manifest names the files)
 * Out  patient, encounter, condition, observation, procedure, medication_request, with time columns in milliseconds
 * Choice  a type without files gives an empty table; whether it was searched at all is coverage, and a feature that needs it is NaN
 * Choice  observations no value set reads are left on disk: they cannot change a cell of the matrix
 */
import { landingFiles, type LandingManifest } from '../fhir/landing.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { compileView, flatTableSql, jsonSource, readJsonSource, readViews, type CompiledView } from '../views/index.ts';
import type { Warehouse } from './warehouse.ts';

/** The shipped views, compiled once per process. */
export const flatViews: readonly CompiledView[] = readViews().map((view) => compileView(view));

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
  for (const [done, view] of flatViews.entries()) {
    onProgress({ task: 'flat tables', done, total: flatViews.length });
    const files = landingFiles(manifest, folder, view.resource);
    const source = files.length === 0 ? emptySource(view) : readJsonSource(view, files);
    await warehouse.run(`CREATE OR REPLACE TABLE ${view.name} AS ${flatSelect(view, source)}`, [], `view ${view.name}`);
    const [row] = await warehouse.rows(`SELECT COUNT(*) AS n FROM ${view.name}`);
    counts.push({ view: view.name, rows: Number(row?.['n']) });
  }
  return counts;
}

/** The SELECT of a flat table over files with the view's struct columns. */
function flatSelect(view: CompiledView, source: string): string {
  const select = flatTableSql(view, source);
  if (view.name !== 'observation') return select;
  return `SELECT f.* FROM (${select}) f WHERE EXISTS (SELECT 1 FROM value_set v WHERE v.name LIKE 'observation_%' AND v.code = f.code AND v.system = f.system)`;
}

/** The SELECT of a flat table over one patient's resources: a query with one column, `json`. */
export function flatSelectOfTexts(view: CompiledView, texts: string): string {
  return flatTableSql(view, jsonSource(view, `(${texts})`, 'json'));
}

function emptySource(view: CompiledView): string {
  const columns = Object.entries(view.struct).map(([name, type]) => `CAST(NULL AS ${type}) AS "${name}"`);
  return `(SELECT ${columns.join(', ')} WHERE FALSE)`;
}
