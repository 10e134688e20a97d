/**
 * A ViewDefinition over parsed resources, without a database: the rows of the SQL, for one patient at a time.
 *
 * In      a checked ViewDefinition; one resource, JSON-parsed
 * Out     its rows: those of CompiledView.select (evaluateView), or those of flatTableSql (createFlattener)
 * Why     planning-free execution of wide nested SQL costs milliseconds however few the resources; functions made once from the
 *         same parsed paths cost microseconds
 * Choice  the view is compiled to SQL first. So what the compiler refuses is refused here with the same error, and columns, types
 *         and the structure that is read come from it
 * Choice  a value of another shape is read as ./json-shape.ts says and never throws
 */
import { ViewError } from '../errors.ts';
import { compileView, type CompiledView } from './compile-view.ts';
import { timeParts } from './fhir-time.ts';
import { readObject } from './json-shape.ts';
import { evaluatePath } from './path-evaluator.ts';
import { frame, single, type EvaluatorScope, type PathValue } from './path-value.ts';
import { evaluateSelects, type CellWriter } from './row-evaluator.ts';
import type { CompiledColumn } from './select-compiler.ts';
import { timeColumns } from './time-sql.ts';
import type { ViewConstant, ViewDefinition } from './view-definition.ts';

export type FlatColumnType = 'VARCHAR' | 'DOUBLE' | 'BOOLEAN' | 'BIGINT' | 'INTEGER' | 'TINYINT';
export interface FlatColumn {
  readonly name: string;
  /** DuckDB type. */
  readonly type: FlatColumnType;
}
/** Cells in the order of the columns; every number is whole but those of DOUBLE columns. */
export type FlatRow = (string | number | boolean | null)[];

export interface Flattener {
  /** Name of the view and its table. */
  readonly name: string;
  readonly resource: string;
  /** Columns of flatTableSql's result: same names, order and types. */
  readonly columns: readonly FlatColumn[];
  /**
   * Rows of the flat table that one resource gives, in the order of the SQL; none for a resource of another type.
   *
   * @param resource  parsed JSON; never changed, never kept, never a reason to throw
   */
  rows(resource: unknown): FlatRow[];
}

/**
 * The flat table of a view, resource by resource: each time column `x` as x_ms, x_latest_ms, x_ymd, x_precision.
 *
 * @throws {ViewError} as compileView; VIEW_UNSUPPORTED for a column with `collection`, whose cells are lists
 * @example createFlattener(readViews()[3]!).rows(observation) // one array per coding, in the order of `columns`
 */
export function createFlattener(view: ViewDefinition): Flattener {
  const compiled = compileView(view);
  const times = new Set(timeColumns(compiled));
  const list = compiled.columns.find((column) => column.isCollection);
  if (list !== undefined) {
    throw new ViewError(
      'VIEW_UNSUPPORTED',
      `view ${view.name}: the collection column ${list.name} in a flattener, whose cells are single values; use forEach`,
    );
  }
  const columns = compiled.columns.flatMap(({ name, sqlType }): FlatColumn[] =>
    times.has(name)
      ? [
          { name: `${name}_ms`, type: 'BIGINT' },
          { name: `${name}_latest_ms`, type: 'BIGINT' },
          { name: `${name}_ymd`, type: 'INTEGER' },
          { name: `${name}_precision`, type: 'TINYINT' },
        ]
      : [{ name, type: sqlType as FlatColumnType }],
  );
  const slots = new Map(columns.map((column, i) => [column.name, i]));
  const rows = rowsOf(view, compiled, columns.length, (name) =>
    times.has(name) ? writeTime(slots.get(`${name}_ms`)!) : writeCell(slots.get(name)!),
  );
  return { name: view.name, resource: view.resource, columns, rows: rows as Flattener['rows'] };
}

/** The view itself, resource by resource: times as texts, collections as arrays. */
export interface EvaluatedView {
  readonly columns: readonly CompiledColumn[];
  rows(resource: unknown): unknown[][];
}

/** @throws {ViewError} as compileView */
export function evaluateView(view: ViewDefinition): EvaluatedView {
  const compiled = compileView(view);
  const slots = new Map(compiled.columns.map((column, i) => [column.name, i]));
  return {
    columns: compiled.columns,
    rows: rowsOf(view, compiled, compiled.columns.length, (name) => writeCell(slots.get(name)!)),
  };
}

function rowsOf(
  view: ViewDefinition,
  compiled: CompiledView,
  width: number,
  writerOf: (name: string) => CellWriter,
): (resource: unknown) => unknown[][] {
  const structure: unknown = JSON.parse(compiled.jsonStructure);
  const root: PathValue = { ...single(frame, view.resource), structure };
  const constants = new Map((view.constant ?? []).map((constant) => [constant.name, constantValue(constant)]));
  const reading: EvaluatorScope['reading'] = { resource: null };
  const scope: EvaluatorScope = { resource: view.resource, root, constants, reading };
  const conditions = (view.where ?? []).map(({ path }) => evaluatePath(path, root, scope).read);
  const write = evaluateSelects(view.select, scope, ({ name }) => writerOf(name));
  return (json) => {
    const resource = readObject(json);
    if (resource === null || resource['resourceType'] !== view.resource) return [];
    reading.resource = resource;
    const rows: unknown[][] = [];
    if (conditions.every((condition) => condition(resource) === true)) {
      const row: unknown[] = new Array<unknown>(width).fill(null);
      write(resource, row, () => rows.push(row.slice()));
    }
    reading.resource = null;
    return rows;
  };
}

function writeCell(slot: number): CellWriter {
  return (value, row) => {
    row[slot] = value ?? null;
  };
}

function writeTime(slot: number): CellWriter {
  return (value, row) => {
    const parts = timeParts((value ?? null) as string | null);
    row[slot] = parts.ms;
    row[slot + 1] = parts.latestMs;
    row[slot + 2] = parts.ymd;
    row[slot + 3] = parts.precision;
  };
}

function constantValue(constant: ViewConstant): PathValue {
  const [key, value] = Object.entries(constant).find(([k, v]) => k !== 'name' && v !== undefined) ?? ['value', null];
  const type = key.slice('value'.length);
  return single(() => value, type.charAt(0).toLowerCase() + type.slice(1));
}
