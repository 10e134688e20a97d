/**
 * What an engine of the histogram forest is given beside table and options, and what it returns.
 */
import type { OnProgress } from '../util/progress.ts';
import type { FlatForest } from './flat-forest.ts';

export interface EngineRun {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
  /** Entry of its threads, where not its own. */
  readonly workerEntry?: URL;
}

export interface GrownForest {
  readonly forest: FlatForest;
  /** See TrainedForest (./train.ts). */
  readonly outOfBag: Float64Array;
}
