/**
 * The select tree of a view over parsed JSON: what ./select-compiler.ts is to SQL.
 *
 * In      select nodes with columns, forEach, forEachOrNull, unionAll, nested selects; how a column is written into a row
 * Out     a function that fills one row after the other, in the order of the SQL, and calls back at each
 * Choice  one array is filled in place and the caller copies it: siblings cross-join by each list calling the next for every row
 *         it writes, the first list outermost
 */
import { evaluatePath } from './path-evaluator.ts';
import { itemOf, withoutHoles, type EvaluatorScope, type PathValue } from './path-value.ts';
import type { ViewColumn, ViewSelect } from './view-definition.ts';

export type RowInProgress = unknown[];
/** Writes the cells of one column; undefined is the empty row of forEachOrNull. */
export type CellWriter = (value: unknown, row: RowInProgress) => void;
/** How the values of a column go into a row. */
export type WriterOf = (column: ViewColumn) => CellWriter;
/** Writes each row of a node into `row` and calls `next` at each. */
export type RowWriter = (frame: unknown, row: RowInProgress, next: () => void) => void;

type WriteSingle = (frame: unknown, row: RowInProgress) => void;
interface Parts {
  readonly singles: readonly WriteSingle[];
  readonly lists: readonly RowWriter[];
}

export function evaluateSelects(nodes: readonly ViewSelect[], scope: EvaluatorScope, writerOf: WriterOf): RowWriter {
  return rowsOf(concat(nodes.map((node) => evaluateSelect(node, scope.root, scope, writerOf))));
}

function evaluateSelect(node: ViewSelect, focus: PathValue, scope: EvaluatorScope, writerOf: WriterOf): Parts {
  const loop = node.forEach ?? node.forEachOrNull;
  if (loop === undefined) return evaluateBody(node, focus, scope, writerOf);
  const over = withoutHoles(evaluatePath(loop, focus, scope));
  // The resource itself stays the resource: a path may start with its type.
  const each = rowsOf(evaluateBody(node, over === scope.root ? over : itemOf(over), scope, writerOf));
  const writeNulls = node.forEach === undefined ? columnsOf(node).map(writerOf) : null;
  const list: RowWriter = (frame, row, next) => {
    const value = over.read(frame);
    const items = over.isMany ? (value as readonly unknown[]) : value === null ? [] : [value];
    for (const item of items) each(item, row, next);
    if (items.length > 0 || writeNulls === null) return;
    for (const write of writeNulls) write(undefined, row);
    next();
  };
  return { singles: [], lists: [list] };
}

function evaluateBody(node: ViewSelect, focus: PathValue, scope: EvaluatorScope, writerOf: WriterOf): Parts {
  const columns = (node.column ?? []).map((column) => evaluateColumn(column, focus, scope, writerOf(column)));
  const children = (node.select ?? []).map((child) => evaluateSelect(child, focus, scope, writerOf));
  const parts = concat([{ singles: columns, lists: [] }, ...children]);
  if (node.unionAll === undefined) return parts;
  const branches = node.unionAll.map((branch) => rowsOf(evaluateSelect(branch, focus, scope, writerOf)));
  const union: RowWriter = (frame, row, next) => {
    for (const branch of branches) branch(frame, row, next);
  };
  return { singles: parts.singles, lists: [...parts.lists, union] };
}

function evaluateColumn(column: ViewColumn, focus: PathValue, scope: EvaluatorScope, write: CellWriter): WriteSingle {
  const value = withoutHoles(evaluatePath(column.path, focus, scope));
  const { read } = value;
  if (column.collection === true) {
    if (value.isMany) return (frame, row) => write(read(frame), row);
    return (frame, row) => {
      const item = read(frame);
      write(item === null ? [] : [item], row);
    };
  }
  if (value.type !== 'decimal') return (frame, row) => write(read(frame), row);
  // JSON can spell numbers no double holds (1e400); what is not finite is not a measurement.
  return (frame, row) => {
    const number = read(frame);
    write(Number.isFinite(number) ? number : null, row);
  };
}

function concat(parts: readonly Parts[]): Parts {
  return { singles: parts.flatMap((part) => part.singles), lists: parts.flatMap((part) => part.lists) };
}

function rowsOf({ singles, lists }: Parts): RowWriter {
  const last = lists.length - 1;
  const from = (i: number, frame: unknown, row: RowInProgress, next: () => void): void => {
    if (i === last) lists[i]!(frame, row, next);
    else lists[i]!(frame, row, () => from(i + 1, frame, row, next));
  };
  return (frame, row, next) => {
    for (const write of singles) write(frame, row);
    if (last < 0) next();
    else from(0, frame, row, next);
  };
}

function columnsOf(node: ViewSelect): ViewColumn[] {
  const below = [...(node.select ?? []), ...(node.unionAll?.slice(0, 1) ?? [])];
  return [...(node.column ?? []), ...below.flatMap(columnsOf)];
}
