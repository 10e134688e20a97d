/**
 * What the threads of a training run tell each other: three numbers in shared memory.
 */

/** [next tree, trees finished, 1 when cancelled]. */
export type RunState = Int32Array;
export const nextTree = 0;
export const treesDone = 1;
export const cancelled = 2;

export function createRunState(): RunState {
  return new Int32Array(new SharedArrayBuffer(12));
}
