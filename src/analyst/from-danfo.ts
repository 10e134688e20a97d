/**
 * A DataFrame that a user made, as a table to train on.
 *
 * In      a DataFrame, and what its columns are for
 * Out     a checked table: what `trainForest` takes, with names and ids beside it
 * Choice  a column of numbers or booleans (1 and 0) is one of numbers, with NaN where a cell is empty; a Date is its instant; any other is text, and
 *         refused by name where it is to be a feature
 */
import { ownTable, type OwnTable, type TableRoles } from '../training/index.ts';
import type { TableColumn } from '../warehouse/index.ts';
import type { DataFrameLike } from './data-frame.ts';

/**
 * @throws {AnalystError} MATRIX_*, see ownTable
 * @example const table = fromDanfo(frame, { label: 'readmitted', groups: 'patient_id', features: 'age_years,stay_days' })
 */
export function fromDanfo(frame: DataFrameLike, roles: TableRoles): OwnTable {
  return ownTable(frameColumns(frame), roles);
}

/** The columns of a DataFrame, in their order. */
export function frameColumns({ columns, values }: DataFrameLike): TableColumn[] {
  return columns.map((name, c) => {
    const cells = values.map((row) => (Array.isArray(row) ? (row[c] as unknown) : row));
    return { name, values: cells.every(isNumeric) ? Float64Array.from(cells, numberOf) : cells.map(textOf) };
  });
}

function isNumeric(cell: unknown): boolean {
  return cell === null || cell === undefined || ['number', 'boolean', 'bigint'].includes(typeof cell);
}

function numberOf(cell: unknown): number {
  return cell === null || cell === undefined ? Number.NaN : Number(cell);
}

function textOf(cell: unknown): string | null {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return null;
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell.toISOString();
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell as string | number | boolean);
}
