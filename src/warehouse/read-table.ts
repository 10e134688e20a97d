/**
 * A table from a file: CSV, or Parquet from Python and R, as named columns in the order of the file.
 *
 * In      .csv with a header line, plain or .gz, or .parquet
 * Out     numbers and booleans (1 and 0) as Float64Array, NaN where a cell is empty; everything else as text, null where empty
 * Choice  a time is text in ISO 8601; a time without a zone is taken as UTC, as DuckDB, pandas and R write it
 * Choice  every line of a CSV is looked at before its types are settled; "", NA, NaN, null and None are empty there, as R and pandas write them
 * Choice  columns named in `asText` are text whatever they look like: the patients 007 and 7 are two
 * Choice  a CSV column without a name is refused: it is the row number that R and pandas put in front, which no model should learn
 */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { WarehouseError } from '../errors.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { sqlString } from '../views/index.ts';
import type { TableColumn } from './table-file.ts';
import { Warehouse } from './warehouse.ts';

const numericType = /^(DOUBLE|FLOAT|DECIMAL.*|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|BOOLEAN)$/;
const timeType = /^(DATE|TIMESTAMP.*)$/;
const emptyCells = "'', 'NA', 'NaN', 'nan', 'null', 'NULL', 'None'";
const isoInstant = "'%Y-%m-%dT%H:%M:%S.%gZ'";

/**
 * @param options.asText  columns that are read as text; a name that the file does not have is passed over
 * @throws {WarehouseError} TABLE_FORMAT for another kind of file; TABLE_UNREADABLE; TABLE_HEADER for a column without a name
 */
export async function readTable(path: string, options: { readonly asText?: readonly string[] } = {}): Promise<TableColumn[]> {
  const isCsv = /\.csv(\.gz)?$/.test(path);
  if (!isCsv && !path.endsWith('.parquet')) {
    throw new WarehouseError('TABLE_FORMAT', `expected a table ending in .csv, .csv.gz or .parquet, found "${path}"`);
  }
  if (isCsv) await requireNamedColumns(path);
  const warehouse = await Warehouse.open({ threads: 1 });
  try {
    await warehouse.run(
      `CREATE TABLE given AS SELECT * FROM ${await sourceOf(warehouse, path, isCsv, options.asText ?? [])}`,
      [],
      'table',
    );
    return await readColumns(warehouse, new Set(options.asText ?? []));
  } catch (cause) {
    if (cause instanceof WarehouseError && cause.code !== 'WAREHOUSE_SQL') throw cause;
    throw unreadable(path, cause);
  } finally {
    warehouse.close();
  }
}

/** Of a CSV the names are looked up first: DuckDB refuses a type for a column that is not there. */
async function sourceOf(warehouse: Warehouse, path: string, isCsv: boolean, asText: readonly string[]): Promise<string> {
  if (!isCsv) return `read_parquet(${sqlString(path)})`;
  const found = await describe(warehouse, `read_csv(${sqlString(path)}, header = true)`);
  const texts = found.filter(({ name }) => asText.includes(name)).map(({ name }) => `${sqlString(name)}: 'VARCHAR'`);
  const types = texts.length === 0 ? '' : `, types = {${texts.join(', ')}}`;
  return `read_csv(${sqlString(path)}, header = true, sample_size = -1, nullstr = [${emptyCells}]${types})`;
}

interface FoundColumn {
  readonly name: string;
  readonly type: string;
}

async function describe(warehouse: Warehouse, relation: string): Promise<FoundColumn[]> {
  const rows = await warehouse.rows(`DESCRIBE SELECT * FROM ${relation}`, [], 'table');
  return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
}

async function readColumns(warehouse: Warehouse, asText: ReadonlySet<string>): Promise<TableColumn[]> {
  const columns = await describe(warehouse, 'given');
  const [count] = await warehouse.rows('SELECT COUNT(*) AS n FROM given', [], 'table');
  const rows = Number(count?.['n']);
  const isNumeric = ({ name, type }: FoundColumn): boolean => !asText.has(name) && numericType.test(type);
  const numeric = columns.filter(isNumeric);
  const numbers =
    numeric.length === 0
      ? []
      : await warehouse.numericColumns(
          `SELECT ${numeric.map(({ name }) => `CAST(${quoted(name)} AS DOUBLE)`).join(', ')} FROM given`,
          rows,
          'table',
        );
  const other = columns.filter((column) => !isNumeric(column));
  const texts =
    other.length === 0
      ? []
      : await warehouse.rows(
          `SELECT ${other.map((column, c) => `${textOf(column)} AS c${c}`).join(', ')} FROM given`,
          [],
          'table',
        );
  return columns.map((column) => {
    const n = numeric.indexOf(column);
    if (n >= 0) return { name: column.name, values: numbers[n] as Float64Array };
    const key = `c${other.indexOf(column)}`;
    return { name: column.name, values: texts.map((row) => row[key] as string | null) };
  });
}

function textOf({ name, type }: FoundColumn): string {
  if (!timeType.test(type)) return `CAST(${quoted(name)} AS VARCHAR)`;
  if (type === 'DATE') return `strftime(${quoted(name)}, '%Y-%m-%d')`;
  // A time with a zone is an instant; the zone of the warehouse is UTC.
  return `strftime(CAST(${quoted(name)} AS TIMESTAMP), ${isoInstant})`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Looks at the first line alone. */
async function requireNamedColumns(path: string): Promise<void> {
  let head: string;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
      const bytes = buffer.subarray(0, bytesRead);
      // A part of a gzip file ends in the middle; what came before is enough.
      head = (path.endsWith('.gz') ? gunzipSync(bytes, { finishFlush: 2 }) : bytes).toString('utf8').replace(/^\uFEFF/, '');
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!/^("")?[,;\t]/.test(head)) return;
  throw new WarehouseError(
    'TABLE_HEADER',
    `${path}: expected a name for every column, found none for the first; it is the row number that pandas and R write: leave it out with ` +
      'index=False (pandas) or row.names = FALSE (R)',
  );
}

function unreadable(path: string, cause: unknown): WarehouseError {
  if (cause instanceof WarehouseError && cause.code === 'TABLE_UNREADABLE') return cause;
  const found = existsSync(path) ? `a file that is none; write ${path} again` : `no such file${didYouMeanPath(path)}`;
  return new WarehouseError('TABLE_UNREADABLE', `expected a readable table at ${path}, found ${found}`, { cause });
}
