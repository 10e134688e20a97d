/**
 * Value sets and unit conversions as tables, so that SQL joins codes instead of listing them.
 *
 * Out  value_set(name, system, code, by_prefix), value_set_prefix(name, system, prefix, stem), value_set_weight(name, weight_name, weight),
 *      value_set_hierarchy(dominant, dominated), unit_conversion(analyte, written_unit, factor, shift, low, high)
 * Choice  a value set given by the beginnings of codes is spelt out in value_set for the codes that occur, see ./prefix-matches.ts
 */
import { readTerminology, readUnitConversions } from '../terminology/index.ts';
import { sqlString } from '../views/index.ts';

/** First characters that a prefix and the codes under it share; prefix-matches.ts joins on them. */
export const stemLength = 3;

/** Either engine: what runs a statement. */
export interface SqlRunner {
  run(sql: string, parameters?: readonly never[], what?: string): Promise<void> | void;
}

export async function loadTerminology(warehouse: SqlRunner): Promise<void> {
  const { sets, hierarchies } = readTerminology();
  const members = sets.flatMap((set) => set.codes.map((c) => [set.name, c.system, c.code, 0]));
  const prefixes = sets.flatMap((set) => set.prefixes.map((p) => [set.name, p.system, p.prefix, p.prefix.slice(0, stemLength)]));
  const weights = sets.flatMap((set) => Object.entries(set.weights ?? {}).map(([name, weight]) => [set.name, name, weight]));
  const units = readUnitConversions().map((u) => [u.analyte, u.writtenUnit, u.factor, u.shift, u.low, u.high]);
  await table(warehouse, 'value_set', 'name VARCHAR, system VARCHAR, code VARCHAR, by_prefix INTEGER', members);
  await table(warehouse, 'value_set_prefix', 'name VARCHAR, system VARCHAR, prefix VARCHAR, stem VARCHAR', prefixes);
  await table(warehouse, 'value_set_weight', 'name VARCHAR, weight_name VARCHAR, weight DOUBLE', weights);
  await table(
    warehouse,
    'value_set_hierarchy',
    'dominant VARCHAR, dominated VARCHAR',
    hierarchies.map((h) => [h.dominant, h.dominated]),
  );
  await table(
    warehouse,
    'unit_conversion',
    'analyte VARCHAR, written_unit VARCHAR, factor DOUBLE, shift DOUBLE, low DOUBLE, high DOUBLE',
    units,
  );
}

async function table(warehouse: SqlRunner, name: string, columns: string, rows: readonly (string | number)[][]): Promise<void> {
  await warehouse.run(`DROP TABLE IF EXISTS ${name}`);
  await warehouse.run(`CREATE TABLE ${name} (${columns})`);
  if (rows.length === 0) return;
  // DuckDB reads ten thousand rows from one JSON text in a tenth of the time that as many rows of VALUES take.
  const cells = columns.split(', ').map((column, c) => `CAST(e.value ->> ${c} AS ${column.split(' ')[1]})`);
  await warehouse.run(
    `INSERT INTO ${name} SELECT ${cells.join(', ')} FROM json_each(${sqlString(JSON.stringify(rows))}) e`,
    [],
    name,
  );
}
