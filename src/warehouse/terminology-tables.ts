/**
 * Value sets and unit conversions as tables, so that SQL joins codes instead of listing them.
 *
 * Out  value_set(name, system, code), value_set_weight(name, weight_name, weight), value_set_hierarchy(dominant, dominated),
 *      unit_conversion(analyte, written_unit, factor, shift, low, high)
 */
import { readTerminology, readUnitConversions } from '../terminology/index.ts';
import { sqlString } from '../views/index.ts';

/** Either engine: what runs a statement. */
export interface SqlRunner {
  run(sql: string, parameters?: readonly never[], what?: string): Promise<void> | void;
}

export async function loadTerminology(warehouse: SqlRunner): Promise<void> {
  const { sets, hierarchies } = readTerminology();
  const members = sets.flatMap((set) => set.codes.map((c) => [set.name, c.system, c.code]));
  const weights = sets.flatMap((set) => Object.entries(set.weights ?? {}).map(([name, weight]) => [set.name, name, weight]));
  const units = readUnitConversions().map((u) => [u.analyte, u.writtenUnit, u.factor, u.shift, u.low, u.high]);
  await table(warehouse, 'value_set', 'name VARCHAR, system VARCHAR, code VARCHAR', members);
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
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
  await warehouse.run(`INSERT INTO ${name} VALUES ${values}`, [], name);
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : sqlString(value);
}
