import { describe, expect, test } from '@jest/globals';
import {
  brier,
  calibrationCurve,
  calibrationIntercept,
  calibrationSlope,
  logLoss,
  operatingPoint,
  scaledBrier,
  wilsonInterval,
} from '../../src/evaluation/index.ts';
import { errorCode, madeUpRows } from './rows.ts';

const logit = (p: number): number => Math.log(p / (1 - p));
const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

describe('calibration intercept and slope', () => {
  test('a constant risk: the intercept is the difference in log odds, the slope has no value', () => {
    const outcome = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0);
    const risk = new Float64Array(8).fill(0.1);
    expect(calibrationIntercept(outcome, risk)).toBeCloseTo(logit(0.25) - logit(0.1), 12);
    expect(calibrationSlope(outcome, risk)).toBeNaN();
  });

  test('two risks: both have a closed form', () => {
    const outcome = Uint8Array.of(1, 0, 0, 0, 0, 1, 1, 0);
    const risk = Float64Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4, 0.4);
    expect(calibrationSlope(outcome, risk)).toBeCloseTo((logit(2 / 3) - logit(1 / 5)) / (logit(0.4) - logit(0.1)), 10);
  });

  test('distorting a risk in log odds is found again: the refitted line has slope 1 and intercept 0', () => {
    const { outcome, risk } = madeUpRows(11, 400);
    const slope = calibrationSlope(outcome, risk);
    expect(
      calibrationSlope(
        outcome,
        risk.map((r) => logistic(3 * logit(r))),
      ),
    ).toBeCloseTo(slope / 3, 9);
    expect(
      calibrationIntercept(
        outcome,
        risk.map((r) => logistic(logit(r) + 1.25)),
      ),
    ).toBeCloseTo(calibrationIntercept(outcome, risk) - 1.25, 9);
  });

  test('classes that do not overlap, or only touch, have no slope; one class has no intercept', () => {
    expect(calibrationSlope(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4))).toBeNaN();
    expect(calibrationSlope(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.3, 0.3, 0.4))).toBeNaN();
    expect(calibrationSlope(Uint8Array.of(1, 1, 0, 0), Float64Array.of(0.1, 0.2, 0.3, 0.4))).toBeNaN();
    expect(calibrationSlope(Uint8Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4))).toBeGreaterThan(0);
    expect(calibrationIntercept(Uint8Array.of(0, 0), Float64Array.of(0.1, 0.2))).toBeNaN();
  });

  test('risks of exactly 0 and 1 have a value', () => {
    const outcome = Uint8Array.of(1, 0, 1, 0, 1, 0);
    const risk = Float64Array.of(0, 0, 1, 1, 0.5, 0.5);
    expect(calibrationIntercept(outcome, risk)).toBeCloseTo(0, 9);
    expect(calibrationSlope(outcome, risk)).toBeCloseTo(0, 9);
  });

  test('far starting points arrive', () => {
    const outcome = Uint8Array.from({ length: 1000 }, (_, i) => (i % 100 === 0 ? 1 : 0));
    const extreme = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0.999999 : 0.000001));
    expect(Number.isFinite(calibrationIntercept(outcome, extreme))).toBe(true);
    expect(
      calibrationSlope(
        outcome,
        Float64Array.from(extreme, (r, i) => (i % 7 === 0 ? 0.5 : r)),
      ),
    ).toEqual(expect.any(Number));
  });
});

