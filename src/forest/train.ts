/**
 * Training: a table in, a forest and its out-of-bag outputs out.
 *
 * Choice  one random stream per tree and exact sums: equal table, options and seed give equal bytes for any number of workers
 * Choice  the table is copied into bins before the first tree; what was given is never changed
 */
import { CancelledError, ForestError } from '../errors.ts';
import { silent } from '../util/progress.ts';
import type { OnProgress } from '../util/progress.ts';
import { assembleForest } from './assemble.ts';
import type { FlatForest } from './flat-forest.ts';
import type { GrownShare } from './grow-trees.ts';
import { growInProcess } from './in-process.ts';
import { trainMlRandomForest } from './ml-random-forest.ts';
import { resolveForestOptions } from './options.ts';
import type { ForestOptions, ResolvedForestOptions } from './options.ts';
import { createOutOfBagSums, mergeOutOfBag, outOfBagMean } from './out-of-bag.ts';
import type { GrownTree } from './tree-grower.ts';
import { growInThreads } from './thread-pool.ts';
import { createTrainingJob } from './training-job.ts';
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
}

/** Rows times trees below which threads cost more than they save (about 0.1 s of work). */
const threadsPayFrom = 250_000;

/**
 * @param table    columns, outcomes, and optionally groups and weights (./training-table.ts); not changed
 * @param options  any subset (./options.ts)
 * @throws {ForestError} FOREST_OPTIONS_INVALID, FOREST_NO_ROWS, FOREST_TABLE_INVALID, FOREST_VALUE_INFINITE, FOREST_ONE_CLASS,
 *         FOREST_WORKER_FAILED, FOREST_ENGINE_LIMIT
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
  const job = createTrainingJob(table, resolved);
  const onProgress = run.onProgress ?? silent;
  const workers = table.rows * resolved.trees < threadsPayFrom ? 1 : Math.min(resolved.workers, resolved.trees);
  const shares =
    workers === 1
      ? await growInProcess(job, onProgress, run.signal)
      : await growInThreads(job, { workers, onProgress, signal: run.signal });
  const outOfBag = createOutOfBagSums(table.rows);
  for (const share of shares) mergeOutOfBag(outOfBag, share.outOfBag);
  return {
    forest: assembleForest(inOrder(shares, job.trees), job.table),
    outOfBag: outOfBagMean(outOfBag),
    options: resolved,
  };
}

function withoutAbsentGroups(options: ResolvedForestOptions, table: TrainingTable): ResolvedForestOptions {
  return options.bootstrap === 'group' && table.groups === undefined ? { ...options, bootstrap: 'row' } : options;
}

function inOrder(shares: readonly GrownShare[], count: number): GrownTree[] {
  const trees = new Array<GrownTree | undefined>(count);
  for (const share of shares) share.numbers.forEach((number, i) => (trees[number] = share.trees[i]));
  return trees.map((tree, number) => {
    if (tree !== undefined) return tree;
    throw new ForestError('FOREST_WORKER_FAILED', `expected ${count} trees, tree ${number} is missing; train again`, {
      details: { tree: number },
    });
  });
}
