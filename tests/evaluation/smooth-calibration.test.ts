import { describe, expect, test } from '@jest/globals';
import { calibrationSlope, smoothCalibration } from '../../src/evaluation/index.ts';
import { splineBasis, splineKnots } from '../../src/evaluation/restricted-cubic-spline.ts';
import { riskGrid } from '../../src/evaluation/smooth-calibration.ts';
import { randomStream } from '../../src/util/random.ts';
import { errorCode, madeUpRows } from './rows.ts';

describe('spline', () => {
  test('knots by the number of values', () => {
    const steps = (values: number) => Float64Array.from({ length: 120 }, (_, i) => i % values);
    expect(splineKnots(steps(120))).toHaveLength(4);
    expect(splineKnots(steps(5))).toHaveLength(4);
    expect(splineKnots(steps(4))).toHaveLength(3);
    expect(splineKnots(steps(3))).toHaveLength(0);
    expect(splineKnots(steps(1))).toHaveLength(0);
    expect(splineKnots(Float64Array.from({ length: 100 }, (_, i) => i))).toEqual(
      [4.95, 34.65, 64.35, 94.05].map((t) => expect.closeTo(t, 10)),
    );
    // Nearly all rows at one value: quantiles coincide.
    expect(splineKnots(Float64Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : i)))).toHaveLength(0);
  });

  test('basis by hand, and straight lines beyond the outer knots', () => {
    const knots = [0, 1, 2];
    const at = (x: number) => splineBasis(Float64Array.of(x), knots)[2]!;
    // (x^3 - 2 (x - 1)^3 + (x - 2)^3) / 4
    expect(at(-1)).toBe(0);
    expect(at(1)).toBeCloseTo(1 / 4, 15);
    expect(at(1.5)).toBeCloseTo((3.375 - 0.25) / 4, 15);
    expect(at(5) - at(4)).toBeCloseTo(at(4) - at(3), 12);
    expect(at(3) - at(2)).toBeCloseTo(at(4) - at(3), 12);
  });
});

describe('distances', () => {
  test('risks that are right have small ones; risks moved up by 0.1 have about 0.1', () => {
    const stream = randomStream(3, 0);
    const truth = Float64Array.from({ length: 20_000 }, () => 0.1 + 0.5 * stream.uniform());
    const outcome = Uint8Array.from(truth, (p) => (stream.uniform() < p ? 1 : 0));
    const right = smoothCalibration(outcome, truth);
    expect(right.ici).toBeLessThan(0.01);
    expect(right.e50 <= right.e90 && right.e90 <= right.emax).toBe(true);
    const moved = smoothCalibration(
      outcome,
      truth.map((p) => p + 0.1),
    );
    expect(Math.abs(moved.ici - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(moved.e50 - 0.1)).toBeLessThan(0.012);
  });

  test('two values of risk: a line through the two observed shares', () => {
    // 1 of 4 at 0.2, 3 of 4 at 0.6: distances 0.05 (four rows) and 0.15 (four rows).
    const outcome = Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 0);
    const risk = Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6);
    const { knots, smooth, ici, e50, e90, emax } = smoothCalibration(outcome, risk, Float64Array.of(0.2, 0.6));
    expect(knots).toEqual([]);
    expect(smooth[0]).toBeCloseTo(0.25, 10);
    expect(smooth[1]).toBeCloseTo(0.75, 10);
    expect([ici, e50, e90, emax]).toEqual([0.1, 0.1, 0.15, 0.15].map((value) => expect.closeTo(value, 10)));
  });

  test('a constant risk and classes that do not overlap have none', () => {
    const outcome = Uint8Array.of(0, 0, 1, 1);
    for (const risk of [Float64Array.of(0.5, 0.5, 0.5, 0.5), Float64Array.of(0.1, 0.2, 0.3, 0.4)]) {
      const { ici, emax, smooth } = smoothCalibration(outcome, risk, Float64Array.of(0.3));
      expect([ici, emax, smooth[0]]).toEqual([NaN, NaN, NaN]);
    }
  });

  test('risks of 0 and 1 are allowed', () => {
    const { outcome, risk } = madeUpRows(12, 500);
    risk[0] = 0;
    risk[1] = 1;
    expect(Number.isFinite(calibrationSlope(outcome, risk))).toBe(true);
    const { ici, smooth } = smoothCalibration(outcome, risk, riskGrid(risk));
    expect(ici).toBeGreaterThan(0);
    expect(smooth.every((share) => share >= 0 && share <= 1)).toBe(true);
  });
});

test('the grid runs from the least risk to the greatest', () => {
  const grid = riskGrid(Float64Array.of(0.3, 0.1, 0.7));
  expect([grid.length, grid[0], grid[50], grid[100]]).toEqual([101, 0.1, expect.closeTo(0.4, 14), 0.7]);
});

test('refusals', () => {
  expect(errorCode(() => smoothCalibration(Uint8Array.of(0, 1), Float64Array.of(0.1, 1.1)))).toBe('EVALUATION_RANGE');
  expect(errorCode(() => smoothCalibration(Uint8Array.of(0, 1), Float64Array.of(0.1)))).toBe('EVALUATION_LENGTH_MISMATCH');
});
