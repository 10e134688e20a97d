/**
 * DuckDB, opened in memory with a fixed time zone and the prelude of calendar functions; the only place that talks to it.
 *
 * Choice  memory only: every relation can be made again from the landing folder, so nothing here needs to survive a crash
 * Choice  single thread by default where one patient is scored, all processors where a cohort is
 */
import { DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api';
import { WarehouseError } from '../errors.ts';
import { prelude } from '../views/index.ts';
import type { Relation } from './relation.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export type Parameter = string | number | null | readonly string[];

export interface WarehouseOptions {
  /** Threads DuckDB may use; default all processors. */
  readonly threads?: number;
  /** Memory DuckDB may use, in MB, before it spills to disk; default 1200. */
  readonly memoryMb?: number;
  /**
   * Statements are prepared over empty tables that are refilled later. DuckDB 1.5 keeps what its statistics said when it planned:
   * a prepared INSERT then wrote corrupted strings, so planning by statistics is off.
   */
  readonly refilled?: boolean;
}

export class Warehouse {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #forks: Warehouse[] = [];

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** @throws {WarehouseError} WAREHOUSE_OPEN */
  static async open(options: WarehouseOptions = {}): Promise<Warehouse> {
    try {
      const settings: Record<string, string> = { memory_limit: `${options.memoryMb ?? 1200}MB` };
      if (options.threads !== undefined) settings['threads'] = String(options.threads);
      const instance = await DuckDBInstance.create(':memory:', settings);
      const connection = await instance.connect();
      const warehouse = new Warehouse(instance, connection);
      if (options.refilled === true) await warehouse.run("SET disabled_optimizers = 'statistics_propagation'");
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

  /** A statement planned once and run many times, for one patient after another. */
  async prepare(sql: string, what = 'statement'): Promise<PreparedQuery> {
    try {
      return new PreparedQuery(await this.#connection.prepare(sql), what);
    } catch (cause) {
      throw sqlError(what, cause);
    }
  }

  /** A second way into the same tables, so that two statements can run at once; closed with this one. */
  async fork(): Promise<Warehouse> {
    const fork = new Warehouse(this.#instance, await this.#instance.connect());
    this.#forks.push(fork);
    return fork;
  }

  /**
   * Adds rows to a table, value by value; committed when it returns.
   *
   * @param rows  all columns in order; whole numbers below 2^53
   */
  async append(table: string, rows: readonly (readonly Cell[])[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      const appender = await this.#connection.createAppender(table);
      for (const row of rows) {
        for (const cell of row) appendCell(appender, cell);
        appender.endRow();
      }
      appender.closeSync();
    } catch (cause) {
      throw sqlError(`append to ${table}`, cause);
    }
  }

  close(): void {
    for (const fork of this.#forks) fork.#connection.closeSync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

// Numbers go in as doubles and are cast to the column's type, which is exact for whole numbers below 2^53 and spares a BigInt each.
function appendCell(appender: DuckDBAppender, value: Cell): void {
  if (value === null) appender.appendNull();
  else if (typeof value === 'string') appender.appendVarchar(value);
  else if (typeof value === 'number') appender.appendDouble(value);
  else appender.appendBoolean(value);
}

export class PreparedQuery {
  readonly #statement: DuckDBPreparedStatement;
  readonly #what: string;

  constructor(statement: DuckDBPreparedStatement, what: string) {
    this.#statement = statement;
    this.#what = what;
  }

  #bind(parameters: readonly Parameter[]): void {
    for (const [index, value] of parameters.entries()) {
      if (value === null) this.#statement.bindNull(index + 1);
      else if (typeof value === 'string') this.#statement.bindVarchar(index + 1, value);
      else if (typeof value === 'number') this.#statement.bindDouble(index + 1, value);
      else this.#statement.bindList(index + 1, listValue(value), LIST(VARCHAR));
    }
  }

  async run(parameters: readonly Parameter[] = []): Promise<void> {
    try {
      this.#bind(parameters);
      await this.#statement.run();
    } catch (cause) {
      throw sqlError(this.#what, cause);
    }
  }

  async rows(parameters: readonly Parameter[] = []): Promise<Row[]> {
    try {
      this.#bind(parameters);
      const reader = await this.#statement.runAndReadAll();
      return toRows(reader.columnNames(), reader.getRows() as unknown[][]);
    } catch (cause) {
      throw sqlError(this.#what, cause);
    }
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
