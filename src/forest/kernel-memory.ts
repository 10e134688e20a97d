/**
 * Where everything of a training run lies in the one memory its threads share, decided and checked before any of it is allocated.
 *
 * Shared  state, bins of the whole table (row-major, and column-major beside it where the table is larger than the cache), outcome, weights, groups
 * Thread  sample, counts, one tree, out-of-bag sums. Pages that are never written take no memory
 * Limit   a WebAssembly memory holds at most 4 GiB
 * Apart   what the run takes beside that memory is counted by kernelNeed
 */
import { ForestError } from '../errors.ts';
import { flatNodeBytes, groupNameBytes, mib, mostTreeNodes, treeBytes } from './training-memory.ts';
import type { MemoryNeed, MemoryShape } from './training-memory.ts';
import { mostPages, pageBytes, wasm } from './webassembly.ts';
import type { SharedMemory } from './webassembly.ts';

/** Byte addresses. 0 where there is no such region. */
interface SharedRegions {
  readonly state: number;
  readonly binCount: number;
  readonly columnKind: number;
  readonly borders: number;
  readonly outcome: number;
  readonly weights: number;
  readonly group: number;
  readonly rowBins: number;
  readonly columnBins: number;
}

interface ThreadRegions {
  /** Digits and borders of the column that is quantised; its values and keys take the place of the sample. */
  readonly quantising: number;
  readonly drawn: number;
  readonly records: number;
  readonly movedRecords: number;
  readonly masses: number;
  readonly movedMasses: number;
  readonly local: number;
  readonly counts: number;
  readonly order: number;
  readonly pending: number;
  readonly held: number;
  readonly treeSplits: number;
  readonly treeValues: number;
  readonly treeCovers: number;
  readonly outOfBagSums: number;
  readonly outOfBagTrees: number;
}

export interface MemoryPlan {
  /** Bytes from one row's bins to the next, a multiple of 16. */
  readonly stride: number;
  /** Rows that fit the buffer of a small subtree. */
  readonly localRows: number;
  readonly shared: SharedRegions;
  readonly threads: readonly ThreadRegions[];
  readonly bytes: number;
}

const limitBytes = mostPages * pageBytes;
/**
 * What caches of the second and third level hold, about. A table within the first is grown from as it is; in a larger one the rows of a subtree are
 * copied together once they fill a quarter of it, in a table beyond the third already at half (measured: 5 % and 15 % of the time).
 */
export interface CacheSizes {
  readonly second: number;
  readonly third: number;
}
const usualCaches: CacheSizes = { second: 2 ** 21, third: 2 ** 24 };
/** Row numbers have 27 bits. */
const rowLimit = 2 ** 27;
const countsBytes = 32 * 8 + 16 * 2560 + 16 * 8 + 64 + 3 * 256 * 8;
const pendingBytes = 48;
/** A thread with its code and heap (measured, rounded up). */
const threadBytes = 2 ** 23;
const quantisingBytes = 3 * 2048 * 4 + 256 * 8;

/** Hands out addresses that start cache lines; the first line stays free, so that no region is at 0. */
function addresses(): { take: (bytes: number) => number; end: () => number } {
  let next = 64;
  return {
    take: (bytes) => {
      const at = next;
      next += Math.ceil(bytes / 64) * 64;
      return at;
    },
    end: () => next,
  };
}

/** @throws {ForestError} FOREST_MEMORY when the run does not fit, naming what it needs and the limit */
export function planMemory(shape: MemoryShape, caches = usualCaches): MemoryPlan {
  const { rows, featureCount, drawCount, maxDepth } = shape;
  const stride = Math.ceil(featureCount / 16) * 16;
  const tableBytes = rows * stride;
  const isLarge = tableBytes > caches.second;
  const localRows = isLarge ? Math.floor(caches.second / (tableBytes > caches.third ? 2 : 4) / stride) : 0;
  const nodes = mostTreeNodes(shape);
  const { take, end } = addresses();
  const shared: SharedRegions = {
    state: take(64),
    binCount: take(featureCount),
    columnKind: take(featureCount),
    borders: take(8 * shape.maxBins * featureCount),
    outcome: take(rows),
    weights: shape.hasWeights ? take(8 * rows) : 0,
    group: shape.hasGroups ? take(4 * rows) : 0,
    rowBins: take(rows * stride),
    columnBins: isLarge ? take(rows * featureCount) : 0,
  };
  const threads = Array.from({ length: shape.workers }, (): ThreadRegions => ({
    quantising: take(quantisingBytes),
    drawn: take(drawCount),
    // A sample is written one record ahead.
    records: take(4 * rows + 4),
    movedRecords: take(4 * rows + 4),
    masses: take(8 * rows + 8),
    movedMasses: take(8 * rows + 8),
    local: take(localRows * stride),
    counts: take(countsBytes),
    order: take(4 * featureCount + 9 * 16),
    pending: take(pendingBytes * (maxDepth + 2)),
    held: take(8),
    treeSplits: take(8 * nodes),
    treeValues: take(8 * nodes),
    treeCovers: take(8 * nodes),
    outOfBagSums: drawCount > 0 ? take(8 * rows) : 0,
    outOfBagTrees: drawCount > 0 ? take(4 * rows) : 0,
  }));
  const plan = { stride, localRows, shared, threads, bytes: end() };
  if (plan.bytes > limitBytes || rows >= rowLimit) throw tooLarge(shape, plan.bytes);
  return plan;
}

/** What a run takes, its memory included. */
export function kernelNeed(plan: MemoryPlan, { rows, hasGroups, workers }: MemoryShape): MemoryNeed {
  const outOfBag = 8 + 4;
  const groups = hasGroups ? 4 + groupNameBytes : 0;
  return {
    run: plan.bytes + rows * (outOfBag + groups) + (workers > 1 ? workers * threadBytes : 0),
    perTree: treeBytes,
    // Splits, values and covers as the kernel grew them.
    perNode: 8 + 8 + 8 + flatNodeBytes,
  };
}

/** @throws {ForestError} FOREST_MEMORY when the system does not give it */
export function allocateMemory(plan: MemoryPlan, shape: MemoryShape): SharedMemory {
  const pages = Math.ceil(plan.bytes / pageBytes);
  try {
    return new (wasm().Memory)({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw tooLarge(shape, plan.bytes, cause);
  }
}

function tooLarge({ rows, featureCount, workers }: MemoryShape, bytes: number, cause?: unknown): ForestError {
  const why = cause === undefined ? '' : ', which the system did not give';
  return new ForestError(
    'FOREST_MEMORY',
    `expected a training run to need at most ${mib(limitBytes)} of shared memory, found ${mib(bytes)} for ${rows} rows, ${featureCount} columns and ` +
      `${workers} workers${why}; train with fewer of these or with larger leaves (minLeafRows)`,
    { details: { bytes, limitBytes, rows, featureCount, workers }, ...(cause === undefined ? {} : { cause }) },
  );
}
