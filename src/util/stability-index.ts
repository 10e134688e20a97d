/**
 * Population stability index of counts per bin, and the bin of a value: how far one histogram has moved from another.
 *
 * Out     PSI = Σ (now - then) · ln(now / then) over the shares of the bins
 * Choice  half a row is added to every bin on both sides, so that an empty bin is a large number and not an infinite one; a bin that is empty on
 *         both sides says nothing
 * Source  Siddiqi 2006, Credit Risk Scorecards
 */

/**
 * @param now   counts per bin
 * @param then  counts of the same bins
 * @returns     the index, and in how many bins there was anything on either side
 */
export function stabilityIndex(now: ArrayLike<number>, then: ArrayLike<number>): { readonly psi: number; readonly bins: number } {
  const nowTotal = sum(now) + 0.5 * now.length;
  const thenTotal = sum(then) + 0.5 * then.length;
  let [psi, bins] = [0, 0];
  for (let b = 0; b < now.length; b++) {
    const [inNow, inThen] = [now[b] as number, then[b] as number];
    if (inNow + inThen === 0) continue;
    const [p, q] = [(inNow + 0.5) / nowTotal, (inThen + 0.5) / thenTotal];
    psi += (p - q) * Math.log(p / q);
    bins += 1;
  }
  return { psi, bins };
}

/** @param edges  lower bounds of the bins after the first, ascending. @returns  index of the bin, 0 to edges.length */
export function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let b = 0; b < counts.length; b++) total += counts[b] as number;
  return total;
}
