/**
 * Matrix, attrition, metrics and comparison as danfo DataFrames.
 *
 * Choice  a missing number is NaN, never null: danfo's groupby takes null for 0
 * Choice  columns and their order are those of the exported table, so that a notebook works on either
 */
import { matrixTable, type FeatureMatrix } from '../features/index.ts';
import type { TableColumn } from '../warehouse/index.ts';
import type { DanfoFrame } from './data-frame.ts';
import { loadDanfo } from './load-danfo.ts';
import {
  attritionTable,
  comparisonTable,
  metricsTable,
  type AttritionLike,
  type ComparisonLike,
  type ValidationLike,
} from './result-tables.ts';

/** One of: a matrix with its ids and labels, the lines of an attrition, validations, a comparison, or columns as they are. */
export type DanfoSource =
  | { readonly matrix: FeatureMatrix }
  | { readonly attrition: readonly AttritionLike[] }
  | { readonly validations: readonly ValidationLike[] }
  | { readonly comparison: ComparisonLike }
  | { readonly table: readonly TableColumn[] };

/**
 * @throws {AnalystError} ANALYST_DANFO_MISSING
 * @example const frame = await toDanfo({ matrix: study.matrix })
 */
export async function toDanfo(source: DanfoSource): Promise<DanfoFrame> {
  const columns = columnsOfSource(source);
  const { DataFrame } = await loadDanfo();
  const rows = columns[0]?.values.length ?? 0;
  const names = columns.map(({ name }) => name);
  // Without rows danfo takes no columns, and no columns without their names.
  if (rows === 0) return new DataFrame([], { columns: names });
  return new DataFrame(Object.fromEntries(columns.map(({ name, values }) => [name, [...values]])));
}

function columnsOfSource(source: DanfoSource): readonly TableColumn[] {
  if ('matrix' in source) return matrixTable(source.matrix);
  if ('attrition' in source) return attritionTable(source.attrition);
  if ('validations' in source) return metricsTable(source.validations);
  if ('comparison' in source) return comparisonTable(source.comparison);
  return source.table;
}
