/**
 * Rows known to the program as rows of a table, in either engine.
 *
 * Choice  they travel as one JSON text: DuckDB reads ten thousand rows so in a tenth of the time that as many rows of VALUES take
 */
import { sqlString } from '../views/index.ts';

/** Either engine: what runs a statement. */
export interface SqlRunner {
  run(sql: string, parameters?: readonly never[], what?: string): Promise<void> | void;
}

/** Name and type of each column, as CREATE TABLE takes them. */
export type ColumnList = readonly string[];

export async function insertRows(
  warehouse: SqlRunner,
  table: string,
  columns: ColumnList,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const cells = columns.map((column, c) => `CAST(e.value ->> ${c} AS ${column.split(' ')[1]})`);
  const text = sqlString(JSON.stringify(rows));
  await warehouse.run(`INSERT INTO ${table} SELECT ${cells.join(', ')} FROM json_each(${text}) e`, [], table);
}
