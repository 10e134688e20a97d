/**
 * How much a caller may ask for: a bucket of cost units that fills with time. A score by features costs 1, a worklist many.
 *
 * Choice  callers are told apart by who they are, not by address: behind a proxy all addresses are one
 */
import { RequestRefusal } from '../operation-outcome.ts';

export interface RateLimit {
  /** @throws {RequestRefusal} SERVER_RATE with Retry-After */
  take(caller: string, cost: number): void;
}

export interface RateOptions {
  readonly perMinute: number;
  readonly burst: number;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
}

/** Callers remembered at most; those whose buckets are full again are forgotten first. */
const most = 10_000;

export function rateLimit({ perMinute, burst, monotonic }: RateOptions): RateLimit {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(caller, cost) {
      const nowMs = monotonic();
      const known = buckets.get(caller);
      const left = known === undefined ? burst : Math.min(burst, known.left + (nowMs - known.atMs) * perMs);
      // What costs more than a full bucket is let through when it is full, or it could never be asked for.
      if (left < Math.min(cost, burst)) {
        const seconds = Math.ceil((Math.min(cost, burst) - left) / perMs / 1000);
        throw new RequestRefusal('SERVER_RATE', `expected fewer requests from this caller; wait ${seconds} s`, {
          'Retry-After': String(seconds),
        });
      }
      // Last used last, so that the first of the map are those longest idle.
      buckets.delete(caller);
      buckets.set(caller, { left: left - cost, atMs: nowMs });
      if (buckets.size > most) buckets.delete(buckets.keys().next().value as string);
    },
  };
}
