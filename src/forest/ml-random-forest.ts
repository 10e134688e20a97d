/**
 * Engine "ml-random-forest": each tree is grown by the npm package of that name and rewritten into the flat format, so that it is served,
 * explained and compared like any other.
 *
 * Limits  at most 5000 rows (its time grows with the square of the rows); no case weights; mtry columns are drawn once per tree, not per
 *         node; minLeafRows bounds the node that is split, a leaf may be smaller; maxBins and workers are not used
 * Choice  the sample is drawn here and the package sees one tree's rows at a time: its own bagging knows no groups, and its out-of-bag
 *         collection fails on a row that every tree saw. So bootstrap, groups and out-of-bag mean the same as for the other engine
 * Choice  it takes no missing values: they become a value below the column's smallest, so they are smaller than any cut; in the flat form
 *         they go left everywhere
 * Choice  gainThreshold is 0: its default of 0.01 stops at once on a rare outcome. Values and covers are counted by sending the tree's
 *         own rows down the converted tree; the package's predictProbability, which leaves out the first tree's vote, is not used
 */
import { RandomForestClassifier } from 'ml-random-forest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError, ForestError } from '../errors.ts';
import { silent } from '../util/progress.ts';
import { randomStream } from '../util/random.ts';
import { drawWithReplacement, numberGroups } from './bootstrap.ts';
import { convertCart } from './cart-conversion.ts';
import type { CartNode, CartTree } from './cart-conversion.ts';
import { joinTrees } from './assemble.ts';
import { createOutOfBagSums, outOfBagMean } from './out-of-bag.ts';
import type { ResolvedForestOptions } from './options.ts';
import { leafOf } from './walk.ts';
import type { TrainedForest, TrainingRun } from './train.ts';
import type { TrainingTable } from './training-table.ts';

export const mlRandomForestRowLimit = 5000;
const largestValue = 1e150;

/** The package's tree and the sample it was grown on. */
export interface MlTree {
  readonly model: RandomForestClassifier;
  readonly tree: CartTree;
  /** How often each table row is in the sample. */
  readonly times: Int32Array;
}

/**
 * @param table  checked (./training-table.ts); not changed
 * @throws {ForestError} FOREST_ENGINE_LIMIT for too many rows, case weights, or values beyond 1e150
 * @throws {CancelledError} when the signal is raised
 */
export async function trainMlRandomForest(
  table: TrainingTable,
  options: ResolvedForestOptions,
  run: TrainingRun,
): Promise<TrainedForest> {
  checkLimits(table);
  const matrix = filledRows(table);
  const groups = options.bootstrap === 'group' && table.groups !== undefined ? numberGroups(table.groups) : undefined;
  const onProgress = run.onProgress ?? silent;
  const sums = createOutOfBagSums(table.rows);
  const trees: CartTree[] = [];
  for (let number = 0; number < options.trees; number++) {
    const { tree, times } = growMlTree(matrix, table.outcome, options, number, groups);
    trees.push(tree);
    addOutside(sums, tree, table, times);
    onProgress({ task: 'trees', done: number + 1, total: options.trees });
    await nextTurn();
    if (run.signal?.aborted === true) throw new CancelledError('training');
  }
  return { forest: joinTrees(trees, table.featureCount), outOfBag: outOfBagMean(sums), options };
}

/**
 * Grows tree `number` with the package.
 *
 * @param matrix  one array per row, without NaN (filledRows)
 */
export function growMlTree(
  matrix: readonly number[][],
  outcome: Uint8Array,
  options: ResolvedForestOptions,
  number: number,
  groups?: { group: Int32Array; groupCount: number },
): MlTree {
  const random = randomStream(options.seed, number);
  const times = drawTimes(matrix.length, options.bootstrap, groups, random);
  const sample: number[] = [];
  times.forEach((count, row) => {
    for (let i = 0; i < count; i++) sample.push(row);
  });
  const columns = matrix[0]!.length;
  const model = new RandomForestClassifier({
    nEstimators: 1,
    useSampleBagging: false,
    noOOB: true,
    replacement: false,
    // The package reads 1 as "all columns"; a share that floors to one column says one.
    maxFeatures: options.mtry === 1 ? 1.5 / Math.max(columns, 1.5) : options.mtry,
    seed: random.uint32() | 0,
    treeOptions: { gainThreshold: 0, minNumSamples: 2 * options.minLeafRows - 1, maxDepth: options.maxDepth },
  });
  model.train(
    sample.map((row) => matrix[row]!),
    sample.map((row) => outcome[row]!),
  );
  const { root } = model.estimators![0] as unknown as { root: CartNode };
  return { model, tree: convertCart(root, model.indexes![0]!, matrix, outcome, times), times };
}

/** Row-major copy with missing values put below the column's range. */
export function filledRows(table: TrainingTable): number[][] {
  const fill = table.columns.map(belowRange);
  return Array.from({ length: table.rows }, (_, row) =>
    table.columns.map((column, feature) => {
      const x = column[row]!;
      return x === x ? x : fill[feature]!;
    }),
  );
}

function belowRange(column: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (const x of column) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low > high ? 0 : low - Math.max(1, Math.abs(low), high - low);
}

function drawTimes(
  rows: number,
  bootstrap: ResolvedForestOptions['bootstrap'],
  groups: { group: Int32Array; groupCount: number } | undefined,
  random: ReturnType<typeof randomStream>,
): Int32Array {
  if (bootstrap === 'none') return new Int32Array(rows).fill(1);
  const drawn = new Int32Array(groups?.groupCount ?? rows);
  drawWithReplacement(random, drawn);
  return groups === undefined ? drawn : groups.group.map((group) => drawn[group]!);
}

function addOutside(sums: ReturnType<typeof createOutOfBagSums>, tree: CartTree, table: TrainingTable, times: Int32Array): void {
  const row = new Float64Array(table.featureCount);
  for (let r = 0; r < table.rows; r++) {
    if (times[r] !== 0) continue;
    table.columns.forEach((column, feature) => (row[feature] = column[r]!));
    sums.sum[r]! += tree.value[leafOf(tree, 0, row)]!;
    sums.trees[r]! += 1;
  }
}

function checkLimits(table: TrainingTable): void {
  const limit = (what: string, details: Record<string, number>): ForestError =>
    new ForestError('FOREST_ENGINE_LIMIT', `engine ml-random-forest: ${what}; use the histogram engine`, { details });
  if (table.rows > mlRandomForestRowLimit) {
    throw limit(`expected at most ${mlRandomForestRowLimit} rows, found ${table.rows}`, {
      rows: table.rows,
      limit: mlRandomForestRowLimit,
    });
  }
  if (table.weights?.some((weight) => weight !== 1) === true) throw limit('expected no case weights, found some', {});
  table.columns.forEach((column, feature) => {
    const row = column.findIndex((x) => Math.abs(x) > largestValue);
    if (row >= 0)
      throw limit(`column ${feature}, row ${row}: expected a value within ${largestValue}, found ${column[row]}`, {
        column: feature,
        row,
      });
  });
}
