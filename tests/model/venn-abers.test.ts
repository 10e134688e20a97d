/** Venn-Abers pairs against isotonic regression by its max-min definition, with the new discharge put in by hand. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitVennAbers, vennAbersAt, VennAbersSchema } from '../../src/model/venn-abers.ts';

/** The isotonic value at `at`: over all stretches around it, the largest least mean (Barlow and others 1972, theorem 1.4.4). */
function isotonicAt(points: readonly { x: number; y: number }[], at: number): number {
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const mean = (from: number, to: number): number => {
    const inside = points.filter(({ x }) => x >= from && x <= to);
    return inside.reduce((sum, { y }) => sum + y, 0) / inside.length;
  };
  return Math.max(...xs.filter((x) => x <= at).map((from) => Math.min(...xs.filter((x) => x >= at).map((to) => mean(from, to)))));
}

const discharges = fc.array(
  fc.record({
    x: fc.oneof(
      fc.integer({ min: 0, max: 8 }).map((k) => k / 8),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    y: fc.integer({ min: 0, max: 1 }),
  }),
  { minLength: 1, maxLength: 25 },
);
const columns = (points: readonly { x: number; y: number }[]): [Uint8Array, Float64Array] => [
  Uint8Array.from(points, ({ y }) => y),
  Float64Array.from(points, ({ x }) => x),
];

describe('fitVennAbers', () => {
  it('gives what isotonic regression with the new discharge gives, at ties, between and beyond', () => {
    fc.assert(
      fc.property(discharges, fc.double({ min: 0, max: 1, noNaN: true }), (points, anywhere) => {
        const steps = fitVennAbers(...columns(points));
        for (const at of [anywhere, 0, 1, ...points.map(({ x }) => x)]) {
          const pair = vennAbersAt(steps, at);
          expect(pair.low).toBeCloseTo(isotonicAt([...points, { x: at, y: 0 }], at), 12);
          expect(pair.high).toBeCloseTo(isotonicAt([...points, { x: at, y: 1 }], at), 12);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('rises with the output, low below high, and its steps are few and valid', () => {
    fc.assert(
      fc.property(discharges, (points) => {
        const steps = VennAbersSchema.parse(fitVennAbers(...columns(points)));
        expect(steps.low.every((p, i) => p < steps.high[i]!)).toBe(true);
        for (const list of [steps.low, steps.high]) expect([...list].sort((a, b) => a - b)).toEqual(list);
        expect(steps.from.length).toBeLessThanOrEqual(2 * points.length + 1);
      }),
    );
  });

  it('by hand: two without the event below two with it', () => {
    const steps = fitVennAbers(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.6, 0.7));
    expect(vennAbersAt(steps, 0.4)).toEqual({ low: 0, high: 1, discharges: 2 });
    // One without the event above all: pooled with the two that had it.
    expect(vennAbersAt(steps, 0.9).low).toBeCloseTo(2 / 3, 15);
    expect(vennAbersAt(steps, 0.9).high).toBe(1);
    expect(vennAbersAt(steps, 0.05).high).toBeCloseTo(1 / 3, 15);
  });

  it('leaves out discharges that were never out of bag', () => {
    const all = fitVennAbers(Uint8Array.of(0, 1, 1), Float64Array.of(0.2, NaN, 0.5));
    expect(all).toEqual(fitVennAbers(Uint8Array.of(0, 1), Float64Array.of(0.2, 0.5)));
  });

  it('refuses outputs outside [0, 1] and unequal lengths', () => {
    const refusal = { code: 'MODEL_CALIBRATION_INPUT' };
    expect(() => fitVennAbers(Uint8Array.of(0), Float64Array.of(1.5))).toThrow(expect.objectContaining(refusal));
    expect(() => fitVennAbers(Uint8Array.of(2), Float64Array.of(0.5))).toThrow(expect.objectContaining(refusal));
    expect(() => fitVennAbers(Uint8Array.of(0), Float64Array.of(0.5, 0.5))).toThrow(expect.objectContaining(refusal));
    const steps = fitVennAbers(Uint8Array.of(0, 1), Float64Array.of(0.2, 0.5));
    expect(() => vennAbersAt(steps, NaN)).toThrow(expect.objectContaining(refusal));
  });
});
