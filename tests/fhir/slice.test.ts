import { describe, expect, test } from '@jest/globals';
import { canHalve, halve, hasPatients, sliceParams, type Slice } from '../../src/fhir/slice.ts';

const now = Date.UTC(2026, 0, 1);
const one: Slice = { key: 'Observation/0', type: 'Observation', patients: [3, 4], window: null };

describe('halves', () => {
  test('several patients first, whatever the times', () => {
    const [early, late] = halve({ ...one, patients: [3, 8], window: [0, 10] }, now, 7);
    expect([early.patients, late.patients]).toEqual([
      [3, 5],
      [5, 8],
    ]);
    expect([early.window, late.window]).toEqual([
      [0, 10],
      [0, 10],
    ]);
    expect([early.key, late.key]).toEqual(['Observation/0.0', 'Observation/0.1']);
    expect(hasPatients(early)).toBe(true);
    expect(hasPatients(one)).toBe(false);
  });

  test.each<[string, [number, number], number | undefined, number]>([
    ['at the middle of what came', [100, 200], 130, 130],
    ['after the first millisecond, where the middle is the start', [100, 200], 100, 101],
    ['at the last millisecond', [100, 200], 199, 199],
    ['at the middle of time, where nothing is known', [100, 200], undefined, 150],
    ['at the middle of time, where what came lies after the window', [100, 200], 200, 150],
    ['at the middle of time, where what came lies before the window', [100, 200], 99, 150],
    ['between the last two milliseconds', [100, 102], 100, 101],
  ])('%s', (_title, window, middle, cut) => {
    const slice = { ...one, window };
    expect(halve(slice, now, middle).map((half) => half.window)).toEqual([
      [window[0], cut],
      [cut, window[1]],
    ]);
  });

  test('of all time: from before FHIR to a day after now', () => {
    const [early, late] = halve(one, now);
    expect(new Date(early.window![0]).getUTCFullYear()).toBe(2010);
    expect(late.window![1]).toBe(now + 86_400_000);
    expect(early.window![1]).toBe(late.window![0]);
  });

  test('end at one patient and one millisecond', () => {
    expect(canHalve({ ...one, window: [100, 101] })).toBe(false);
    expect(canHalve({ ...one, window: [100, 102] })).toBe(true);
    expect(canHalve({ ...one, patients: null })).toBe(true);
    expect(canHalve({ ...one, patients: [3, 5], window: [100, 101] })).toBe(true);
  });
});

test('a window is a pair of bounds, the later one excluded', () => {
  const params = sliceParams(
    { ...one, window: [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2, 3, 4, 5, 6)] },
    ['a', 'b', 'c', 'd'],
    {},
  );
  expect(params).toEqual({ patient: 'd', _lastUpdated: ['ge2026-01-01T00:00:00.000Z', 'lt2026-01-02T03:04:05.006Z'] });
});
