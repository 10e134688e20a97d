/**
 * What a run of the TypeScript engine takes beyond the table it is given.
 *
 * Shared  bins by columns and by rows, outcome, weights, groups; two columns while they are binned
 * Thread  sample (./sample.ts), the tree that is grown (./tree-grower.ts), out-of-bag sums
 * After   out-of-bag sums of all threads and their mean
 */
import { localBytes } from './sample.ts';
import { flatNodeBytes, groupNameBytes, mostTreeNodes, treeBytes } from './training-memory.ts';
import type { MemoryNeed, MemoryShape } from './training-memory.ts';

/** A thread with its code and heap (measured, rounded up). */
const threadBytes = 2 ** 25;
/** Per node of a tree on its own (GrownTree). */
const treeNodeBytes = 4 + 1 + 1 + 4 + 4 + 8 + 8;
const outOfBagBytes = 8 + 4;

export function typescriptNeed(shape: MemoryShape): MemoryNeed {
  const { rows, featureCount, maxBins, drawCount, hasWeights, hasGroups, workers } = shape;
  const perRow = 2 * featureCount + 1 + (hasWeights ? 8 : 0) + (hasGroups ? 4 + groupNameBytes : 0) + 2 * 8;
  const sample = rows * (4 + 2 * (4 + 8)) + 4 * drawCount + localBytes;
  const thread = sample + treeNodeBytes * mostTreeNodes(shape) + outOfBagBytes * rows + (workers > 1 ? threadBytes : 0);
  return {
    run: rows * perRow + 8 * maxBins * featureCount + workers * thread + rows * (outOfBagBytes + 8),
    perTree: treeBytes,
    // Its thresholds are made before it is written into the forest.
    perNode: treeNodeBytes + 8 + flatNodeBytes,
  };
}
