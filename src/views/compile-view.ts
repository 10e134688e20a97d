/**
 * A ViewDefinition to DuckDB SQL.
 *
 * In      a checked ViewDefinition
 * Out     the view's columns, the JSON columns it needs to read, and its SELECT over any relation that has these columns
 * Choice  a column without `collection` must be at most one value, and that is decided here, from the R4 definitions: a path that
 *         can have many is refused unless it ends in first(). (The standard lets an engine find out at run time; then one odd
 *         record would end a load of millions.) Resources of another type in the source give no rows
 * Source  SQL-on-FHIR v2
 */
import { ViewError } from '../errors.ts';
import { ElementTree } from './element-tree.ts';
import { compilePath } from './path-compiler.ts';
import { booleanSql, type PathScope } from './path-scope.ts';
import { isResourceType } from './r4-elements.ts';
import { compileSelect, listOf, locate, rowStruct, type CompiledColumn, type Part } from './select-compiler.ts';
import { Names, scalar, stepInto, type SqlValue } from './sql-value.ts';
import { sqlName, sqlRelation, sqlString } from './sql-text.ts';
import type { ViewConstant, ViewDefinition } from './view-definition.ts';

export interface CompiledView {
  readonly name: string;
  readonly resource: string;
  readonly columns: readonly CompiledColumn[];
  /** DuckDB type per top-level element that the view reads, for read_json. */
  readonly struct: Readonly<Record<string, string>>;
  /** The same structure as the JSON text that from_json takes. */
  readonly jsonStructure: string;
  /** The parts of the query, for who writes another around them; see flatTableSql. */
  readonly body: ViewBody;
  /**
   * The view as a query.
   *
   * @param source  a table, a table function or a query whose columns are those of `struct`, one row per resource
   * @returns       a SELECT with the view's columns, in order
   */
  select(source: string): string;
}

/** SQL over the relation `r`. */
export interface ViewBody {
  /** Columns with one value per resource, by name. */
  readonly singles: ReadonlyMap<string, string>;
  /** A LIST of structs with the other columns, to be unnested; null where there are none. */
  readonly rows: string | null;
  /** Which resources give rows. */
  readonly filter: string;
}

/**
 * Pure: the same view gives the same text.
 *
 * @throws {ViewError} VIEW_UNSUPPORTED, VIEW_UNKNOWN_ELEMENT, VIEW_MANY_VALUES, VIEW_TYPE_MISMATCH, VIEW_UNION_COLUMNS,
 *   VIEW_DUPLICATE_COLUMN, VIEW_UNKNOWN_CONSTANT, VIEW_SYNTAX, VIEW_INVALID; the message names the view, the column and the path
 */
export function compileView(view: ViewDefinition): CompiledView {
  return inView(view.name, () => {
    if (!isResourceType(view.resource)) {
      throw new ViewError('VIEW_UNSUPPORTED', `the resource type ${view.resource}; its elements are not in r4-elements.ts`);
    }
    const tree = new ElementTree(view.resource);
    const root: SqlValue = { ...scalar('r', view.resource), tree };
    const scope: PathScope = { resource: view.resource, root, constants: constantsOf(view), names: new Names() };
    const type = stepInto(root, scope.names, 'resourceType', 'code', false);
    const parts = view.select.flatMap((node, i) => compileSelect(node, root, scope, `select[${i}]`));
    const conditions = (view.where ?? []).map((condition, i) =>
      locate(`where[${i}]`, condition.path, () => booleanSql(compilePath(condition.path, root, scope), "the view's where")),
    );
    const columns = parts.flatMap((part) => part.columns);
    refuseDuplicates(columns);
    const filter = [`${type.sql} = ${sqlString(view.resource)}`, ...conditions.map((sql) => `(${sql})`)].join(' AND ');
    const body = bodyOf(parts, filter);
    return {
      name: view.name,
      resource: view.resource,
      columns,
      struct: tree.columnTypes(),
      jsonStructure: JSON.stringify(tree.jsonStructure()),
      body,
      select: (source) => selectText(columns, body, source),
    };
  });
}

function bodyOf(parts: readonly Part[], filter: string): ViewBody {
  const singles = new Map(
    parts.flatMap((part) =>
      part.kind === 'one' ? part.columns.map((column, i): [string, string] => [column.name, part.sql[i]!]) : [],
    ),
  );
  const lists = parts.filter((part) => part.kind === 'rows');
  const columns = lists.flatMap((part) => part.columns);
  return { singles, rows: lists.length === 0 ? null : listOf(lists, (fields) => rowStruct(columns, fields)), filter };
}

function selectText(columns: readonly CompiledColumn[], body: ViewBody, source: string): string {
  const from = `FROM ${sqlRelation(source)} AS r WHERE ${body.filter}`;
  const singles = [...body.singles].map(([name, sql]) => `${sql} AS ${sqlName(name)}`);
  if (body.rows === null) return `SELECT ${singles.join(', ')} ${from}`;
  const outer = columns.map(({ name }) =>
    body.singles.has(name) ? `u.${sqlName(name)}` : `u.row_.${sqlName(name)} AS ${sqlName(name)}`,
  );
  return `SELECT ${outer.join(', ')} FROM (SELECT ${[...singles, `unnest(${body.rows}) AS row_`].join(', ')} ${from}) AS u`;
}

function constantsOf(view: ViewDefinition): Map<string, SqlValue> {
  return new Map((view.constant ?? []).map((constant) => [constant.name, constantValue(constant)]));
}

function constantValue(constant: ViewConstant): SqlValue {
  const [key, value] = Object.entries(constant).find(([k, v]) => k !== 'name' && v !== undefined) ?? ['', undefined];
  const type = key.slice('value'.length);
  const fhirType = type.charAt(0).toLowerCase() + type.slice(1);
  if (typeof value === 'string') return scalar(sqlString(value), fhirType);
  return scalar(fhirType === 'decimal' ? `CAST(${String(value)} AS DOUBLE)` : String(value).toUpperCase(), fhirType);
}

function refuseDuplicates(columns: readonly CompiledColumn[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    // DuckDB's names are case-insensitive.
    if (seen.has(name.toLowerCase()))
      throw new ViewError('VIEW_DUPLICATE_COLUMN', `expected different column names, found ${name} twice; rename one`);
    seen.add(name.toLowerCase());
  }
}

function inView<T>(name: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    const message = error.message.slice(error.code.length + 2);
    throw new ViewError(error.code, `view ${name}: ${message}`, { details: { ...error.details, view: name }, cause: error });
  }
}