describe('probability errors', () => {
  test('by hand', () => {
    const outcome = Uint8Array.of(1, 0);
    const risk = Float64Array.of(0.8, 0.4);
    expect(brier(outcome, risk)).toBeCloseTo((0.04 + 0.16) / 2, 15);
    expect(scaledBrier(outcome, risk)).toBeCloseTo(1 - 0.1 / 0.25, 15);
    expect(logLoss(outcome, risk)).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 15);
    expect(logLoss(Uint8Array.of(1), Float64Array.of(0))).toBeCloseTo(52 * Math.LN2, 12);
  });

  test('refusals', () => {
    expect(errorCode(() => brier(Uint8Array.of(1), Float64Array.of(1.5)))).toBe('EVALUATION_RANGE');
    expect(errorCode(() => logLoss(Uint8Array.of(1), Float64Array.of(-0.1)))).toBe('EVALUATION_RANGE');
    expect(errorCode(() => scaledBrier(Uint8Array.of(1), Float64Array.of(0.5)))).toBe('EVALUATION_ONE_CLASS');
    expect(errorCode(() => calibrationSlope(Uint8Array.of(1), Float64Array.of(NaN)))).toBe('EVALUATION_NAN');
    expect(errorCode(() => calibrationCurve(Uint8Array.of(1), Float64Array.of(0.5), 0))).toBe('EVALUATION_RANGE');
  });
});

describe('calibration curve', () => {
  test('distinct risks give groups of equal size with their own means', () => {
    const risk = Float64Array.from({ length: 100 }, (_, i) => (99 - i) / 100);
    const outcome = Uint8Array.from(risk, (r) => (r >= 0.5 ? 1 : 0));
    const curve = calibrationCurve(outcome, risk);
    expect(curve.map((g) => g.n)).toEqual(new Array(10).fill(10));
    expect(curve.map((g) => g.observed)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(curve[3]!.meanRisk).toBeCloseTo(0.345, 12);
    expect([curve[3]!.minRisk, curve[3]!.maxRisk]).toEqual([0.3, 0.39]);
  });

  test('equal risks stay together, groups ascend, rows and events add up', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { outcome, risk } = madeUpRows(seed, 150, 8);
      const curve = calibrationCurve(outcome, risk, 5);
      expect(curve.length).toBeLessThanOrEqual(5);
      expect(curve.reduce((n, g) => n + g.n, 0)).toBe(150);
      expect(curve.reduce((n, g) => n + g.events, 0)).toBe(outcome.reduce((n, o) => n + o, 0));
      for (let k = 1; k < curve.length; k++) expect(curve[k]!.minRisk).toBeGreaterThan(curve[k - 1]!.maxRisk);
    }
  });

  test('a constant risk is one group', () => {
    expect(calibrationCurve(Uint8Array.of(0, 1, 0), new Float64Array(3).fill(0.2)).map((g) => g.n)).toEqual([3]);
  });
});

describe('Wilson interval', () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('Newcombe 1998, table I: %d of %d', (events, n, lower, upper) => {
    const found = wilsonInterval(events, n);
    expect(found.lower).toBeCloseTo(lower, 4);
    expect(found.upper).toBeCloseTo(upper, 4);
  });

  test('ends', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(wilsonInterval(7, 7).upper).toBe(1);
    expect(errorCode(() => wilsonInterval(3, 2))).toBe('EVALUATION_RANGE');
  });
});

describe('operating point', () => {
  test('by hand; at the threshold is flagged', () => {
    const outcome = Uint8Array.of(1, 1, 0, 0, 0);
    const risk = Float64Array.of(0.9, 0.2, 0.5, 0.4, 0.1);
    expect(operatingPoint(outcome, risk, 0.5)).toEqual({
      threshold: 0.5,
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 2,
      falseNegatives: 1,
      sensitivity: 0.5,
      specificity: 2 / 3,
      ppv: 0.5,
      npv: 2 / 3,
      flaggedShare: 0.4,
      numberNeededToEvaluate: 2,
    });
  });

  test('nobody flagged: no PPV', () => {
    expect(operatingPoint(Uint8Array.of(1, 0), Float64Array.of(0.1, 0.2), 0.9).ppv).toBeNaN();
    expect(errorCode(() => operatingPoint(Uint8Array.of(1), Float64Array.of(0.1), NaN))).toBe('EVALUATION_NAN');
  });
});
