/**
 * Quoting for generated SQL: nothing from a view or a file name reaches DuckDB unquoted.
 */
import { ViewError } from '../errors.ts';

/** A DuckDB string literal; backslashes are ordinary characters there, quotes are doubled. */
export function sqlString(text: string): string {
  if (text.includes('\0')) {
    throw new ViewError(
      'VIEW_INVALID',
      'a text in generated SQL holds a NUL character; remove it from the view or the file name',
    );
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted DuckDB identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A FROM item: a table name, a table function or a parenthesised query stays; a bare query gets its parentheses. */
export function sqlRelation(source: string): string {
  return /^\s*(select|with|from|values)\b/i.test(source) ? `(${source})` : source;
}
