/**
 * A table as a file: CSV, or Parquet for Python and R, written whole or not at all.
 *
 * In      named columns of text or numbers of one length; NaN is an empty cell (CSV) or NULL (Parquet)
 * Choice  numbers are written in their shortest form that reads back to the same bits
 * Choice  a text that a spreadsheet would run as a formula gets an apostrophe before it in CSV
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WarehouseError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { sqlString } from '../views/index.ts';
import { Warehouse } from './warehouse.ts';

export interface TableColumn {
  readonly name: string;
  readonly values: Float64Array | readonly (string | null)[];
}

/** @throws {WarehouseError} TABLE_FORMAT when the name ends in neither .csv nor .parquet */
export function requireTableName(path: string): void {
  if (path.endsWith('.csv') || path.endsWith('.parquet')) return;
  throw new WarehouseError('TABLE_FORMAT', `expected a file name ending in .csv or .parquet, found "${path}"`);
}

/** Readable by its owner alone: rows are patients. @throws {WarehouseError} TABLE_FORMAT */
export async function writeTable(path: string, columns: readonly TableColumn[]): Promise<void> {
  requireTableName(path);
  if (path.endsWith('.csv')) {
    await writeFileAtomic(path, tableCsv(columns), ownerOnly);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'readmission-table-'));
  const warehouse = await Warehouse.open({ threads: 1 });
  try {
    const [staged, parquet] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')];
    await writeFile(staged, csvText(columns, false), { mode: ownerOnly });
    const types = columns
      .map((c) => `${sqlString(c.name)}: '${c.values instanceof Float64Array ? 'DOUBLE' : 'VARCHAR'}'`)
      .join(', ');
    const source = `read_csv(${sqlString(staged)}, header = true, auto_detect = false, quote = '"', delim = ',', columns = {${types}})`;
    await warehouse.run(
      `COPY (SELECT * FROM ${source}) TO ${sqlString(parquet)} (FORMAT parquet, COMPRESSION zstd)`,
      [],
      'parquet',
    );
    await writeFileAtomic(path, await readFile(parquet), ownerOnly);
  } finally {
    warehouse.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const ownerOnly = 0o600;

/** The table as CSV, as a file of it has it. */
export function tableCsv(columns: readonly TableColumn[]): string {
  return csvText(columns, true);
}

function csvText(columns: readonly TableColumn[], guardFormulas: boolean): string {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map(({ name }) => csvCell(name, guardFormulas)).join(',')];
  for (let r = 0; r < rows; r += 1) lines.push(columns.map(({ values }) => csvCell(values[r] ?? null, guardFormulas)).join(','));
  return `${lines.join('\n')}\n`;
}

function csvCell(value: string | number | null, guardFormulas: boolean): string {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return '';
  if (typeof value === 'number') return String(value);
  const safe = guardFormulas && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
