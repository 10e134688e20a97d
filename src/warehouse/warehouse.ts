/**
 * DuckDB, opened in memory with a fixed time zone and the prelude of calendar functions; the only place that talks to it.
 *
 * Choice  memory only: every relation can be made again from the landing folder, so nothing here needs to survive a crash
 * Choice  what does not fit into memory is spilled into a folder of its own under the system's temporary one, readable by its owner alone and
 *         removed when the warehouse is closed or the process ends: rows are patients
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { WarehouseError } from '../errors.ts';
import { prelude } from '../views/index.ts';
import type { Relation } from './relation.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export type Parameter = string | number | null;

export interface WarehouseOptions {
  /** Threads DuckDB may use; default all processors. */
  readonly threads?: number;
  /** Memory DuckDB may use, in MB, before it spills to disk; default 1200. */
  readonly memoryMb?: number;
}

/** Folders of warehouses still open, removed at the latest when the process ends. */
const spillFolders = new Set<string>();
process.once('exit', () => spillFolders.forEach(removeSpillFolder));

function removeSpillFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  spillFolders.delete(folder);
}

export class Warehouse {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  readonly #spillFolder: string;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, spillFolder: string) {
    this.#instance = instance;
    this.#connection = connection;
    this.#spillFolder = spillFolder;
  }

  /** @throws {WarehouseError} WAREHOUSE_OPEN */
  static async open(options: WarehouseOptions = {}): Promise<Warehouse> {
    try {
      const spillFolder = mkdtempSync(join(tmpdir(), 'readmission-spill-'));
      spillFolders.add(spillFolder);
      const settings: Record<string, string> = {
        memory_limit: `${options.memoryMb ?? 1200}MB`,
        temp_directory: spillFolder,
      };
      if (options.threads !== undefined) settings['threads'] = String(options.threads);
      const instance = await DuckDBInstance.create(':memory:', settings);
      const connection = await instance.connect();
      const warehouse = new Warehouse(instance, connection, spillFolder);
      await warehouse.run(prelude);
      return warehouse;
    } catch (cause) {
      throw cause instanceof WarehouseError
        ? cause
        : new WarehouseError('WAREHOUSE_OPEN', 'DuckDB could not be opened', { cause });
    }
  }

  /** Runs statements whose result is not wanted. @throws {WarehouseError} WAREHOUSE_SQL naming `what` */
  async run(sql: string, parameters: readonly Parameter[] = [], what = 'statement'): Promise<void> {
    try {
      await this.#connection.run(sql, parameters.length === 0 ? undefined : [...(parameters as readonly DuckDBValue[])]);
    } catch (cause) {
      throw sqlError(what, cause);
    }
  }

  /** Rows as plain objects; BIGINT becomes a number (all of ours are below 2^53). */
  async rows(sql: string, parameters: readonly Parameter[] = [], what = 'query'): Promise<Row[]> {
    try {
      const values = parameters.length === 0 ? undefined : [...(parameters as readonly DuckDBValue[])];
      const reader = await this.#connection.runAndReadAll(sql, values);
      return toRows(reader.columnNames(), reader.getRows() as unknown[][]);
    } catch (cause) {
      throw sqlError(what, cause);
    }
  }

  /** Makes a table of this name from the relation's SELECT. */
  async create(relation: Relation): Promise<void> {
    await this.run(`CREATE OR REPLACE TABLE ${relation.name} AS ${relation.sql}`, [], relation.file);
  }

  /** Numeric columns of a query, streamed chunk by chunk: Float64Array per column, NULL as NaN. */
  async numericColumns(sql: string, rowCount: number, what = 'columns'): Promise<Float64Array[]> {
    try {
      const result = await this.#connection.stream(sql);
      const columns = Array.from({ length: result.columnCount }, () => new Float64Array(rowCount));
      let row = 0;
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        for (let c = 0; c < columns.length; c += 1) {
          const vector = chunk.getColumnVector(c);
          const column = columns[c] as Float64Array;
          for (let r = 0; r < chunk.rowCount; r += 1) {
            const value = vector.getItem(r) as number | null;
            column[row + r] = value === null ? Number.NaN : value;
          }
        }
        row += chunk.rowCount;
      }
      if (row !== rowCount) throw new Error(`${row} rows where ${rowCount} were counted`);
      return columns;
    } catch (cause) {
      throw sqlError(what, cause);
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    removeSpillFolder(this.#spillFolder);
  }
}

function toRows(names: readonly string[], rows: readonly unknown[][]): Row[] {
  return rows.map((row) => Object.fromEntries(names.map((name, c) => [name, toCell(row[c])])));
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === undefined ? null : String(value);
}

// DuckDB's own message can quote a value of the data, so only its first words (the kind of error) are kept.
function sqlError(what: string, cause: unknown): WarehouseError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const kind = /^([A-Z][A-Za-z ]+ Error)/.exec(text)?.[1] ?? 'Error';
  if (/out of memory|memory limit/i.test(text)) {
    return new WarehouseError('WAREHOUSE_MEMORY', `${what}: DuckDB reached its memory limit; raise --memory`, {
      details: { what },
    });
  }
  return new WarehouseError('WAREHOUSE_SQL', `${what}: ${kind}; the cause holds DuckDB's message`, {
    details: { what, kind },
    cause,
  });
}
