/**
 * The plain walk of one row down each tree: the definition that every faster form must equal to the bit.
 *
 * Choice  a value is compared with <=, so NaN fails every comparison and takes the learned side; +Infinity goes right everywhere
 */
import { ForestError, type ErrorDetails } from '../errors.ts';
import type { FlatForest } from './flat-forest.ts';

/** The node the row ends in. @param root  first node of a tree */
export function leafOf(forest: FlatForest, root: number, row: Float64Array): number {
  const { feature, threshold, missingLeft, left, right } = forest;
  let node = root;
  for (let f = feature[node]!; f >= 0; f = feature[node]!) {
    const x = row[f]!;
    node = x <= threshold[node]! || (x !== x && missingLeft[node] === 1) ? left[node]! : right[node]!;
  }
  return node;
}

/**
 * @param row  one value per column in the forest's order, NaN where missing
 * @returns    share in [0, 1]
 * @throws {ForestError} FOREST_ROW_INVALID when the row has another length
 */
export function predictRow(forest: FlatForest, row: Float64Array): number {
  checkRowLength(forest.featureCount, row.length);
  const { treeStart, value } = forest;
  const trees = treeStart.length - 1;
  let sum = 0;
  for (let tree = 0; tree < trees; tree++) sum += value[leafOf(forest, treeStart[tree]!, row)]!;
  return sum / trees;
}

/** @throws {ForestError} FOREST_ROW_INVALID */
export function checkRowLength(expected: number, found: number): void {
  if (found === expected) return;
  throw rowError(`${expected} columns, found ${found}; use the feature set the forest was trained on`, { expected, found });
}

/** @throws {ForestError} FOREST_ROW_INVALID for another number of columns, or naming a column that is shorter than `rows` */
export function checkColumns(expected: number, columns: readonly Float64Array[], rows: number): void {
  checkRowLength(expected, columns.length);
  columns.forEach(({ length }, column) => {
    if (length >= rows) return;
    throw rowError(`column ${column} of ${rows} values, found ${length}; build the table again`, {
      column,
      expected: rows,
      found: length,
    });
  });
}

function rowError(expected: string, details: ErrorDetails): ForestError {
  return new ForestError('FOREST_ROW_INVALID', `expected ${expected}`, { details });
}
