/**
 * Which columns of a table are features, and what they are called in a model.
 */
import { AnalystError } from '../errors.ts';
import { didYouMean } from '../util/nearest-name.ts';
import type { ColumnMeaning, TableRoles } from './own-table.ts';

/** Row numbers that pandas keeps in a Parquet file. */
const pandasIndex = /^__index_level_\d+__$/;

/**
 * Columns in the order of the table, or of the list that names them.
 *
 * @throws {AnalystError} MATRIX_FEATURE for a name that is no column or has another use; MATRIX_FEATURES_EMPTY
 */
export function selectColumns(names: readonly string[], roles: TableRoles, meanings: readonly ColumnMeaning[]): string[] {
  const { features, ...used } = roles;
  const uses = new Map(Object.entries(used).flatMap(([role, name]) => (name === undefined ? [] : [[name, role] as const])));
  const noFeature = new Set(meanings.filter(({ role }) => role !== 'feature').map(({ name }) => name));
  const all = names.filter((name) => !uses.has(name) && !noFeature.has(name) && !pandasIndex.test(name));
  // A name in a list may hold a comma.
  if (typeof features === 'object') return features.map((name) => requireFree(name, names, uses));
  const terms = (features ?? 'all')
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const chosen = new Set<string>(terms[0]?.startsWith('-') === true ? all : []);
  for (const term of terms) {
    if (term === 'all') all.forEach((name) => chosen.add(name));
    else if (term.startsWith('-') && !names.includes(term)) chosen.delete(requireFree(term.slice(1), names, new Map()));
    else chosen.add(requireFree(term, names, uses));
  }
  if (chosen.size > 0) return names.filter((name) => chosen.has(name));
  throw new AnalystError(
    'MATRIX_FEATURES_EMPTY',
    `expected at least one column to learn from, "${features ?? 'all'}" leaves none`,
  );
}

function requireFree(name: string, names: readonly string[], uses: ReadonlyMap<string, string>): string {
  const use = uses.get(name);
  if (names.includes(name) && use === undefined) return name;
  throw new AnalystError(
    'MATRIX_FEATURE',
    use === undefined
      ? `expected features that are columns of the table, found "${name}"${didYouMean(name, names)}`
      : `column "${name}": expected a feature, found the column that is the ${use}; a model must not learn from it`,
    { details: { column: name } },
  );
}

/** A column's name as a model file has it: snake_case, a letter first, 100 characters at most. */
export function featureNameOf(column: string): string {
  const plain = column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return (/^[a-z]/.test(plain) ? plain : `column_${plain}`.replace(/_$/, '')).slice(0, 100);
}

/**
 * Columns with the names that they have in a model, in the same order.
 *
 * @throws {AnalystError} MATRIX_NAME_CLASH naming the first two columns that would have one name
 */
export function namedFeatures(columns: readonly string[]): { readonly name: string; readonly column: string }[] {
  const taken = new Map<string, string>();
  return columns.map((column) => {
    const name = featureNameOf(column);
    const other = taken.get(name);
    if (other !== undefined) {
      throw new AnalystError(
        'MATRIX_NAME_CLASH',
        `expected feature names that differ in more than case and punctuation, found "${other}" and "${column}", both ${name} in a model; rename one`,
        { details: { columns: [other, column], name } },
      );
    }
    taken.set(name, column);
    return { name, column };
  });
}
