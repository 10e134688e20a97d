/**
 * What every thread of a training run shares: the binned table and the few options a tree needs. Plain data on shared memory.
 */
import { binColumns } from './bins.ts';
import type { BinnedColumns } from './bins.ts';
import type { ResolvedForestOptions } from './options.ts';
import { rowSampling } from './row-sampling.ts';
import type { RowSampling } from './row-sampling.ts';
import type { TrainingTable } from './training-table.ts';

/** Its weights are on shared memory too. */
export interface TrainingJob extends RowSampling {
  readonly table: BinnedColumns;
  readonly outcome: Uint8Array;
  readonly trees: number;
  readonly mtry: number;
  readonly minLeafRows: number;
  /** 0 where not bounded. */
  readonly minLeafWeight: number;
  readonly maxDepth: number;
  readonly seed: number;
}

/** @param table  checked (./training-table.ts); copied, not kept */
export function createTrainingJob(table: TrainingTable, options: ResolvedForestOptions): TrainingJob {
  const { weights, group, drawCount } = rowSampling(table, options);
  const outcome = new Uint8Array(new SharedArrayBuffer(table.rows));
  outcome.set(table.outcome);
  return {
    table: binColumns(table.columns, table.rows, options.maxBins),
    outcome,
    weights: weights === undefined ? undefined : shared(weights),
    group,
    drawCount,
    trees: options.trees,
    mtry: options.mtry,
    minLeafRows: options.minLeafRows,
    minLeafWeight: options.minLeafWeight ?? 0,
    maxDepth: options.maxDepth,
    seed: options.seed,
  };
}

function shared(weights: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(weights.length * 8));
  copy.set(weights);
  return copy;
}
