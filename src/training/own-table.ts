/**
 * A table of one's own as something a forest learns from: which column is the label, which names the patient, which are features.
 *
 * In      named columns of numbers or text, what each is for
 * Out     a training table with names beside it; or the first thing that is wrong, by the name of its column
 * Choice  every column without another use is a feature unless features are named; a column of text among them is refused and not left out
 *         unsaid, for whoever left it in may count on it
 * Choice  names are brought into the form of a model file (lower case, digits, "_"): "Length of Stay" is read as length_of_stay, and told
 * Choice  messages name columns, counts and row numbers, never a value
 */
import { AnalystError } from '../errors.ts';
import type { TrainingTable } from '../forest/index.ts';
import { groupNumbers } from '../util/group-numbers.ts';
import { didYouMean } from '../util/nearest-name.ts';
import type { TableColumn } from '../warehouse/index.ts';
import { namedFeatures, selectColumns } from './table-features.ts';
import { isAbsent, nameList, requireNumbers } from './table-numbers.ts';
import { instantsOf, requireKeys, requireLabel } from './table-roles.ts';

/** What the columns of a table are for, by their names. */
export interface TableRoles {
  /** Outcome: 0 or 1, or false or true, in every row. */
  readonly label: string;
  /** Rows of one patient share its value. */
  readonly groups: string;
  /** Names a row, each its own; default its number. */
  readonly id?: string | undefined;
  /** Time of the prediction, such as the discharge: ISO 8601 text; a time without a zone is UTC. Needed for what is told by time. */
  readonly time?: string | undefined;
  /** Stratum whose average is a baseline, such as the reason for admission. */
  readonly reason?: string | undefined;
  /** Names joined by commas, "all" for every column that is nothing else, "-name" leaves out; or a list of names. Default all. */
  readonly features?: string | readonly string[] | undefined;
}

/** What is known of a column beyond its values, as the dictionary that `readmission features` writes says. */
export interface ColumnMeaning {
  readonly name: string;
  readonly role: string;
  readonly unit?: string | undefined;
  readonly family?: string | undefined;
}

export interface TableFeature {
  /** In the model. */
  readonly name: string;
  /** In the table. */
  readonly column: string;
  readonly unit: string;
  readonly family: string;
}

/** A training table with names: what `trainForest` takes, and what a study is made from. */
export interface OwnTable extends TrainingTable {
  readonly groups: Int32Array;
  readonly features: readonly TableFeature[];
  readonly roles: TableRoles;
  readonly ids: readonly string[];
  readonly groupKeys: readonly string[];
  /** Milliseconds since 1970 UTC; null without a time column. */
  readonly timeMs: Float64Array | null;
  /** null without a reason column. */
  readonly reasons: readonly (string | null)[] | null;
}

/**
 * @param meanings  of some of the columns; those whose role is not "feature" are no features unless named
 * @throws {AnalystError} MATRIX_EMPTY, MATRIX_COLUMN_MISSING, MATRIX_COLUMN_TWICE, MATRIX_ROLE, MATRIX_LABEL, MATRIX_GROUPS, MATRIX_ID, MATRIX_TIME,
 *         MATRIX_FEATURE, MATRIX_FEATURES_EMPTY, MATRIX_FEATURE_TEXT, MATRIX_FEATURE_INFINITE, MATRIX_NAME_CLASH; naming the column
 */
export function ownTable(columns: readonly TableColumn[], roles: TableRoles, meanings: readonly ColumnMeaning[] = []): OwnTable {
  const byName = columnsByName(columns);
  const column = (name: string): TableColumn => requireColumn(byName, name);
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) throw new AnalystError('MATRIX_EMPTY', 'expected a table with rows, found none');
  requireDistinctRoles(roles);
  const outcome = requireLabel(column(roles.label));
  const groupKeys = requireKeys(column(roles.groups), 'MATRIX_GROUPS');
  const ids =
    roles.id === undefined ? groupKeys.map((_, row) => `row-${row + 1}`) : requireKeys(column(roles.id), 'MATRIX_ID', 'distinct');
  const chosen = selectColumns([...byName.keys()], roles, meanings);
  const known = new Map(meanings.map((meaning) => [meaning.name, meaning]));
  const features = namedFeatures(chosen).map(({ name, column: own }) => {
    const { unit = '', family = 'table' } = known.get(own) ?? {};
    return { name, column: own, unit, family };
  });
  return {
    featureCount: features.length,
    rows,
    columns: requireNumbers(features.map((feature) => column(feature.column))),
    outcome,
    groups: groupNumbers(groupKeys),
    features,
    roles,
    ids,
    groupKeys,
    timeMs: roles.time === undefined ? null : instantsOf(column(roles.time)),
    reasons:
      roles.reason === undefined
        ? null
        : [...column(roles.reason).values].map((value: string | number | null) => (isAbsent(value) ? null : String(value))),
  };
}

/** @throws {AnalystError} MATRIX_COLUMN_TWICE */
export function columnsByName(columns: readonly TableColumn[]): ReadonlyMap<string, TableColumn> {
  const byName = new Map<string, TableColumn>();
  for (const column of columns) {
    if (byName.has(column.name)) {
      throw new AnalystError(
        'MATRIX_COLUMN_TWICE',
        `column "${column.name}": expected one column of this name, found several; rename one`,
      );
    }
    byName.set(column.name, column);
  }
  return byName;
}

/** @throws {AnalystError} MATRIX_COLUMN_MISSING */
export function requireColumn(byName: ReadonlyMap<string, TableColumn>, name: string): TableColumn {
  const column = byName.get(name);
  if (column !== undefined) return column;
  throw new AnalystError(
    'MATRIX_COLUMN_MISSING',
    `expected a column "${name}", found ${nameList([...byName.keys()], 12)}${didYouMean(name, byName.keys())}`,
    { details: { column: name } },
  );
}

function requireDistinctRoles({ features: _features, ...roles }: TableRoles): void {
  const used = new Map<string, string>();
  for (const [role, column] of Object.entries(roles)) {
    if (column === undefined) continue;
    const other = used.get(column);
    if (other !== undefined) {
      throw new AnalystError('MATRIX_ROLE', `column "${column}": expected one use, found two: ${other} and ${role}`);
    }
    used.set(column, role);
  }
}
