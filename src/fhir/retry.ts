/**
 * When a failed request is tried again, and after how long.
 *
 * In      what went wrong: a status with its Retry-After, or a broken connection; how often it was tried
 * Out     milliseconds to wait, or the decision to stop
 * Choice  Retry-After is obeyed exactly, as seconds or as an HTTP date; a date that has passed is "now"; text that is neither is
 *         as if absent. Reading digits out of a date would give no wait at all and hammer a server that asked for rest
 * Choice  without it: full jitter, uniform in [0, min(cap, base · 2^(try-1))), drawn from a seeded stream
 * Choice  a wait longer than `maxWaitMs` ends the run instead: the work is kept and the same command resumes it
 * Choice  all requests of a run share one budget of retries, refilled by successes, so that a server in trouble is not hit five
 *         times by each
 * Source  RFC 9110 sections 5.6.7 and 10.2.3; Brooker 2015, "Exponential backoff and jitter"
 */
import { randomStream } from '../util/random.ts';

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly maxTries: number;
  /** First back-off ceiling, milliseconds. */
  readonly baseMs: number;
  /** Highest back-off ceiling, milliseconds. */
  readonly capMs: number;
  /** Longest wait a server may ask for, milliseconds. */
  readonly maxWaitMs: number;
  /** Unsigned 32-bit seed of the jitter. */
  readonly seed: number;
  /** Retries that all requests together may have outstanding. */
  readonly budget: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxTries: 5,
  baseMs: 500,
  capMs: 30_000,
  maxWaitMs: 300_000,
  seed: 20,
  budget: 100,
};

export type RetryDecision =
  | { readonly retry: true; readonly waitMs: number }
  | { readonly retry: false; readonly reason: 'tries' | 'wait' | 'budget'; readonly waitMs: number };

export interface RetrySchedule {
  /**
   * @param tries       tries made so far, 1 or more
   * @param retryAfter  the header's text, when the answer had one
   * @param nowMs       epoch milliseconds
   */
  next(tries: number, retryAfter: string | undefined, nowMs: number): RetryDecision;
  /** An answer came: gives a part of the budget back. */
  succeeded(): void;
}

export function retrySchedule(policy: RetryPolicy = defaultRetryPolicy): RetrySchedule {
  const random = randomStream(policy.seed >>> 0, 0);
  let budget = policy.budget;
  return {
    next(tries, retryAfter, nowMs) {
      const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** (tries - 1));
      const waitMs = parseRetryAfter(retryAfter, nowMs) ?? Math.floor(random.uniform() * ceiling);
      if (tries >= policy.maxTries) return { retry: false, reason: 'tries', waitMs };
      if (waitMs > policy.maxWaitMs) return { retry: false, reason: 'wait', waitMs };
      if (budget < 1) return { retry: false, reason: 'budget', waitMs };
      budget -= 1;
      return { retry: true, waitMs };
    },
    succeeded() {
      budget = Math.min(policy.budget, budget + 0.2);
    },
  };
}

const imfDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850Date = /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctimeDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Milliseconds to wait, 0 or more; undefined when the header is absent or is neither whole seconds nor an HTTP date. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  const at = parseHttpDate(text);
  return at === undefined ? undefined : Math.max(0, at - nowMs);
}

/** Epoch milliseconds of an HTTP date in any of its three forms; undefined for other text. */
export function parseHttpDate(text: string): number | undefined {
  const readable = imfDate.test(text) || rfc850Date.test(text) ? text : asctimeDate.test(text) ? `${text} GMT` : undefined;
  const at = readable === undefined ? Number.NaN : Date.parse(readable);
  return Number.isFinite(at) ? at : undefined;
}
