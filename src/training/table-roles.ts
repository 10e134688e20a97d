/**
 * The columns of a table that are no features: label, keys, time. Each is checked whole, and a fault is told by its row.
 */
import { AnalystError } from '../errors.ts';
import type { TableColumn } from '../warehouse/index.ts';

/** @throws {AnalystError} MATRIX_LABEL unless every row holds 0 or 1 */
export function requireLabel({ name, values }: TableColumn): Uint8Array {
  const wanted = `column "${name}": expected the label 0 or 1 (or false or true) in every row`;
  if (!(values instanceof Float64Array)) {
    throw new AnalystError('MATRIX_LABEL', `${wanted}, found text; code it as 0 and 1`, { details: { column: name } });
  }
  requireEach(
    values,
    (value) => !Number.isNaN(value),
    'MATRIX_LABEL',
    name,
    `${wanted}, found an empty cell`,
    'leave such rows out',
  );
  requireEach(
    values,
    (value) => value === 0 || value === 1,
    'MATRIX_LABEL',
    name,
    `${wanted}, found another number`,
    'code it again',
  );
  return Uint8Array.from(values);
}

/** Keys as text. @throws {AnalystError} with the code given where a row has none, or where two are equal and must not be */
export function requireKeys({ name, values }: TableColumn, code: 'MATRIX_GROUPS' | 'MATRIX_ID', distinct?: 'distinct'): string[] {
  const wanted = `column "${name}": expected ${code === 'MATRIX_ID' ? 'an id of its own' : "the patient's key"} in every row`;
  const list: (string | number | null)[] = [...values];
  requireEach(
    list,
    (value) => value !== null && value !== '' && !Number.isNaN(value),
    code,
    name,
    `${wanted}, found an empty cell`,
  );
  const keys = list.map(String);
  if (distinct !== undefined) {
    const first = new Set<string>();
    requireEach(
      keys,
      (key) => !first.has(key) && first.add(key) !== undefined,
      code,
      name,
      `${wanted}, found one that was there before`,
    );
  }
  return keys;
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Milliseconds since 1970 UTC. @throws {AnalystError} MATRIX_TIME unless every row holds a date or a time */
export function instantsOf({ name, values }: TableColumn): Float64Array {
  const wanted = `column "${name}": expected a date or a time in ISO 8601 in every row`;
  if (values instanceof Float64Array)
    throw new AnalystError('MATRIX_TIME', `${wanted}, found numbers`, { details: { column: name } });
  const times = Float64Array.from(values, instantOf);
  requireEach(times, (ms) => !Number.isNaN(ms), 'MATRIX_TIME', name, `${wanted}, found something else`);
  return times;
}

function instantOf(text: string | null): number {
  const zone = text === null ? null : isoTime.exec(text);
  if (text === null || zone === null) return Number.NaN;
  if (text.length === 10) return Date.parse(`${text}T00:00:00Z`);
  const [, offset = 'Z'] = zone;
  const local = text.slice(0, text.length - (zone[1] ?? '').length).replace(' ', 'T');
  return Date.parse(`${local}${offset.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h: string, m = '00') => `${h}:${m}`)}`);
}

function requireEach<Value>(
  values: ArrayLike<Value>,
  isSound: (value: Value) => boolean,
  code: string,
  column: string,
  message: string,
  remedy?: string,
): void {
  const wrong = Array.from(values, (value, row) => (isSound(value) ? 0 : row + 1)).filter((row) => row > 0);
  if (wrong.length === 0) return;
  const where = `in ${wrong.length} ${wrong.length === 1 ? 'row' : 'rows'}, the first row ${wrong[0]}`;
  throw new AnalystError(code, `${message} ${where}${remedy === undefined ? '' : `; ${remedy}`}`, {
    details: { column, rows: wrong.length, first: wrong[0] as number },
  });
}
