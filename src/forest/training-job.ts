/**
 * What every thread of a training run shares: the binned table and the few options a tree needs. Plain data on shared memory.
 */
import { binColumns } from './bins.ts';
import type { BinnedColumns } from './bins.ts';
import { numberGroups } from './bootstrap.ts';
import type { ResolvedForestOptions } from './options.ts';
import type { TrainingTable } from './training-table.ts';

export interface TrainingJob {
  readonly table: BinnedColumns;
  readonly outcome: Uint8Array;
  /** Case weight per row; undefined where all weigh 1, which is the faster path. */
  readonly weights: Float64Array | undefined;
  /** Group number per row; undefined where each row is its own. */
  readonly group: Int32Array | undefined;
  /** Units of the bootstrap draw; 0 where every tree sees all rows once. */
  readonly drawCount: number;
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
  const grouped = options.bootstrap === 'group' && table.groups !== undefined ? numberGroups(table.groups) : undefined;
  const outcome = new Uint8Array(new SharedArrayBuffer(table.rows));
  outcome.set(table.outcome);
  return {
    table: binColumns(table.columns, table.rows, options.maxBins),
    outcome,
    weights: shareWeights(table.weights),
    group: grouped?.group,
    drawCount: options.bootstrap === 'none' ? 0 : (grouped?.groupCount ?? table.rows),
    trees: options.trees,
    mtry: options.mtry,
    minLeafRows: options.minLeafRows,
    minLeafWeight: options.minLeafWeight ?? 0,
    maxDepth: options.maxDepth,
    seed: options.seed,
  };
}

function shareWeights(weights: Float64Array | undefined): Float64Array | undefined {
  if (weights === undefined || weights.every((weight) => weight === 1)) return undefined;
  const shared = new Float64Array(new SharedArrayBuffer(weights.length * 8));
  shared.set(weights);
  return shared;
}
