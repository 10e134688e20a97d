/**
 * The select tree of a view to SQL.
 *
 * In      select nodes with columns, forEach, forEachOrNull, unionAll, nested selects; the value they start from
 * Out     parts: columns that are one per resource, and lists of rows that are unnested once, at the end
 * Choice  rows are built as lists inside each resource's row, so the source is scanned once even under unionAll, and siblings
 *         cross-join as the standard says; forEachOrNull gives one row of NULLs only when its own path is empty
 * Source  SQL-on-FHIR v2, processing model
 */
import { ViewError } from '../errors.ts';
import { compilePath } from './path-compiler.ts';
import type { PathScope } from './path-scope.ts';
import { primitiveSqlType } from './r4-elements.ts';
import { itemOf, withoutHoles, type SqlValue } from './sql-value.ts';
import { sqlName } from './sql-text.ts';
import type { ViewColumn, ViewSelect } from './view-definition.ts';

export interface CompiledColumn {
  readonly name: string;
  /** FHIR type: `string`, `code`, `dateTime`, `decimal`, `boolean`, … */
  readonly type: string;
  /** DuckDB type of the column of select(). */
  readonly sqlType: string;
  readonly isCollection: boolean;
}

/** Writes one row from the SQL of its columns: a struct, or a list of further rows. */
export type RowWriter = (fields: readonly string[]) => string;

export type Part =
  /** Columns with one value per row of the node they stand in. */
  | { readonly kind: 'one'; readonly columns: readonly CompiledColumn[]; readonly sql: readonly string[] }
  /** Columns with several rows: gives a LIST of what the writer makes of each row. */
  | { readonly kind: 'rows'; readonly columns: readonly CompiledColumn[]; readonly list: (row: RowWriter) => string };

/** Types whose text is read alike; declaring one for the other changes nothing. */
const TEXT = new Set(['string', 'code', 'id', 'uri', 'url', 'canonical', 'oid', 'uuid', 'markdown', 'base64Binary', 'xhtml']);
const WHOLE = new Set(['integer', 'positiveInt', 'unsignedInt']);

/**
 * @param at  where the node stands in the view, for messages: `select[0].select[1]`
 */
export function compileSelect(node: ViewSelect, focus: SqlValue, scope: PathScope, at: string): Part[] {
  const loops = (['forEach', 'forEachOrNull', 'repeat'] as const).filter((key) => node[key] !== undefined);
  if (loops.length > 1)
    throw new ViewError(
      'VIEW_INVALID',
      `expected at most one of forEach, forEachOrNull, repeat, found ${loops.join(' and ')} at ${at}`,
    );
  if (node.repeat !== undefined) throw new ViewError('VIEW_UNSUPPORTED', `'repeat' at ${at}; nest forEach to the depth you need`);
  if (node.column === undefined && node.select === undefined && node.unionAll === undefined) {
    throw new ViewError('VIEW_INVALID', `expected column, select or unionAll, found none at ${at}`);
  }
  const loop = node.forEach ?? node.forEachOrNull;
  if (loop === undefined) return compileBody(node, focus, scope, at);
  const over = locate(`${at}.${node.forEach === undefined ? 'forEachOrNull' : 'forEach'}`, loop, () =>
    withoutHoles(compilePath(loop, focus, scope), scope.names),
  );
  const item = over.isMany ? itemOf(over, scope.names.next()) : over;
  const parts = compileBody(node, item, scope, at);
  const columns = parts.flatMap((part) => part.columns);
  const each = (row: RowWriter): string => {
    if (!over.isMany) return `CASE WHEN ${over.sql} IS NOT NULL THEN ${listOf(parts, row)} END`;
    const hasLists = parts.some((part) => part.kind === 'rows');
    const mapped = `list_transform(${over.sql}, lambda ${item.sql}: ${hasLists ? listOf(parts, row) : row(fieldsOf(parts))})`;
    return hasLists ? `flatten(${mapped})` : mapped;
  };
  if (node.forEach !== undefined) return [{ kind: 'rows', columns, list: each }];
  const nulls = columns.map((column) => `CAST(NULL AS ${column.sqlType})`);
  const isEmpty = over.isMany ? `coalesce(len(${over.sql}), 0) = 0` : `${over.sql} IS NULL`;
  return [{ kind: 'rows', columns, list: (row) => `CASE WHEN ${isEmpty} THEN [${row(nulls)}] ELSE ${each(row)} END` }];
}

