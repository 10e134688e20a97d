/** Limits on how often: of a caller, and of a token. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rateLimit } from '../../../src/server/access/rate-limit.ts';
import { replayGuard } from '../../../src/server/access/replay-guard.ts';

test('a bucket gives its burst, then what time fills in, and says how long to wait', () => {
  let nowMs = 0;
  const limit = rateLimit({ perMinute: 60, burst: 3, monotonic: () => nowMs });
  for (let i = 0; i < 3; i += 1) limit.take('a', 1);
  expect(() => limit.take('a', 2)).toThrow(expect.objectContaining({ code: 'SERVER_RATE', headers: { 'Retry-After': '2' } }));
  limit.take('b', 1);
  nowMs = 2000;
  limit.take('a', 2);
  expect(() => limit.take('a', 1)).toThrow('wait 1 s');
});

test('what costs more than a full bucket is let through when it is full', () => {
  let nowMs = 0;
  const limit = rateLimit({ perMinute: 60, burst: 3, monotonic: () => nowMs });
  limit.take('a', 100);
  expect(() => limit.take('a', 1)).toThrow('wait 98 s');
  nowMs = 98_000;
  limit.take('a', 1);
});

test('whatever is asked when, no more is given than burst and filling allow', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 5 })), { maxLength: 60 }),
      (asks) => {
        let nowMs = 0;
        let given = 0;
        const limit = rateLimit({ perMinute: 120, burst: 10, monotonic: () => nowMs });
        for (const [wait, cost] of asks) {
          nowMs += wait;
          try {
            limit.take('a', cost);
            given += cost;
          } catch {
            // Refused.
          }
          expect(given).toBeLessThanOrEqual(10 + nowMs / 500 + 1e-6);
        }
      },
    ),
  );
});

test('an id is new once, until long after it has expired; a clock set back forgets nothing', () => {
  let nowMs = 1_000_000;
  const guard = replayGuard({ now: () => nowMs, toleranceSeconds: 30 });
  expect(guard.firstUse('a', '1', 1060)).toBe(true);
  expect(guard.firstUse('a', '1', 1060)).toBe(false);
  expect(guard.firstUse('b', '1', 1060)).toBe(true);
  nowMs = 1_085_000;
  expect(guard.firstUse('a', '1', 1060)).toBe(false);
  nowMs = 500_000;
  expect(guard.firstUse('a', '1', 1060)).toBe(false);
});

test('a full guard refuses what is new, and takes it again when ids have expired', () => {
  let nowMs = 0;
  const guard = replayGuard({ now: () => nowMs, toleranceSeconds: 0, most: 2 });
  guard.firstUse('a', '1', 10);
  guard.firstUse('a', '2', 10);
  expect(() => guard.firstUse('a', '3', 10)).toThrow('SERVER_BUSY');
  nowMs = 11_000;
  expect(guard.firstUse('a', '3', 20)).toBe(true);
});
