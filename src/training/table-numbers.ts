/**
 * The columns of a table that a forest reads: numbers, every one. All that is wrong with them is told at once, for whoever mends one column
 * of thirty does not want to be told of the next.
 */
import { AnalystError } from '../errors.ts';
import type { TableColumn } from '../warehouse/index.ts';

/** Names in a message; more of them are counted. */
const mostNames = 20;

/**
 * The values of columns of numbers; a column without any value has no type in a CSV and is one of missing numbers.
 *
 * @throws {AnalystError} MATRIX_FEATURE_TEXT, MATRIX_FEATURE_INFINITE where all are numbers; naming every column at fault, in the message at most 20
 */
export function requireNumbers(columns: readonly TableColumn[]): Float64Array[] {
  const numbers = columns.map(({ values }) => {
    if (values instanceof Float64Array) return values;
    return values.every(isAbsent) ? new Float64Array(values.length).fill(Number.NaN) : null;
  });
  const texts = columns.filter((_, c) => numbers[c] === null).map(({ name }) => name);
  const infinite = columns.flatMap(({ name }, c) => {
    const row = numbers[c]?.findIndex((value) => Math.abs(value) === Infinity) ?? -1;
    return row < 0 ? [] : [{ name, row: row + 1 }];
  });
  if (texts.length > 0) {
    const others = infinite.length === 0 ? '' : `; infinite numbers, too: ${infiniteText(infinite)}`;
    throw new AnalystError(
      'MATRIX_FEATURE_TEXT',
      `${columnsText(texts)}: expected numbers or true and false, found text or times; code ${texts.length === 1 ? 'it' : 'them'} as numbers, or ` +
        `leave ${texts.length === 1 ? 'it' : 'them'} out with --features ${leftOut(texts)}${others}`,
      { details: { columns: texts } },
    );
  }
  if (infinite.length > 0) {
    throw new AnalystError(
      'MATRIX_FEATURE_INFINITE',
      `${infiniteText(infinite)}: expected finite numbers or empty cells (missing), found infinite ones; correct what made them`,
      { details: { columns: infinite.map(({ name }) => name), rows: infinite.map(({ row }) => row) } },
    );
  }
  return numbers as Float64Array[];
}

/** Names joined by commas, quoted, at most so many. */
export function nameList(names: readonly string[], most = mostNames): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

export function isAbsent(value: string | number | null): boolean {
  return value === null || Number.isNaN(value);
}

function columnsText(names: readonly string[]): string {
  return names.length === 1 ? `column ${nameList(names)}` : `${names.length} columns (${nameList(names)})`;
}

function infiniteText(found: readonly { readonly name: string; readonly row: number }[]): string {
  const shown = found.slice(0, mostNames).map(({ name, row }) => `"${name}", row ${row}`);
  const more = found.length > mostNames ? ` and ${found.length - mostNames} more columns` : '';
  return `${found.length === 1 ? 'column' : 'columns'} ${shown.join('; ')}${more}`;
}

/** What a user can paste; a list of many names ends in dots. */
function leftOut(names: readonly string[]): string {
  const terms = ['all', ...names.slice(0, mostNames).map((name) => `-${name}`), ...(names.length > mostNames ? ['…'] : [])];
  const list = terms.join(',');
  return /^[\w,.…-]+$/.test(list) ? list : `'${list.replaceAll("'", "'\\''")}'`;
}
