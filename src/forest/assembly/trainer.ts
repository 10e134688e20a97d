/**
 * The training kernel: what a thread calls. It first sets the table, its options and its scratch memory, then takes trees until none is left.
 */
import { state } from './job';
import { addOutOfBag } from './out-of-bag';
import { growTree } from './tree';

export { setOptions, setScratch, setTable } from './job';
export { layRows, quantise } from './quantising';

/** The next tree number nobody has taken. */
export function takeTree(): i32 {
  return atomic.add<i32>(state, 1);
}

/**
 * Grows a tree into this thread's scratch memory and adds what it says of the rows outside its sample.
 *
 * @returns  how many nodes it has, or -1 when the run was cancelled
 */
export function grow(tree: i32): i32 {
  const nodes = growTree(tree);
  if (nodes < 0) return nodes;
  addOutOfBag();
  atomic.add<i32>(state, 1, 4);
  return nodes;
}
