/** When a request is tried again: the header in all its forms, the jitter, the limits. */
import { describe, expect, test } from '@jest/globals';
import { defaultRetryPolicy, parseHttpDate, parseRetryAfter, retrySchedule } from '../../src/fhir/retry.ts';

const now = Date.UTC(2026, 10, 24, 12, 0, 0);

describe('Retry-After', () => {
  test.each([
    ['seconds', '7', 7000],
    ['zero', '0', 0],
    ['spaces around', ' 7 ', 7000],
    ['an HTTP date', 'Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['the date of RFC 850', 'Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
    ['the date of asctime', 'Tue Nov 24 12:00:30 2026', 30_000],
    ['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['negative', '-5', undefined],
    ['huge', '999999', 999_999_000],
    ['a fraction', '1.5', undefined],
    ['garbage', 'soon', undefined],
    ['a date with another zone', 'Tue, 24 Nov 2026 12:00:30 +0100', undefined],
    ['an ISO date', '2026-11-24T12:00:30Z', undefined],
    ['empty', '', undefined],
    ['absent', undefined, undefined],
  ])('%s', (_title, header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  test('an HTTP date is read whole or not at all', () => {
    expect(parseHttpDate('Tue, 24 Nov 2026 12:00:00 GMT')).toBe(now);
    expect(parseHttpDate('Tue, 99 Nov 2026 12:00:00 GMT')).toBeUndefined();
  });
});

describe('the schedule', () => {
  const policy = { ...defaultRetryPolicy, baseMs: 1000, capMs: 5000, maxWaitMs: 60_000 };

  test('a header is obeyed to the millisecond', () => {
    expect(retrySchedule(policy).next(1, '7', now)).toEqual({ retry: true, waitMs: 7000 });
  });

  test('without one, waits are drawn under a doubling ceiling with a cap', () => {
    const drawn = [1, 2, 3, 4].map((tries) =>
      Array.from({ length: 300 }, (_, seed) => retrySchedule({ ...policy, seed }).next(tries, undefined, now).waitMs),
    );
    for (const [i, ceiling] of [1000, 2000, 4000, 5000].entries()) {
      const waits = drawn[i] ?? [];
      expect(Math.max(...waits)).toBeLessThan(ceiling);
      expect(Math.max(...waits)).toBeGreaterThan(ceiling * 0.9);
      expect(Math.min(...waits)).toBeLessThan(ceiling * 0.1);
    }
  });

  test('the same seed draws the same waits', () => {
    const draw = (): number[] => {
      const schedule = retrySchedule(policy);
      return [1, 2, 3, 4].map((tries) => schedule.next(tries, undefined, now).waitMs);
    };
    expect(draw()).toEqual(draw());
  });

  test('ends after the last try, at a wait too long, and when the shared budget is spent', () => {
    const schedule = retrySchedule({ ...policy, budget: 2 });
    expect(schedule.next(5, '1', now)).toMatchObject({ retry: false, reason: 'tries' });
    expect(schedule.next(1, '999999', now)).toMatchObject({ retry: false, reason: 'wait' });
    expect(schedule.next(1, '1', now).retry).toBe(true);
    expect(schedule.next(1, '1', now).retry).toBe(true);
    expect(schedule.next(1, '1', now)).toMatchObject({ retry: false, reason: 'budget' });
    for (let i = 0; i < 5; i += 1) schedule.succeeded();
    expect(schedule.next(1, '1', now).retry).toBe(true);
  });
});
