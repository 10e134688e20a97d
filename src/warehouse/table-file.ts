/**
 * A table as a file: CSV, or Parquet for Python and R, written whole or not at all.
 *
 * In      named columns of text or numbers of one length; NaN is an empty cell (CSV) or NULL (Parquet)
 * Choice  numbers are written in their shortest form that reads back to the same bits
 * Choice  a text that a spreadsheet would run as a formula gets an apostrophe before it in CSV
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { WarehouseError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { Warehouse } from './warehouse.ts';

export interface TableColumn {
  readonly name: string;
  readonly values: Float64Array | readonly (string | null)[];
}

/** @throws {WarehouseError} TABLE_FORMAT when the name ends in neither .csv nor .parquet */
export async function writeTable(path: string, columns: readonly TableColumn[]): Promise<void> {
  if (path.endsWith('.csv')) {
    await writeFileAtomic(path, csvText(columns, true));
    return;
  }
  if (!path.endsWith('.parquet')) {
    throw new WarehouseError('TABLE_FORMAT', `expected a file name ending in .csv or .parquet, found "${path}"`);
  }
  const staged = `${path}.csv.tmp`;
  const parquet = `${path}.tmp`;
  const warehouse = await Warehouse.open({ threads: 1 });
  try {
    await writeFile(staged, csvText(columns, false), { mode: 0o600 });
    const types = columns.map((c) => `'${c.name}': '${c.values instanceof Float64Array ? 'DOUBLE' : 'VARCHAR'}'`).join(', ');
    const source = `read_csv(${quoted(staged)}, header = true, auto_detect = false, quote = '"', delim = ',', columns = {${types}})`;
    await warehouse.run(`COPY (SELECT * FROM ${source}) TO ${quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)`, [], 'parquet');
    await rename(parquet, path);
  } finally {
    warehouse.close();
    await rm(staged, { force: true });
    await rm(parquet, { force: true });
  }
}

function csvText(columns: readonly TableColumn[], guardFormulas: boolean): string {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map((column) => column.name).join(',')];
  for (let r = 0; r < rows; r += 1) lines.push(columns.map(({ values }) => csvCell(values[r] ?? null, guardFormulas)).join(','));
  return `${lines.join('\n')}\n`;
}

function csvCell(value: string | number | null, guardFormulas: boolean): string {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return '';
  if (typeof value === 'number') return String(value);
  const safe = guardFormulas && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
