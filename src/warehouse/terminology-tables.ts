/**
 * Value sets and unit conversions as tables, so that SQL joins codes instead of listing them.
 *
 * Out  value_set(name, system, code, by_prefix), value_set_prefix_system(name, system), value_set_weight(name, weight_name, weight),
 *      value_set_hierarchy(dominant, dominated), unit_conversion(analyte, written_unit, factor, shift, low, high)
 * Choice  a value set given by the beginnings of codes is spelt out in value_set for the codes that occur, see ./prefix-matches.ts; before the
 *         records are in, only the systems of such beginnings are known to SQL
 */
import { readTerminology, readUnitConversions } from '../terminology/index.ts';
import { insertRows, type ColumnList, type SqlRunner } from './insert-rows.ts';

export const memberColumns: ColumnList = ['name VARCHAR', 'system VARCHAR', 'code VARCHAR', 'by_prefix INTEGER'];

export async function loadTerminology(warehouse: SqlRunner): Promise<void> {
  const { sets, hierarchies } = readTerminology();
  const table = async (name: string, columns: ColumnList, rows: readonly (string | number)[][]): Promise<void> => {
    await warehouse.run(`DROP TABLE IF EXISTS ${name}`);
    await warehouse.run(`CREATE TABLE ${name} (${columns.join(', ')})`);
    await insertRows(warehouse, name, columns, rows);
  };
  await table(
    'value_set',
    memberColumns,
    sets.flatMap((set) => set.codes.map((c) => [set.name, c.system, c.code, 0])),
  );
  await table(
    'value_set_prefix_system',
    ['name VARCHAR', 'system VARCHAR'],
    sets.flatMap((set) => [...new Set(set.prefixes.map(({ system }) => system))].map((system) => [set.name, system])),
  );
  await table(
    'value_set_weight',
    ['name VARCHAR', 'weight_name VARCHAR', 'weight DOUBLE'],
    sets.flatMap((set) => Object.entries(set.weights ?? {}).map(([name, weight]) => [set.name, name, weight])),
  );
  await table(
    'value_set_hierarchy',
    ['dominant VARCHAR', 'dominated VARCHAR'],
    hierarchies.map((h) => [h.dominant, h.dominated]),
  );
  await table(
    'unit_conversion',
    ['analyte VARCHAR', 'written_unit VARCHAR', 'factor DOUBLE', 'shift DOUBLE', 'low DOUBLE', 'high DOUBLE'],
    readUnitConversions().map((u) => [u.analyte, u.writtenUnit, u.factor, u.shift, u.low, u.high]),
  );
}
