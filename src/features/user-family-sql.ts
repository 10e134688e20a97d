/**
 * What the SQL of a researcher's own family may be: one SELECT over the doors, with the catalogue's columns, and nothing of chance or of
 * today in it.
 *
 * In      a family; a warehouse in which everything it may read exists (records or none)
 * Doors   known_* and last_value, index_discharge, value sets, unit conversions, shipped families. Never flat tables, stays or outcomes
 * How     DuckDB's own parser gives the statement as a tree, and every table in it is looked at: no table function, file, schema name or
 *         sample. A common table expression may not be called like a table of the warehouse, so a name means one thing everywhere
 * Choice  functions that do not give the same for the same input (random, now) are refused by what DuckDB says of them
 */
import { FeatureError } from '../errors.ts';
import type { Warehouse } from '../warehouse/index.ts';
import { readFamilies, readKnownRelations, type FeatureFamily } from './catalogue.ts';

const openTables = ['index_discharge', 'value_set', 'value_set_weight', 'value_set_hierarchy', 'unit_conversion'];

/** Forms of a FROM that name nothing but tables, which are then looked at. */
const openSources: ReadonlySet<string> = new Set(['BASE_TABLE', 'JOIN', 'SUBQUERY', 'EMPTY', 'EXPRESSION_LIST']);

/**
 * @returns  shipped families whose relations it reads
 * @throws {FeatureError} FEATURE_FOLDER_SQL, FEATURE_FOLDER_DOOR
 */
export async function checkFamilySql(warehouse: Warehouse, { family, relation }: FeatureFamily): Promise<string[]> {
  const tree = await parse(warehouse, relation.sql, family);
  const found = walk(tree);
  const shipped = new Map(readFamilies().map((other) => [other.relation.name, other.family] as const));
  const doors = new Set([...readKnownRelations().map(({ name }) => name), ...openTables, ...shipped.keys()]);
  const tables = new Set(
    (await warehouse.rows('SELECT table_name FROM duckdb_tables()', [], 'table names')).map((row) => String(row['table_name'])),
  );
  const shadow = [...found.expressions].find((name) => tables.has(name));
  if (shadow !== undefined) {
    throw sqlError(
      family,
      'FEATURE_FOLDER_SQL',
      'names of their own for its WITH queries',
      `"${shadow}", which is a table; rename it`,
    );
  }
  const closed = found.closed ?? [...found.tables].find((name) => !doors.has(name) && !found.expressions.has(name));
  if (closed !== undefined) {
    throw sqlError(
      family,
      'FEATURE_FOLDER_DOOR',
      'tables that hold only what is known at the prediction time (known_*, last_value, index_discharge, value_set*, shipped families)',
      `"${closed}"; read it through its door`,
    );
  }
  await requireConsistent(warehouse, family, found.functions);
  return [...found.tables].flatMap((name) => shipped.get(name) ?? []).sort();
}

/** Functions of today that are written without brackets, as columns are. */
const bareFunctions: ReadonlySet<string> = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
]);
/** Not said by DuckDB to change, and yet not of the records, of today (age), or of the order in which rows happen to lie. */
const outsideFunctions = ['getenv', 'getvariable', 'current_setting', 'age', 'any_value', 'arbitrary', 'first', 'last'];

/** The tables its SQL names, without its own common table expressions. */
export async function tablesOf(warehouse: Warehouse, { family, relation }: FeatureFamily): Promise<string[]> {
  const { tables, expressions } = walk(await parse(warehouse, relation.sql, family));
  return [...tables].filter((name) => !expressions.has(name)).sort();
}

interface Found {
  readonly tables: Set<string>;
  /** Names of common table expressions. */
  readonly expressions: Set<string>;
  readonly functions: Set<string>;
  /** The first source that is no table by its plain name. */
  closed: string | undefined;
}

async function parse(warehouse: Warehouse, sql: string, family: string): Promise<unknown> {
  const [row] = await warehouse.rows('SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR) AS tree', [sql], family);
  const answer = JSON.parse(String(row?.['tree'])) as { error: boolean; error_message?: string; statements?: unknown[] };
  if (!answer.error && answer.statements?.length === 1) return answer.statements[0];
  const fault = answer.error ? (answer.error_message ?? 'another form') : `${answer.statements?.length ?? 0} statements`;
  throw sqlError(family, 'FEATURE_FOLDER_SQL', 'one SELECT', fault);
}

