/**
 * What an engine of the histogram forest is given beside table and options, and what it returns.
 */
import type { OnProgress } from '../util/progress.ts';
import type { FlatForest } from './flat-forest.ts';
import type { ResolvedForestOptions } from './options.ts';
import type { TrainingTable } from './training-table.ts';

export interface EngineRun {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
  /** Most bytes to take beyond the table. */
  readonly maxMemoryBytes: number;
  /** Entry of its threads, where not its own. */
  readonly workerEntry?: URL;
}

export interface GrownForest {
  readonly forest: FlatForest;
  /** See TrainedForest (./train.ts). */
  readonly outOfBag: Float64Array;
}

/** @param table  checked (./training-table.ts) */
export type Grow = (table: TrainingTable, options: ResolvedForestOptions, run: EngineRun) => Promise<GrownForest>;
