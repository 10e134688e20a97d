/**
 * Risks for a table: the model asked about every row, columns found by their names.
 *
 * In      a model of a table or of FHIR records; columns of numbers by the names of its features, in any order, with others between them
 * Out     risk, its interval where the model keeps one, band, forest output, how many features were missing or outside the range of training
 * Choice  a feature of the model without a column is an error: a model that was never told its values would answer as if they were missing
 * Choice  rows are not asked whether they are eligible: whoever made the table has decided that
 */
import { AnalystError } from '../errors.ts';
import { predictColumns } from '../forest/index.ts';
import { bandOf, type RiskModel } from '../model/index.ts';
import { didYouMean } from '../util/nearest-name.ts';
import type { TableColumn } from '../warehouse/index.ts';
import { intervalsOf, risksOf } from './model-risks.ts';
import { columnsByName, requireColumn } from './own-table.ts';
import { featureNameOf } from './table-features.ts';
import { nameList, requireNumbers } from './table-numbers.ts';

/**
 * @param options.id    column that names the rows, as "id" before the risk; default their numbers
 * @param options.keep  columns written as they are in the place of "id"
 * @throws {AnalystError} MATRIX_COLUMN_MISSING naming every feature without a column, MATRIX_COLUMN_TWICE, MATRIX_FEATURE_TEXT,
 *         MATRIX_FEATURE_INFINITE, MATRIX_NAME_CLASH
 */
export function scoreColumns(
  model: RiskModel,
  columns: readonly TableColumn[],
  options: { readonly id?: string; readonly keep?: readonly string[] } = {},
): TableColumn[] {
  const features = featureColumns(model, columns);
  const rows = columns[0]?.values.length ?? 0;
  return [...leading(columns, rows, options), ...scoreRows(model, features, 0, rows)];
}

/** The table's columns in the order of the model's features. @throws as scoreColumns */
export function featureColumns({ header }: RiskModel, columns: readonly TableColumn[]): Float64Array[] {
  // A column is found by its own name, or by the name that training gave it.
  const byName = new Map([...columns.map((column) => [featureNameOf(column.name), column] as const), ...columnsByName(columns)]);
  const missing = header.features.map(({ name }) => name).filter((name) => !byName.has(name));
  if (missing.length > 0) {
    throw new AnalystError(
      'MATRIX_COLUMN_MISSING',
      `expected a column for each of the ${header.features.length} features of model "${header.name}", found none for ${nameList(missing)}` +
        (missing.length === 1 ? didYouMean(missing[0] as string, byName.keys()) : '') +
        '; name the columns as the model does, an empty cell is a missing value',
      { details: { columns: missing } },
    );
  }
  return requireNumbers(header.features.map(({ name }) => byName.get(name) as TableColumn));
}

/** Answers for the rows from `start` up to, not including, `end`. */
export function scoreRows(model: RiskModel, features: readonly Float64Array[], start: number, end: number): TableColumn[] {
  const { header, forest } = model;
  const part = features.map((column) => column.subarray(start, end));
  const output = predictColumns(forest, part, end - start);
  const risk = risksOf(model, output);
  const intervals = intervalsOf(model, output);
  const { missing, outside } = countedFeatures(header, part, end - start);
  return [
    { name: 'risk', values: risk },
    ...(intervals === null
      ? []
      : [
          { name: 'risk_low', values: intervals.low },
          { name: 'risk_high', values: intervals.high },
        ]),
    { name: 'band', values: Array.from(risk, (value) => bandOf(header, value)) },
    { name: 'forest_output', values: output },
    { name: 'missing', values: missing },
    { name: 'out_of_training_range', values: outside },
  ];
}

/**
 * What stands before the risk.
 *
 * @throws {AnalystError} MATRIX_COLUMN_MISSING; MATRIX_NAME_CLASH for a column that has the name of an answer
 */
export function leading(
  columns: readonly TableColumn[],
  rows: number,
  { id, keep = [] }: { readonly id?: string; readonly keep?: readonly string[] },
): TableColumn[] {
  const byName = columnsByName(columns);
  if (keep.length === 0) {
    const values =
      id === undefined ? Array.from({ length: rows }, (_, row) => `row-${row + 1}`) : requireColumn(byName, id).values;
    return [{ name: 'id', values }];
  }
  const taken = keep.find((name) => answerNames.has(name));
  if (taken === undefined) return keep.map((name) => requireColumn(byName, name));
  throw new AnalystError(
    'MATRIX_NAME_CLASH',
    `column "${taken}": expected a name other than those of the answer (${[...answerNames].join(', ')}); rename it, or do not keep it`,
  );
}

const answerNames: ReadonlySet<string> = new Set([
  'risk',
  'risk_low',
  'risk_high',
  'band',
  'forest_output',
  'missing',
  'out_of_training_range',
]);

function countedFeatures(
  { features }: RiskModel['header'],
  columns: readonly Float64Array[],
  rows: number,
): { missing: Float64Array; outside: Float64Array } {
  const [missing, outside] = [new Float64Array(rows), new Float64Array(rows)];
  for (const [c, { min, max }] of features.entries()) {
    const column = columns[c] as Float64Array;
    for (let row = 0; row < rows; row += 1) {
      const value = column[row] as number;
      if (Number.isNaN(value)) missing[row]! += 1;
      else if (min === null || max === null || value < min || value > max) outside[row]! += 1;
    }
  }
  return { missing, outside };
}