function walk(tree: unknown): Found {
  const found: Found = { tables: new Set(), expressions: new Set(), functions: new Set(), closed: undefined };
  const visit = (node: unknown, key: string): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item, key);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    const record = node as Readonly<Record<string, unknown>>;
    if (isSource(record, key)) lookAtSource(record, found);
    if (key === 'cte_map') {
      for (const { key: name } of (record['map'] ?? []) as { key: string }[]) found.expressions.add(name.toLowerCase());
    }
    if (typeof record['function_name'] === 'string') found.functions.add(record['function_name'].toLowerCase());
    if (record['type'] === 'COLUMN_REF') {
      const name = (record['column_names'] as string[]).join('.').toLowerCase();
      if (bareFunctions.has(name)) found.functions.add(name);
    }
    if (record['type'] === 'SELECT_NODE' && record['sample'] !== null) found.closed ??= 'USING SAMPLE';
    for (const [name, value] of Object.entries(record)) visit(value, name);
  };
  visit(tree, '');
  return found;
}

/** A FROM clause, and each side of a join in it. */
function isSource(record: Readonly<Record<string, unknown>>, key: string): boolean {
  return key === 'from_table' || (typeof record['type'] === 'string' && 'query_location' in record && 'sample' in record);
}

function lookAtSource(source: Readonly<Record<string, unknown>>, found: Found): void {
  const type = String(source['type']);
  if (!openSources.has(type)) {
    const called = (source['function'] as { function_name?: string } | undefined)?.function_name;
    found.closed ??= called ?? type;
    return;
  }
  if (source['sample'] !== null) found.closed ??= 'TABLESAMPLE';
  if (type !== 'BASE_TABLE') return;
  const name = String(source['table_name']).toLowerCase();
  if (source['schema_name'] !== '' || source['catalog_name'] !== '') {
    found.closed ??= [source['catalog_name'], source['schema_name'], name].filter((part) => part !== '').join('.');
  }
  found.tables.add(name);
}

async function requireConsistent(warehouse: Warehouse, family: string, names: ReadonlySet<string>): Promise<void> {
  const rows = await warehouse.rows(
    "SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
    [],
    'functions',
  );
  const changing = new Set(rows.map((row) => String(row['name'])));
  for (const name of [...bareFunctions, ...outsideFunctions]) changing.add(name);
  const used = [...names].find((name) => changing.has(name));
  if (used !== undefined) {
    throw sqlError(family, 'FEATURE_FOLDER_SQL', 'functions that give the same for the same records', `"${used}"; leave it out`);
  }
}

/**
 * The SQL's columns are index_id and the catalogue's features, numbers all.
 *
 * @throws {FeatureError} FEATURE_FOLDER_COLUMNS, FEATURE_FOLDER_SQL when DuckDB refuses it
 */
export async function requireColumns(warehouse: Warehouse, { family, features, relation }: FeatureFamily): Promise<void> {
  const columns = await warehouse.rows(`DESCRIBE ${relation.sql}`, [], relation.file).catch((cause: unknown) => {
    const said = (cause as { cause?: { message?: string } }).cause?.message?.split('\n')[0] ?? 'an error';
    throw sqlError(family, 'FEATURE_FOLDER_SQL', 'a SELECT that DuckDB can run', said, cause);
  });
  const types = new Map(columns.map((row) => [String(row['column_name']), String(row['column_type'])] as const));
  const expected = ['index_id', ...features.map(({ name }) => name)];
  const missing = expected.find((name) => !types.has(name));
  const more = [...types.keys()].find((name) => !expected.includes(name));
  if (missing !== undefined || more !== undefined || columns.length !== expected.length) {
    throw sqlError(
      family,
      'FEATURE_FOLDER_COLUMNS',
      `the columns ${expected.join(', ')}`,
      missing === undefined ? `"${more ?? 'a column twice'}" beside them` : `no "${missing}"`,
    );
  }
  const text = features.find(
    ({ name }) => !/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/.test(types.get(name) ?? ''),
  );
  if (text !== undefined) {
    throw sqlError(
      family,
      'FEATURE_FOLDER_COLUMNS',
      `a number as ${text.name}`,
      `${types.get(text.name)}; use 1 and 0 for a flag`,
    );
  }
}

function sqlError(family: string, code: string, expected: string, found: string, cause?: unknown): FeatureError {
  return new FeatureError(code, `${family}.sql: expected ${expected}, found ${found}`, {
    details: { family },
    ...(cause === undefined ? {} : { cause }),
  });
}
