/**
 * The reason-only lookup: each discharge gets the event share of the training discharges with the same principal reason.
 *
 * Why     on synthetic records the reason alone can say nearly everything; a model that does not beat it has learnt nothing else
 * Choice  shares are drawn towards the base rate by one pseudo-discharge; an unseen reason gets the base rate
 */
export interface ReasonLookup {
  readonly baseRate: number;
  readonly rates: ReadonlyMap<string, number>;
}

/**
 * @param reasons  principal reason per discharge, null where none was coded (a reason of its own)
 * @param outcome  0 or 1 per discharge, same order
 */
export function fitReasonLookup(reasons: readonly (string | null)[], outcome: Uint8Array): ReasonLookup {
  const counts = new Map<string, { n: number; events: number }>();
  let events = 0;
  for (const [row, reason] of reasons.entries()) {
    const key = reason ?? '';
    const count = counts.get(key) ?? { n: 0, events: 0 };
    count.n += 1;
    count.events += outcome[row] as number;
    events += outcome[row] as number;
    counts.set(key, count);
  }
  const baseRate = events / Math.max(1, outcome.length);
  return { baseRate, rates: new Map([...counts].map(([key, c]) => [key, (c.events + baseRate) / (c.n + 1)])) };
}

export function lookUpReasons(lookup: ReasonLookup, reasons: readonly (string | null)[]): Float64Array {
  return Float64Array.from(reasons, (reason) => lookup.rates.get(reason ?? '') ?? lookup.baseRate);
}