/** One LIST from parts: lists cross-join, single columns repeat. */
export function listOf(parts: readonly Part[], row: RowWriter): string {
  const lists = parts.filter((part) => part.kind === 'rows').length;
  if (lists === 0) return `[${row(fieldsOf(parts))}]`;
  const from = (start: number, before: readonly string[], left: number): string => {
    const fields = [...before];
    for (let i = start; i < parts.length; i += 1) {
      const part = parts[i]!;
      if (part.kind === 'one') fields.push(...part.sql);
      else if (left === 1) return part.list((own) => row([...fields, ...own, ...fieldsOf(parts.slice(i + 1))]));
      else return `flatten(${part.list((own) => from(i + 1, [...fields, ...own], left - 1))})`;
    }
    return row(fields);
  };
  return from(0, [], lists);
}

function fieldsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.kind === 'one' ? part.sql : []));
}

/** A struct with one field per column. */
export function rowStruct(columns: readonly CompiledColumn[], fields: readonly string[]): string {
  return `{${columns.map((column, i) => `${sqlName(column.name)}: ${fields[i]!}`).join(', ')}}`;
}

function compileBody(node: ViewSelect, focus: SqlValue, scope: PathScope, at: string): Part[] {
  const parts: Part[] = [];
  (node.column ?? []).forEach((column) => parts.push(compileColumn(column, focus, scope)));
  (node.select ?? []).forEach((child, i) => parts.push(...compileSelect(child, focus, scope, `${at}.select[${i}]`)));
  if (node.unionAll !== undefined) parts.push(compileUnion(node.unionAll, focus, scope, at));
  return parts;
}

function compileUnion(branches: readonly ViewSelect[], focus: SqlValue, scope: PathScope, at: string): Part {
  const compiled = branches.map((branch, i) => compileSelect(branch, focus, scope, `${at}.unionAll[${i}]`));
  const shapes = compiled.map((parts) => parts.flatMap((part) => part.columns));
  const columns = shapes[0];
  if (columns === undefined) throw new ViewError('VIEW_INVALID', `expected at least one branch in unionAll at ${at}`);
  const describe = (shape: readonly CompiledColumn[]): string =>
    shape.map((column) => `${column.name} ${column.sqlType}`).join(', ');
  shapes.forEach((shape, i) => {
    if (describe(shape) !== describe(columns)) {
      throw new ViewError(
        'VIEW_UNION_COLUMNS',
        `expected the columns (${describe(columns)}) in every branch of unionAll, found (${describe(shape)}) at ${at}.unionAll[${i}]`,
      );
    }
  });
  const list = (row: RowWriter): string => {
    const lists = compiled.map((parts) => listOf(parts, row));
    return lists.length === 1 ? lists[0]! : `list_concat(${lists.join(', ')})`;
  };
  return { kind: 'rows', columns, list };
}

function compileColumn(column: ViewColumn, focus: SqlValue, scope: PathScope): Part {
  return locate(`column ${column.name}`, column.path, () => {
    const value = withoutHoles(compilePath(column.path, focus, scope), scope.names);
    const type = columnType(column, value.types[0] ?? '');
    const isCollection = column.collection === true;
    if (value.isMany && !isCollection) {
      throw new ViewError('VIEW_MANY_VALUES', `the path can have many values; end it in first(), use forEach, or set collection`);
    }
    const itemType = primitiveSqlType(type) ?? '';
    const list = value.isMany ? `coalesce(${value.sql}, [])` : `CASE WHEN ${value.sql} IS NULL THEN [] ELSE [${value.sql}] END`;
    const compiled = { name: column.name, type, sqlType: isCollection ? `${itemType}[]` : itemType, isCollection };
    // JSON can spell numbers no double holds (1e400); what is not finite is not a measurement.
    const single = type === 'decimal' ? `CASE WHEN isfinite(${value.sql}) THEN ${value.sql} END` : value.sql;
    return { kind: 'one', columns: [compiled], sql: [isCollection ? list : single] };
  });
}

function columnType(column: ViewColumn, found: string): string {
  if (primitiveSqlType(found) === undefined) {
    throw new ViewError('VIEW_UNSUPPORTED', `a column of the complex type ${found}; select its elements`);
  }
  const declared = column.type?.replace(/^http:\/\/hl7\.org\/fhir\/StructureDefinition\//, '');
  if (declared === undefined) return found;
  const isSame = declared === found || [TEXT, WHOLE].some((group) => group.has(declared) && group.has(found));
  if (!isSame) throw new ViewError('VIEW_TYPE_MISMATCH', `expected type ${declared} as declared, found ${found}`);
  return declared;
}

/** Runs a step and adds to its error where in the view it happened. */
export function locate<T>(at: string, path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    const message = error.message.slice(error.code.length + 2);
    throw new ViewError(error.code, `${message}, in path ${JSON.stringify(path)} of ${at}`, {
      details: { at, path },
      cause: error,
    });
  }
}
