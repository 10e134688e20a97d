/**
 * Scores of a DataFrame: the model asked about every row, columns found by their names.
 */
import type { RiskModel } from '../model/index.ts';
import { scoreColumns } from '../training/index.ts';
import type { DanfoFrame, DataFrameLike } from './data-frame.ts';
import { frameColumns } from './from-danfo.ts';
import { toDanfo } from './to-danfo.ts';

/** @throws {AnalystError} ANALYST_DANFO_MISSING, and as scoreColumns */
export async function scoreTable(
  model: RiskModel,
  frame: DataFrameLike,
  options: { readonly id?: string; readonly keep?: readonly string[] } = {},
): Promise<DanfoFrame> {
  return toDanfo({ table: scoreColumns(model, frameColumns(frame), options) });
}
