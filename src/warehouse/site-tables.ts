/**
 * A site mapping as tables, so that SQL joins meanings and reads choices instead of listing them.
 *
 * Out  site_code(element, system, code, meaning); site_rule, one row: what dates a condition without dates, and whether diagnoses of the
 *      index stay are known at discharge
 */
import { codeMeanings, type SettledMapping } from '../mapping/index.ts';
import { sqlString } from '../views/index.ts';
import type { SqlRunner } from './insert-rows.ts';

export async function loadSiteTables(warehouse: SqlRunner, mapping: SettledMapping): Promise<void> {
  const rows = codeMeanings(mapping).map(({ element, system, code, meaning }) => [element, system, code, meaning]);
  const { undated, indexStayDiagnosesKnown } = mapping.conditions;
  await warehouse.run('DROP TABLE IF EXISTS site_code');
  await warehouse.run('CREATE TABLE site_code (element VARCHAR, system VARCHAR, code VARCHAR, meaning VARCHAR)');
  await warehouse.run(
    `INSERT INTO site_code VALUES ${rows.map((row) => `(${row.map(sqlString).join(', ')})`).join(', ')}`,
    [],
    'site_code',
  );
  await warehouse.run('DROP TABLE IF EXISTS site_rule');
  await warehouse.run('CREATE TABLE site_rule (undated VARCHAR, index_diagnoses_known INTEGER)');
  await warehouse.run(`INSERT INTO site_rule VALUES (${sqlString(undated)}, ${indexStayDiagnosesKnown ? 1 : 0})`);
}
