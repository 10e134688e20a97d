/**
 * Tables to measure on, made once and kept on disk, so that every contestant reads the very same bytes.
 *
 * In      a kind: numeric at a number of rows, clinical at a number of rows, or planted (records with a simulated outcome)
 * Out     a folder with train.npy (float32, column by column), outcome.npy, fresh.npy (float32, row by row), fresh-outcome.npy and about.json
 * Choice  discrimination is told on 200,000 fresh rows of the same population; of planted records, where no more can be had,
 *         on a third of the patients, drawn by seed, none of whom is trained on
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateInto } from '../../src/cli/simulation-run.ts';
import type { TrainingTable } from '../../src/forest/index.ts';
import { openStudy } from '../../src/training/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { writeBytes, writeColumns, writeRows } from './npy.ts';
import { clinicalTable, syntheticTable, tablesVersion } from './tables.ts';

export interface TableRequest {
  readonly kind: 'numeric' | 'clinical' | 'planted';
  /** Training rows; of a planted table given by its records. */
  readonly rows: number;
  /** Landing folder of planted records. */
  readonly landing?: string;
}

/** What about.json says. */
export interface StoredTable {
  readonly name: string;
  readonly folder: string;
  readonly rows: number;
  readonly columns: number;
  /** Columns with at most two values, missing included. */
  readonly twoValuedColumns: number;
  /** Share of missing cells. */
  readonly missing: number;
  /** Share of training rows with the outcome. */
  readonly positives: number;
  readonly freshRows: number;
  readonly version: number;
}

const freshRowCount = 200_000;

/** "10k", "1m" or plain digits. */
export function parseRows(text: string): number {
  const match = /^(\d+)(k|m)?$/i.exec(text.trim());
  const rows = Number(match?.[1]) * ({ k: 1e3, m: 1e6 }[(match?.[2] ?? '').toLowerCase()] ?? 1);
  if (!(rows >= 100 && rows <= 5_000_000)) throw new Error(`expected 100 to 5m rows, such as 10k or 1m, found "${text}"`);
  return rows;
}

export function rowsText(rows: number): string {
  if (rows % 1_000_000 === 0) return `${rows / 1_000_000}m`;
  return rows % 1000 === 0 ? `${rows / 1000}k` : String(rows);
}

/** The table of the request from `cache`, made there when absent; `say` is told when it is made. */
export async function storedTable(request: TableRequest, cache: string, say: (text: string) => void): Promise<StoredTable> {
  if (request.kind === 'planted') return storeTable('planted', cache, say, () => plantedTables(request.landing, cache, say));
  const make = request.kind === 'numeric' ? syntheticTable : clinicalTable;
  const name = `${request.kind}-${rowsText(request.rows)}`;
  return storeTable(name, cache, say, () => ({ train: make(request.rows, 7), fresh: () => make(freshRowCount, 8) }));
}

interface Tables {
  readonly train: TrainingTable;
  /** Made after the first is written, so that two big tables are never held together. */
  readonly fresh: () => TrainingTable;
}

async function storeTable(
  name: string,
  cache: string,
  say: (text: string) => void,
  make: () => Tables | Promise<Tables>,
): Promise<StoredTable> {
  const folder = join(cache, 'tables', name);
  const about = join(folder, 'about.json');
  // A planted table depends on the records given, which may change from run to run.
  if (name !== 'planted' && existsSync(about)) {
    const stored = JSON.parse(readFileSync(about, 'utf8')) as StoredTable;
    if (stored.version === tablesVersion) return { ...stored, folder };
  }
  say(`${name}: making the table`);
  const { train, fresh } = await make();
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeColumns(join(partial, 'train.npy'), train.columns);
  writeBytes(join(partial, 'outcome.npy'), train.outcome);
  const told = describe(name, train);
  const rows = fresh();
  writeRows(join(partial, 'fresh.npy'), rows.columns);
  writeBytes(join(partial, 'fresh-outcome.npy'), rows.outcome);
  const stored = { ...told, freshRows: rows.rows, version: tablesVersion };
  writeFileSync(join(partial, 'about.json'), `${JSON.stringify(stored, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return { ...stored, folder };
}

function describe(name: string, table: TrainingTable): Omit<StoredTable, 'folder' | 'freshRows' | 'version'> {
  let missing = 0;
  let twoValued = 0;
  for (const column of table.columns) {
    const values = new Set<number>();
    for (const value of column) {
      if (Number.isNaN(value)) missing++;
      if (values.size < 3) values.add(value);
    }
    if (values.size < 3) twoValued++;
  }
  return {
    name,
    rows: table.rows,
    columns: table.featureCount,
    twoValuedColumns: twoValued,
    missing: missing / (table.rows * table.featureCount),
    positives: table.outcome.reduce((sum, y) => sum + y, 0) / table.rows,
  };
}

/** Matrix of a landing folder with a planted process; without a folder the shipped records are planted with seed 1, once. */
async function plantedTables(given: string | undefined, cache: string, say: (text: string) => void): Promise<Tables> {
  const landing = given ?? join(cache, 'planted');
  if (given === undefined && !existsSync(join(landing, 'manifest.json'))) {
    const data = 'synthea-data';
    if (!existsSync(join(data, 'manifest.json'))) {
      throw new Error(`expected records in ${data} to plant, found none; name a planted landing folder with --planted DIR`);
    }
    say('planted: simulating from synthea-data');
    await simulateInto({ data, out: landing, seed: 1 }, () => {}, new AbortController().signal);
  }
  const { matrix } = await openStudy(landing);
  const stream = randomStream(7, 2);
  const isHeldOut = new Map<number, boolean>();
  for (const group of matrix.groups) if (!isHeldOut.has(group)) isHeldOut.set(group, stream.uniform() < 1 / 3);
  const part = (heldOut: boolean): TrainingTable => {
    const rows = Array.from(matrix.groups.keys()).filter((row) => isHeldOut.get(matrix.groups[row]!) === heldOut);
    return {
      featureCount: matrix.columns.length,
      rows: rows.length,
      columns: matrix.columns.map((column) => Float64Array.from(rows, (row) => Math.fround(column[row]!))),
      outcome: Uint8Array.from(rows, (row) => matrix.outcome[row]!),
    };
  };
  return { train: part(false), fresh: () => part(true) };
}
