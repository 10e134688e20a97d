/**
 * Training: a table in, a forest and its out-of-bag outputs out.
 *
 * Choice  one random stream per tree and exact sums: equal table, options and seed give equal bytes for any number of workers
 * Choice  the table is copied into bins before the first tree; what was given is never changed
 */
import { CancelledError } from '../errors.ts';
import { silent } from '../util/progress.ts';
import type { OnProgress } from '../util/progress.ts';
import { chooseEngine } from './engine-choice.ts';
import type { FlatForest } from './flat-forest.ts';
import { trainMlRandomForest } from './ml-random-forest.ts';
import { resolveForestOptions } from './options.ts';
import type { ForestOptions, ResolvedForestOptions } from './options.ts';
import { availableBytes } from './training-memory.ts';
import { checkTrainingTable } from './training-table.ts';
import type { TrainingTable } from './training-table.ts';

export interface TrainedForest {
  readonly forest: FlatForest;
  /**
   * Per training row the mean leaf value over the trees whose sample did not hold the row (its whole group, when groups are drawn);
   * NaN where every tree held it, and everywhere when nothing is drawn or the engine does not tell.
   */
  readonly outOfBag: Float64Array;
  /** What was in force: defaults filled in, and bootstrap "row" where "group" was asked of a table without groups. */
  readonly options: ResolvedForestOptions;
}

export interface TrainingRun {
  readonly signal?: AbortSignal;
  /** Told the number of finished trees. */
  readonly onProgress?: OnProgress;
  /**
   * Which of two forms of the histogram engine runs. They grow the same forest, to the bit, so this is no option of the model.
   *
   * "wasm"        WebAssembly with SIMD on memory shared by the threads, at most 4 GiB
   * "typescript"  plain TypeScript, in several times the time
   * "auto"        the default: "wasm" where the system has it, else "typescript", and onNotice is told
   */
  readonly runtime?: 'auto' | 'wasm' | 'typescript';
  /** Told in a sentence what a person may want to know of the run. */
  readonly onNotice?: (text: string) => void;
  /**
   * Most bytes the histogram engine may take beyond the table, the forest included; what the system has for this process where not given. A training
   * that would take more ends with FOREST_MEMORY before it does.
   */
  readonly maxMemoryBytes?: number;
}

/**
 * @param table    columns, outcomes, and optionally groups and weights (./training-table.ts); not changed
 * @param options  any subset (./options.ts)
 * @throws {ForestError} FOREST_OPTIONS_INVALID, FOREST_NO_ROWS, FOREST_TABLE_INVALID, FOREST_VALUE_INFINITE, FOREST_ONE_CLASS,
 *         FOREST_MEMORY, FOREST_RUNTIME, FOREST_WORKER_FAILED, FOREST_ENGINE_LIMIT
 * @throws {CancelledError} when the signal is raised
 */
export async function trainForest(
  table: TrainingTable,
  options: Partial<ForestOptions> = {},
  run: TrainingRun = {},
): Promise<TrainedForest> {
  checkTrainingTable(table);
  const resolved = withoutAbsentGroups(resolveForestOptions(options, table.featureCount), table);
  if (run.signal?.aborted === true) throw new CancelledError('training');
  if (resolved.engine === 'ml-random-forest') return trainMlRandomForest(table, resolved, run);
  const { onProgress = silent, signal, maxMemoryBytes = availableBytes() } = run;
  const grown = await chooseEngine(run)(table, resolved, { onProgress, signal, maxMemoryBytes });
  return { ...grown, options: resolved };
}

function withoutAbsentGroups(options: ResolvedForestOptions, table: TrainingTable): ResolvedForestOptions {
  return options.bootstrap === 'group' && table.groups === undefined ? { ...options, bootstrap: 'row' } : options;
}
