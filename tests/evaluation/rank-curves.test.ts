import { expect, test } from '@jest/globals';
import { auroc, averagePrecision, gainsCurve, precisionRecallCurve, rocCurve, shareGrid } from '../../src/evaluation/index.ts';
import { errorCode, madeUpRows } from './rows.ts';

// From the top: event, other, event and other tied, other.
const outcome = Uint8Array.of(1, 0, 1, 0, 0);
const risk = Float64Array.of(0.9, 0.8, 0.5, 0.5, 0.1);

test('ROC by hand', () => {
  const y = rocCurve(outcome, risk);
  // Steps (0, 1/2), (1/3, 1/2), then across the tie to (2/3, 1), then (1, 1).
  expect(y[0]).toBe(0.5);
  expect(y[33]).toBe(0.5);
  expect(y[50]).toBeCloseTo(0.75, 14);
  expect(y[66]).toBeCloseTo(0.5 + (0.66 - 1 / 3) * 1.5, 14);
  expect(y[67]).toBe(1);
  expect(y[100]).toBe(1);
});

test('precision-recall by hand', () => {
  const y = precisionRecallCurve(outcome, risk);
  expect(Array.from(y.slice(0, 51)).every((p) => p === 1)).toBe(true);
  expect(Array.from(y.slice(51)).every((p) => p === 0.5)).toBe(true);
});

test('gains by hand', () => {
  const y = gainsCurve(outcome, risk);
  expect(y[0]).toBe(0);
  expect(y[10]).toBeCloseTo(0.25, 14);
  expect(y[20]).toBe(0.5);
  expect(y[40]).toBe(0.5);
  expect(y[60]).toBeCloseTo(0.75, 14);
  expect(y[80]).toBe(1);
  expect(y[100]).toBe(1);
});

test('areas are the AUROC and the average precision, to what a grid of 100 can tell', () => {
  const rows = madeUpRows(4, 3000, 500);
  const roc = rocCurve(rows.outcome, rows.risk);
  const area = roc.slice(1).reduce((sum, y, j) => sum + (y + roc[j]!) / 200, 0);
  expect(Math.abs(area - auroc(rows.outcome, rows.risk))).toBeLessThan(0.002);
  const precision = precisionRecallCurve(rows.outcome, rows.risk).slice(1);
  const mean = precision.reduce((sum, p) => sum + p / 100, 0);
  expect(Math.abs(mean - averagePrecision(rows.outcome, rows.risk))).toBeLessThan(0.01);
});

test('a constant score is the diagonal', () => {
  const constant = new Float64Array(5).fill(0.4);
  rocCurve(outcome, constant).forEach((y, j) => expect(y).toBeCloseTo(shareGrid[j]!, 14));
  gainsCurve(outcome, constant).forEach((y, j) => expect(y).toBeCloseTo(shareGrid[j]!, 14));
  precisionRecallCurve(outcome, constant).forEach((p) => expect(p).toBe(0.4));
});

test('refusals', () => {
  expect(errorCode(() => rocCurve(Uint8Array.of(1, 1), Float64Array.of(0.1, 0.2)))).toBe('EVALUATION_ONE_CLASS');
  expect(errorCode(() => gainsCurve(outcome, Float64Array.of(0.1)))).toBe('EVALUATION_LENGTH_MISMATCH');
  expect(
    errorCode(() =>
      precisionRecallCurve(
        outcome,
        risk.map(() => NaN),
      ),
    ),
  ).toBe('EVALUATION_NAN');
});
