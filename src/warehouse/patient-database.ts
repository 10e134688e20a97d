/**
 * SQLite in memory (sql.js, compiled to WebAssembly), for the records of one patient: the same relations as in DuckDB, without the fixed
 * cost of an engine made for millions of rows.
 *
 * Why     DuckDB takes about one millisecond for a statement however few the rows, and a score takes thirty; here it is a tenth of that
 * Choice  the SQL is one text for both, kept to what both read alike; GREATEST, LEAST and ymd_day, which SQLite lacks, are given to it
 *         with DuckDB's meaning (NULL is skipped), and a test compares every feature of many discharges bit by bit
 */
import initSqlJs, { type Database, type SqlValue, type Statement } from 'sql.js';
import { WarehouseError } from '../errors.ts';
import type { Cell, Row } from './warehouse.ts';

export class PatientDatabase {
  readonly #database: Database;
  readonly #inserts = new Map<string, Statement>();

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws {WarehouseError} WAREHOUSE_OPEN */
  static async open(): Promise<PatientDatabase> {
    try {
      // Typed by hand: the option keeps the engine's own FLOOR.
      const settings = { useOldExtensionFunctions: false } as Parameters<typeof initSqlJs>[0];
      const { Database: Constructor } = await initSqlJs(settings);
      const database = new Constructor();
      database.create_function('greatest', (a: SqlValue, b: SqlValue) => extreme(a, b, (x, y) => x >= y));
      database.create_function('least', (a: SqlValue, b: SqlValue) => extreme(a, b, (x, y) => x <= y));
      database.create_function('ymd_day', ymdDay);
      return new PatientDatabase(database);
    } catch (cause) {
      throw new WarehouseError('WAREHOUSE_OPEN', 'SQLite could not be opened', { cause });
    }
  }

  /** @throws {WarehouseError} WAREHOUSE_SQL naming `what` */
  run(sql: string, _parameters: readonly never[] = [], what = 'statement'): void {
    try {
      this.#database.run(sql);
    } catch (cause) {
      throw new WarehouseError('WAREHOUSE_SQL', `${what}: SQLite refused it; the cause holds its message`, {
        details: { what },
        cause,
      });
    }
  }

  prepare(sql: string, what: string): PatientStatement {
    try {
      return new PatientStatement(this.#database.prepare(sql), what);
    } catch (cause) {
      throw new WarehouseError('WAREHOUSE_SQL', `${what}: SQLite refused it; the cause holds its message`, {
        details: { what },
        cause,
      });
    }
  }

  /** Adds rows to a table. @param rows  all columns in order */
  append(table: string, rows: readonly (readonly Cell[])[]): void {
    const width = rows[0]?.length;
    if (width === undefined) return;
    let insert = this.#inserts.get(table);
    if (insert === undefined) {
      insert = this.#database.prepare(`INSERT INTO ${table} VALUES (${new Array<string>(width).fill('?').join(', ')})`);
      this.#inserts.set(table, insert);
    }
    for (const row of rows) insert.run(row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)));
  }

  close(): void {
    this.#database.close();
  }
}

export class PatientStatement {
  readonly #statement: Statement;
  readonly #what: string;

  constructor(statement: Statement, what: string) {
    this.#statement = statement;
    this.#what = what;
  }

  run(): void {
    this.#guarded(() => this.#statement.run());
  }

  rows(): Row[] {
    return this.#guarded(() => {
      const rows: Row[] = [];
      while (this.#statement.step()) rows.push(this.#statement.getAsObject() as Row);
      return rows;
    });
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new WarehouseError('WAREHOUSE_SQL', `${this.#what}: SQLite failed; the cause holds its message`, {
        details: { what: this.#what },
        cause,
      });
    } finally {
      this.#statement.reset();
    }
  }
}

function extreme(a: SqlValue, b: SqlValue, first: (x: number | string, y: number | string) => boolean): SqlValue {
  if (a === null) return b;
  if (b === null) return a;
  return first(a as number | string, b as number | string) ? a : b;
}

/** Days from 1970-01-01 to a whole calendar date yyyymmdd; NULL for a partial one. As the macro of the same name. */
function ymdDay(ymd: SqlValue): SqlValue {
  if (typeof ymd !== 'number' || ymd % 100 === 0) return null;
  const month = Math.trunc(ymd / 100) % 100;
  const year = Math.trunc(ymd / 10_000) - (month <= 2 ? 1 : 0);
  const leaps = Math.trunc(year / 4) - Math.trunc(year / 100) + Math.trunc(year / 400);
  return 365 * year + leaps + Math.trunc((153 * ((month + 9) % 12) + 2) / 5) + (ymd % 100) - 719_469;
}
