/**
 * Training on a DataFrame that a user made, with the same evidence as `readmission train --matrix`.
 */
import {
  ownTable,
  tableStudy,
  trainModel,
  type TableOrigin,
  type TableRoles,
  type TrainedModel,
  type TrainOptions,
} from '../training/index.ts';
import { sha256 } from '../util/sha256.ts';
import type { TableColumn } from '../warehouse/index.ts';
import type { DataFrameLike } from './data-frame.ts';
import { frameColumns } from './from-danfo.ts';

export interface TrainTableOptions
  extends
    Omit<TrainOptions, 'name' | 'seed' | 'truth'>,
    Partial<Pick<TrainOptions, 'name' | 'seed'>>,
    Pick<TableOrigin, 'horizonDays'> {
  /** Whether the patients are made up; default false. */
  readonly synthetic?: boolean;
}

/**
 * A model with its evidence and card, ready for writeModelFolder.
 *
 * @throws {AnalystError} MATRIX_*; {ForestError} FOREST_ONE_CLASS, FOREST_OPTIONS_INVALID
 */
export async function trainTable(frame: DataFrameLike, roles: TableRoles, options: TrainTableOptions): Promise<TrainedModel> {
  const { name = 'table', seed = 1, synthetic = false, horizonDays, ...training } = options;
  const columns = frameColumns(frame);
  const table = ownTable(columns, roles);
  const origin = { name: `DataFrame ${name}`, sha256: columnsHash(columns), synthetic };
  return trainModel(tableStudy(table, horizonDays === undefined ? origin : { ...origin, horizonDays }), {
    ...training,
    name,
    seed,
  });
}

/** Equal columns give equal hashes; in the place of a file's. */
function columnsHash(columns: readonly TableColumn[]): string {
  return sha256(
    columns
      .map(({ name, values }) =>
        values instanceof Float64Array
          ? `${JSON.stringify(name)} ${sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}`
          : `${JSON.stringify(name)} ${sha256(JSON.stringify(values))}`,
      )
      .join('\n'),
  );
}
