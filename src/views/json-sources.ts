/**
 * Where a compiled view gets its rows: NDJSON files, or JSON texts held in a table.
 *
 * In      a compiled view; file names, or a relation with a column of JSON text
 * Out     a relation with the columns of the view's struct, one row per resource
 * Choice  columns are always named and typed, nothing is inferred, and errors are never ignored: a line that is not JSON, a key
 *         that occurs twice or a value of another shape ends the query. from_json is milder (NULL for a value of another shape),
 *         so one patient's resources must be checked where they come in
 */
import { ViewError } from '../errors.ts';
import type { CompiledView } from './compile-view.ts';
import { sqlName, sqlRelation, sqlString } from './sql-text.ts';

/** Longest resource that is read, in bytes; DuckDB reads files in buffers of twice this. */
const MAXIMUM_RESOURCE_BYTES = 16_777_216;

/**
 * A read_json call over NDJSON files, plain or gzip.
 *
 * @param view   the compiled view, or only its struct
 * @param files  paths, at least one; glob characters in them are DuckDB's
 * @throws {ViewError} VIEW_INVALID without files or without elements to read
 */
export function readJsonSource(
  view: Pick<CompiledView, 'struct'> | Readonly<Record<string, string>>,
  files: readonly string[],
): string {
  const struct = isCompiled(view) ? view.struct : view;
  const columns = Object.entries(struct).map(([name, type]) => `${sqlName(name)}: ${sqlString(type)}`);
  if (files.length === 0 || columns.length === 0) {
    throw new ViewError('VIEW_INVALID', `expected files and columns to read, found ${files.length} and ${columns.length}`);
  }
  return (
    `read_json([${files.map(sqlString).join(', ')}], format='newline_delimited', ` +
    `maximum_object_size=${MAXIMUM_RESOURCE_BYTES}, columns={${columns.join(', ')}})`
  );
}

/**
 * The same columns from a relation that holds one resource per row as JSON text.
 *
 * @param relation  a table or query
 * @param column    its VARCHAR or JSON column
 */
export function jsonSource(view: Pick<CompiledView, 'jsonStructure'>, relation: string, column: string): string {
  const parsed = `SELECT from_json(j.${sqlName(column)}, ${sqlString(view.jsonStructure)}) AS resource FROM ${sqlRelation(relation)} AS j`;
  return `(SELECT unnest(p.resource) FROM (${parsed}) AS p)`;
}

function isCompiled(view: Pick<CompiledView, 'struct'> | Readonly<Record<string, string>>): view is Pick<CompiledView, 'struct'> {
  return typeof view['struct'] === 'object';
}
