/** Adjusted p values and p values from draws; see golden-curves.test.ts for statsmodels'. */
import { describe, expect, test } from '@jest/globals';
import { benjaminiHochberg, bootstrapP, brierDecomposition, holm } from '../../src/evaluation/index.ts';
import { twoSidedNormalTail } from '../../src/evaluation/normal-tail.ts';
import { errorCode, madeUpRows } from './rows.ts';

describe('adjusted p values', () => {
  test('by hand', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(benjaminiHochberg([0.01, 0.04, 0.03])).toEqual([0.03, 0.04, 0.04]);
  });
  test('a comparison without a p value does not count', () => {
    expect(holm([0.01, NaN, 0.03])).toEqual([0.02, NaN, 0.03]);
    expect(benjaminiHochberg([NaN, 0.01, 0.03])).toEqual([NaN, 0.02, 0.03]);
    expect(holm([])).toEqual([]);
  });
  test('refusals', () => {
    expect(errorCode(() => holm([1.1]))).toBe('EVALUATION_RANGE');
    expect(errorCode(() => benjaminiHochberg([-0.1]))).toBe('EVALUATION_RANGE');
  });
});

describe('p value of draws', () => {
  const draws = (below: number, zero: number, above: number) =>
    Float64Array.from([...Array<number>(below).fill(-1), ...Array<number>(zero).fill(0), ...Array<number>(above).fill(1)]);
  test('twice the rarer side, the data counted as one', () => {
    expect(bootstrapP(draws(4, 0, 95))).toBeCloseTo(10 / 100, 14);
    expect(bootstrapP(draws(95, 0, 4))).toBeCloseTo(10 / 100, 14);
    expect(bootstrapP(draws(0, 0, 999))).toBeCloseTo(2 / 1000, 14);
  });
  test('draws of 0 count on both sides, and it is at most 1', () => {
    expect(bootstrapP(draws(0, 4, 95))).toBeCloseTo(10 / 100, 14);
    expect(bootstrapP(draws(0, 50, 0))).toBe(1);
    expect(bootstrapP(draws(50, 0, 50))).toBe(1);
  });
  test('draws without a value: left out when few, none when many', () => {
    const some = (missing: number) => Float64Array.from([...draws(0, 0, 100 - missing), ...Array<number>(missing).fill(NaN)]);
    expect(bootstrapP(some(10))).toBeCloseTo(2 / 91, 14);
    expect(bootstrapP(some(11))).toBeNaN();
    expect(bootstrapP(new Float64Array(0))).toBeNaN();
  });
});

test('tail of the normal distribution, against scipy', () => {
  expect(twoSidedNormalTail(0)).toBe(1);
  expect(twoSidedNormalTail(1.959963984540054)).toBeCloseTo(0.05, 14);
  expect(twoSidedNormalTail(-2.5758293035489)).toBeCloseTo(0.01, 13);
  expect(twoSidedNormalTail(3)).toBeCloseTo(0.00269979606326, 14);
  expect(twoSidedNormalTail(6) / 1.973175290075389e-9).toBeCloseTo(1, 11);
  expect(twoSidedNormalTail(2 * Math.SQRT2 - 1e-9) / twoSidedNormalTail(2 * Math.SQRT2 + 1e-9)).toBeCloseTo(1, 7);
  expect(twoSidedNormalTail(NaN)).toBeNaN();
});

describe('Brier score taken apart', () => {
  test.each([1, 3, 10, 1000])('adds up with %i bins', (bins) => {
    const { outcome, risk } = madeUpRows(31, 700);
    const d = brierDecomposition(outcome, risk, bins);
    expect(d.reliability - d.resolution + d.uncertainty + d.withinBinVariance - d.withinBinCovariance).toBeCloseTo(d.brier, 14);
    expect(d.resolution).toBeLessThanOrEqual(d.uncertainty);
  });
  test('one risk per bin leaves nothing within bins', () => {
    // Two bins: 1 of 2 at 0.25, 2 of 2 at 0.75. Reliability 0.0625, resolution 0.0625, uncertainty 0.1875.
    const found = brierDecomposition(Uint8Array.of(1, 0, 1, 1), Float64Array.of(0.25, 0.25, 0.75, 0.75), 2);
    expect(found).toEqual({
      brier: 0.1875,
      reliability: 0.0625,
      resolution: 0.0625,
      uncertainty: 0.1875,
      withinBinVariance: 0,
      withinBinCovariance: 0,
    });
  });
});
