/**
 * A list in an order of chance.
 *
 * Source  Fisher and Yates; Knuth, The Art of Computer Programming, vol. 2, algorithm P
 */
import type { RandomStream } from './random.ts';

/** Shuffles in place; every order is as likely as any other. @returns the list itself */
export function shuffle<List extends { [index: number]: unknown; readonly length: number }>(
  list: List,
  chance: RandomStream,
): List {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = chance.below(i + 1);
    const held = list[i];
    list[i] = list[j];
    list[j] = held;
  }
  return list;
}
