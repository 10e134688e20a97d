/**
 * Population stability index of counts per bin, and the bin of a value: how far one histogram has moved from another.
 *
 * Out     PSI = Σ (now - then) · ln(now / then) over the shares of the bins
 * Choice  half a row is added to every bin on both sides, so that an empty bin is a large number and not an infinite one; a bin that is empty on
 *         both sides says nothing
 * Source  Siddiqi 2006, Credit Risk Scorecards
 */

export interface Histogram {
  readonly counts: ArrayLike<number>;
  /** Their sum, or nearly so where counts were covered for disclosure. */
  readonly rows: number;
}

/**
 * @param then  of the same bins
 * @returns     the index, and in how many bins there was anything on either side
 */
export function stabilityIndex(now: Histogram, then: Histogram): { readonly psi: number; readonly bins: number } {
  const { length } = now.counts;
  let [psi, bins] = [0, 0];
  for (let b = 0; b < length; b++) {
    const [inNow, inThen] = [now.counts[b] as number, then.counts[b] as number];
    if (inNow + inThen === 0) continue;
    const [p, q] = [(inNow + 0.5) / (now.rows + 0.5 * length), (inThen + 0.5) / (then.rows + 0.5 * length)];
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
