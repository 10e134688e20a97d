import { describe, expect, test } from '@jest/globals';
import { roundedThreshold, widenedThreshold } from '../../src/interchange/float32-border.ts';
import { randomStream } from '../../src/util/random.ts';

const view = new DataView(new ArrayBuffer(8));
function doubleOf(high: number, low: number): number {
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}
/** The double beside x, by its bits. */
function beside(x: number, up: boolean): number {
  if (x === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 === up ? 1n : -1n));
  return view.getFloat64(0);
}

const max = 2 ** 128 - 2 ** 104;
const least = 2 ** -149;
const edges = [
  0,
  -0,
  1,
  -1,
  0.1,
  -0.1,
  least,
  -least,
  least / 2,
  -least / 2,
  least / 4,
  1e-300,
  -1e-300,
  2 ** -126,
  max,
  -max,
  1e39,
  -1e39,
  1 + 2 ** -24,
  1 + 2 ** -23,
  -1 - 2 ** -24,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
];
const random = randomStream(8, 0);
const drawn = Array.from({ length: 4000 }, () => doubleOf(random.below(2 ** 32), random.below(2 ** 32))).filter(Number.isFinite);
const nearSingles = Array.from({ length: 2000 }, () => {
  const single = Math.fround(20 * random.uniform() - 10);
  return [single, beside(single, true), beside(single, false)][random.below(3)]!;
});
const thresholds = [...edges, ...drawn, ...nearSingles];

describe('thresholds between double and float32', () => {
  test('a rounded threshold decides every float32 as the threshold does', () => {
    expect(thresholds.length).toBeGreaterThan(5000);
    const wrong = thresholds.flatMap((t) => {
      const rounded = roundedThreshold(t);
      const near = Math.fround(t);
      const beside = [1, -1, 2, -2].map((steps) => Math.fround(near * (1 + steps * 2 ** -23)));
      const probes = [near, ...beside, -near, 0, least, -least, max, -max, Infinity, -Infinity];
      const differ = probes.filter((x) => x <= rounded !== x <= t);
      return Math.fround(rounded) === rounded ? differ.map((x) => ({ t, x })) : [{ t, x: rounded }];
    });
    expect(wrong).toEqual([]);
  });

  test('a widened threshold decides every double as the threshold decides its float32', () => {
    const wrong = thresholds.filter((t) => {
      const wide = widenedThreshold(t);
      if (wide === Number.MAX_VALUE) return t < max;
      return !(Math.fround(wide) <= t && Math.fround(beside(wide, true)) > t);
    });
    expect(wrong).toEqual([]);
  });

  test('what scikit-learn made comes back: widened, then rounded, decides as before', () => {
    const finite = thresholds.filter((t) => Math.abs(t) < max);
    expect(finite.filter((t) => roundedThreshold(widenedThreshold(t)) !== roundedThreshold(t))).toEqual([]);
  });
});
