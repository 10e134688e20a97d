/**
 * What the compilation of a path knows around it, and the two checks every operator and function starts with.
 */
import { ViewError } from '../errors.ts';
import type { Expression } from './fhirpath-parser.ts';
import type { Names, SqlValue } from './sql-value.ts';

export interface PathScope {
  /** Resource type of the view; a path may start with it. */
  readonly resource: string;
  readonly root: SqlValue;
  readonly constants: ReadonlyMap<string, SqlValue>;
  readonly names: Names;
}

/** Compiles an argument of a function, starting from a value. */
export type Evaluate = (expression: Expression, focus: SqlValue) => SqlValue;

/**
 * A value that is not an undecided choice.
 *
 * @throws {ViewError} VIEW_UNSUPPORTED naming the choice
 */
export function typed(value: SqlValue): SqlValue {
  if (value.choice === null) return value;
  const stem = value.choice.element.name;
  throw new ViewError(
    'VIEW_UNSUPPORTED',
    `the choice element '${stem}' without ofType(); write ${stem}.ofType(${value.types[0]})`,
  );
}

/**
 * A single boolean: what where(), not(), and, or and the view's own `where` need.
 *
 * @throws {ViewError} VIEW_MANY_VALUES, VIEW_TYPE_MISMATCH
 */
export function booleanSql(value: SqlValue, what: string): string {
  const { isMany, types, sql } = typed(value);
  if (isMany) {
    throw new ViewError(
      'VIEW_MANY_VALUES',
      `expected one boolean as ${what}, found a path that can have many; use exists() or first()`,
    );
  }
  if (types[0] !== 'boolean') {
    throw new ViewError('VIEW_TYPE_MISMATCH', `expected a boolean as ${what}, found ${types[0]}; use exists() or a comparison`);
  }
  return sql;
}
