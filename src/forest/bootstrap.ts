/**
 * Bootstrap: how often each row is in a tree's sample.
 *
 * Choice  as many groups as there are are drawn with replacement and every row of a drawn group comes along, so the in-bag row count
 *         varies a little. Groups are numbered in the order of their names, not of their rows: shuffled rows draw the same patients
 * Source  Breiman 2001; for groups Field and Welsh 2007, "Bootstrapping clustered data", doi:10.1111/j.1467-9868.2007.00593.x
 */
import type { RandomStream } from '../util/random.ts';

/**
 * Numbers groups 0, 1, 2, … in increasing order of their names.
 *
 * @param names  any whole number per row
 * @returns      group number per row (on shared memory) and how many groups there are
 */
export function numberGroups(names: Int32Array): { group: Int32Array; groupCount: number } {
  const distinct = Int32Array.from(new Set(names)).sort();
  const numberOf = new Map<number, number>();
  distinct.forEach((name, index) => numberOf.set(name, index));
  const group = new Int32Array(new SharedArrayBuffer(names.length * 4));
  for (let row = 0; row < names.length; row++) group[row] = numberOf.get(names[row]!)!;
  return { group, groupCount: distinct.length };
}

/** Draws `drawn.length` of as many with replacement; drawn[g] becomes the number of times g came up. */
export function drawWithReplacement(random: RandomStream, drawn: Int32Array): void {
  const count = drawn.length;
  drawn.fill(0);
  for (let i = 0; i < count; i++) drawn[random.below(count)]! += 1;
}
