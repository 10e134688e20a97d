/**
 * What the threads of a training run tell each other: four numbers in shared memory.
 */

/** [next tree, trees finished, 1 when cancelled, nodes of the finished trees as an unsigned number]. */
export type RunState = Int32Array;
export const nextTree = 0;
export const treesDone = 1;
export const cancelled = 2;
export const nodesGrown = 3;
export const stateLength = 4;

export function createRunState(): RunState {
  return new Int32Array(new SharedArrayBuffer(4 * stateLength));
}

export function countNodes(state: RunState): number {
  return Atomics.load(state, nodesGrown) >>> 0;
}
