/**
 * What a tree's sample is drawn from: weights, groups and the number of units, as table and options come to together.
 */
import { numberGroups } from './bootstrap.ts';
import type { ResolvedForestOptions } from './options.ts';
import type { TrainingTable } from './training-table.ts';

export interface RowSampling {
  /** Case weight per row, the table's own; undefined where all weigh 1, which is the faster path. */
  readonly weights: Float64Array | undefined;
  /** Group number per row, on shared memory; undefined where each row is its own. */
  readonly group: Int32Array | undefined;
  /** Units of the bootstrap draw; 0 where every tree sees all rows once. */
  readonly drawCount: number;
}

/** @param table  checked (./training-table.ts) */
export function rowSampling(table: TrainingTable, { bootstrap }: Pick<ResolvedForestOptions, 'bootstrap'>): RowSampling {
  const grouped = bootstrap === 'group' && table.groups !== undefined ? numberGroups(table.groups) : undefined;
  return {
    weights: table.weights?.some((weight) => weight !== 1) === true ? table.weights : undefined,
    group: grouped?.group,
    drawCount: bootstrap === 'none' ? 0 : (grouped?.groupCount ?? table.rows),
  };
}
