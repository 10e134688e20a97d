/**
 * Scores of a DataFrame: the model asked about every row, columns found by their names.
 *
 * Out     id, risk, band, forest_output, and how many features were missing or outside the range of training
 * Choice  a feature of the model without a column is an error: a model that was never told its values would answer as if they were missing
 */
import { createPredictor } from '../forest/index.ts';
import { applyCalibration, bandOf, type RiskModel } from '../model/index.ts';
import { columnsByName, featureNameOf, requireColumn, requireNumbers } from '../training/index.ts';
import type { TableColumn } from '../warehouse/index.ts';
import type { DanfoFrame, DataFrameLike } from './data-frame.ts';
import { frameColumns } from './from-danfo.ts';
import { toDanfo } from './to-danfo.ts';

/** @throws {AnalystError} ANALYST_DANFO_MISSING, and as scoreColumns */
export async function scoreTable(
  model: RiskModel,
  frame: DataFrameLike,
  options: { readonly id?: string } = {},
): Promise<DanfoFrame> {
  return toDanfo({ table: scoreColumns(model, frameColumns(frame), options) });
}

/**
 * @param options.id  column that names the rows; default their numbers
 * @throws {AnalystError} MATRIX_COLUMN_MISSING, MATRIX_COLUMN_TWICE, MATRIX_FEATURE_TEXT, MATRIX_FEATURE_INFINITE; naming the column
 */
export function scoreColumns(
  { header, forest }: RiskModel,
  columns: readonly TableColumn[],
  { id }: { readonly id?: string } = {},
): TableColumn[] {
  const given = columnsByName(columns);
  // A column is found by its own name, or by the name that training gave it.
  const byName = new Map([...columns.map((column) => [featureNameOf(column.name), column] as const), ...given]);
  const features = header.features.map(({ name }) => requireNumbers(requireColumn(byName, name)));
  const rows = columns[0]?.values.length ?? 0;
  const { predict } = createPredictor(forest);
  const values = new Float64Array(features.length);
  const scored = Array.from({ length: rows }, (_, row) => {
    features.forEach((column, c) => (values[c] = column[row] as number));
    const output = predict(values);
    const risk = applyCalibration(header.calibration, output);
    return { output, risk, ...counted(values, header) };
  });
  const numbers = (of: (row: (typeof scored)[number]) => number): Float64Array => Float64Array.from(scored, of);
  return [
    { name: 'id', values: id === undefined ? scored.map((_, row) => `row-${row + 1}`) : requireColumn(given, id).values },
    { name: 'risk', values: numbers(({ risk }) => risk) },
    { name: 'band', values: scored.map(({ risk }) => bandOf(header, risk)) },
    { name: 'forest_output', values: numbers(({ output }) => output) },
    { name: 'missing', values: numbers(({ missing }) => missing) },
    { name: 'out_of_training_range', values: numbers(({ outside }) => outside) },
  ];
}

function counted(values: Float64Array, { features }: RiskModel['header']): { missing: number; outside: number } {
  let [missing, outside] = [0, 0];
  for (const [c, { min, max }] of features.entries()) {
    const value = values[c] as number;
    if (Number.isNaN(value)) missing += 1;
    else if (min === null || max === null || value < min || value > max) outside += 1;
  }
  return { missing, outside };
}
