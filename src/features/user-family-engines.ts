/**
 * A researcher's own family in both engines: DuckDB makes the matrix, SQLite answers when a score is asked for, and a value must be the same.
 *
 * In      a warehouse with all families made; some index discharges, their tables copied into SQLite
 * Out     nothing, or a refusal where a value differs in a bit
 * Choice  SQL that SQLite cannot run passes: it can be studied, and the scorer will refuse it. SQL that gives another number must not, for
 *         nobody would see it
 * Choice  a column of a shipped family that holds whole numbers is given to SQLite as such, whatever DuckDB calls it: that is how it comes
 *         there when a score is asked for
 */
import { FeatureError, WarehouseError } from '../errors.ts';
import { PatientDatabase, type Warehouse } from '../warehouse/index.ts';
import { readFamilies, type FeatureFamily } from './catalogue.ts';
import { tablesOf } from './user-family-sql.ts';

/**
 * @param sample  a relation with the index_id of the discharges to try
 * @throws {FeatureError} FEATURE_FOLDER_ENGINES
 */
export async function requireSameInBothEngines(warehouse: Warehouse, family: FeatureFamily, sample: string): Promise<void> {
  const { features, relation } = family;
  const columns = ['index_id', ...features.map(({ name }) => `CAST(f.${name} AS DOUBLE) AS ${name}`)];
  const expected = await warehouse.rows(
    `SELECT ${columns.join(', ')} FROM ${relation.name} f WHERE f.index_id IN (SELECT index_id FROM ${sample})`,
    [],
    relation.file,
  );
  const database = await PatientDatabase.open();
  try {
    for (const table of await tablesOf(warehouse, family)) await copyTable(warehouse, database, table, sample);
    const rows = new Map(rowsIn(database, family).map((row) => [String(row['index_id']), row] as const));
    for (const row of expected) {
      const other = rows.get(String(row['index_id']));
      const differing = features.find(({ name }) => !Object.is(numberOf(row[name]), numberOf(other?.[name])));
      if (differing === undefined) continue;
      throw new FeatureError(
        'FEATURE_FOLDER_ENGINES',
        `${family.family}.sql: expected the same ${differing.name} in DuckDB and in SQLite, which computes it when a score is asked for, found two values; ` +
          'write a decimal point into one side of a division, and keep to functions that both read alike',
        { details: { family: family.family, feature: differing.name } },
      );
    }
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
  } finally {
    database.close();
  }
}

function rowsIn(
  database: PatientDatabase,
  { relation }: FeatureFamily,
): ReturnType<ReturnType<PatientDatabase['prepare']>['rows']> {
  return database.prepare(relation.sql, relation.file).rows();
}

async function copyTable(warehouse: Warehouse, database: PatientDatabase, table: string, sample: string): Promise<void> {
  const isFamily = readFamilies().some(({ relation }) => relation.name === table);
  const columns = (await warehouse.rows(`DESCRIBE ${table}`)).map((row) => ({
    name: String(row['column_name']),
    type: isFamily && row['column_type'] === 'DOUBLE' ? '' : String(row['column_type']),
  }));
  database.run(`CREATE TABLE ${table} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`);
  const ofSample = columns.some(({ name }) => name === 'index_id') ? `WHERE t.index_id IN (SELECT index_id FROM ${sample})` : '';
  const rows = await warehouse.rows(`SELECT t.* FROM ${table} t ${ofSample}`, [], table);
  database.append(
    table,
    rows.map((row) => columns.map(({ name }) => row[name] ?? null)),
  );
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
