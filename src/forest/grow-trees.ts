/**
 * One thread's part of a training run: take the next tree number until none is left.
 *
 * Choice  trees are taken from a shared counter, so a slow thread takes fewer; which thread grows a tree does not show in the result
 */
import { addOutOfBag, createOutOfBagSums } from './out-of-bag.ts';
import type { OutOfBagSums } from './out-of-bag.ts';
import { cancelled, nextTree, nodesGrown, treesDone } from './run-state.ts';
import type { RunState } from './run-state.ts';
import { TreeGrower } from './tree-grower.ts';
import type { GrownTree } from './tree-grower.ts';
import type { TrainingJob } from './training-job.ts';

/** What one thread made. */
export interface GrownShare {
  readonly numbers: number[];
  readonly trees: GrownTree[];
  readonly outOfBag: OutOfBagSums;
}

/**
 * Yields after each tree, so that an in-process caller can let the event loop turn; returns the share when no tree is left.
 */
export function* growShare(job: TrainingJob, state: RunState): Generator<void, GrownShare> {
  const grower = new TreeGrower(job);
  const share: GrownShare = { numbers: [], trees: [], outOfBag: createOutOfBagSums(job.table.rows) };
  while (Atomics.load(state, cancelled) === 0) {
    const number = Atomics.add(state, nextTree, 1);
    if (number >= job.trees) break;
    const tree = grower.grow(number);
    addOutOfBag(share.outOfBag, job, tree, grower.drawn);
    share.numbers.push(number);
    share.trees.push(tree);
    Atomics.add(state, nodesGrown, tree.nodes);
    Atomics.add(state, treesDone, 1);
    yield;
  }
  return share;
}
