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

/** The same as can be told before anything is made of the table. */
export interface SamplingShape {
  readonly hasWeights: boolean;
  readonly hasGroups: boolean;
  /** Units of the bootstrap draw, at most. */
  readonly drawCount: number;
}

type Bootstrap = Pick<ResolvedForestOptions, 'bootstrap'>;

/** @param table  checked (./training-table.ts) */
export function samplingShape(table: TrainingTable, { bootstrap }: Bootstrap): SamplingShape {
  return {
    hasWeights: table.weights?.some((weight) => weight !== 1) === true,
    hasGroups: bootstrap === 'group' && table.groups !== undefined,
    drawCount: bootstrap === 'none' ? 0 : table.rows,
  };
}

/** @param table  checked (./training-table.ts) */
export function rowSampling(table: TrainingTable, options: Bootstrap): RowSampling {
  const { hasWeights, hasGroups, drawCount } = samplingShape(table, options);
  const grouped = hasGroups ? numberGroups(table.groups!) : undefined;
  return {
    weights: hasWeights ? table.weights : undefined,
    group: grouped?.group,
    drawCount: grouped?.groupCount ?? drawCount,
  };
}
