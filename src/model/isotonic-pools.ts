/**
 * Isotonic regression with one discharge to come: the pools below and above any place where it may join, and the pool it ends in.
 *
 * In      per distinct output, ascending, how many discharges have it and how many of them the event (whole numbers, 0 allowed)
 * Method  pooling adjacent violators from both ends. Pools are kept as lists that point away from the place, so all places share them:
 *         O(n) for all, and a join merges few
 * Source  Barlow and others 1972, Statistical Inference under Order Restrictions
 */
export interface Pooled {
  readonly n: number;
  readonly events: number;
}

export interface IsotonicPools {
  /** Pools the counts given, forgetting those of before. */
  pool(n: Float64Array, events: Float64Array): void;
  /**
   * The pool that `own` ends in, where it stands above distinct output `below` and below distinct output `above`.
   *
   * @param below  number of the nearest distinct output below, -1 for none
   * @param above  number of the nearest distinct output above, `distinct` for none
   */
  join(own: Pooled, below: number, above: number): Pooled;
}

/** @param distinct  how many distinct outputs there are; about 40 bytes are held for each */
export function isotonicPools(distinct: number): IsotonicPools {
  const end = distinct;
  const lists = [0, 1].map(() => ({
    n: new Float64Array(distinct),
    events: new Float64Array(distinct),
    next: new Int32Array(distinct),
  }));
  const [lower, upper] = [lists[0]!, lists[1]!];
  return {
    pool(n, events): void {
      for (let i = 0; i < distinct; i++) {
        let [ownN, ownEvents, next] = [n[i]!, events[i]!, i - 1];
        while (next >= 0 && !rises(lower.n[next]!, lower.events[next]!, ownN, ownEvents)) {
          ownN += lower.n[next]!;
          ownEvents += lower.events[next]!;
          next = lower.next[next]!;
        }
        lower.n[i] = ownN;
        lower.events[i] = ownEvents;
        lower.next[i] = next;
      }
      for (let i = distinct - 1; i >= 0; i--) {
        let [ownN, ownEvents, next] = [n[i]!, events[i]!, i + 1];
        while (next < end && !rises(ownN, ownEvents, upper.n[next]!, upper.events[next]!)) {
          ownN += upper.n[next]!;
          ownEvents += upper.events[next]!;
          next = upper.next[next]!;
        }
        upper.n[i] = ownN;
        upper.events[i] = ownEvents;
        upper.next[i] = next;
      }
    },
    join(own, below, above): Pooled {
      let { n, events } = own;
      for (;;) {
        if (below >= 0 && !rises(lower.n[below]!, lower.events[below]!, n, events)) {
          n += lower.n[below]!;
          events += lower.events[below]!;
          below = lower.next[below]!;
        } else if (above < end && !rises(n, events, upper.n[above]!, upper.events[above]!)) {
          n += upper.n[above]!;
          events += upper.events[above]!;
          above = upper.next[above]!;
        } else return { n, events };
      }
    },
  };
}

/** Whether the share of the second is above that of the first; an empty one never is. Products of whole numbers below 2^26 are exact. */
function rises(n: number, events: number, nextN: number, nextEvents: number): boolean {
  return events * nextN < nextEvents * n;
}
