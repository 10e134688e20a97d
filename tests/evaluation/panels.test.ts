/**
 * Panels with row weights equal the same functions on the rows written out as often as they were drawn.
 */
import { describe, expect, test } from '@jest/globals';
import { flagPanel, flagShares } from '../../src/evaluation/action.ts';
import { gainsCurve, measureOnce, netBenefit, precisionRecallCurve, rocCurve, type Panel } from '../../src/evaluation/index.ts';
import { netBenefitPanel } from '../../src/evaluation/net-benefit.ts';
import { gainsPanel, precisionRecallPanel, rocPanel } from '../../src/evaluation/rank-curves.ts';
import { smoothCalibrationPanel } from '../../src/evaluation/smooth-calibration.ts';
import { distance, madeUpRows } from './rows.ts';

const { outcome, risk } = madeUpRows(77, 400);
const weight = Float64Array.from(outcome, (_, i) => (i * 7) % 4);
const rows = Array.from(weight).flatMap((w, i) => new Array<number>(w).fill(i));
const writtenOutcome = Uint8Array.from(rows, (i) => outcome[i]!);
const writtenRisk = Float64Array.from(rows, (i) => risk[i]!);

function measured(panel: Panel, by = weight): Float64Array {
  const into = new Float64Array(panel.size);
  panel.measure(by, into);
  return into;
}

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  expect(found.length).toBe(expected.length);
  for (let k = 0; k < found.length; k++) expect(distance(found[k]!, expected[k]!)).toBeLessThan(within);
}

test('curves along the ranking', () => {
  expectNear(measured(rocPanel(outcome, risk)), rocCurve(writtenOutcome, writtenRisk), 1e-14);
  expectNear(measured(precisionRecallPanel(outcome, risk)), precisionRecallCurve(writtenOutcome, writtenRisk), 1e-14);
  expectNear(measured(gainsPanel(outcome, risk)), gainsCurve(writtenOutcome, writtenRisk), 1e-14);
});

test('net benefit', () => {
  expectNear(measured(netBenefitPanel(outcome, risk)), netBenefit(writtenOutcome, writtenRisk), 1e-14);
});

test('flags', () => {
  const flagged = risk.map((r) => (r >= 0.3 ? 1 : 0));
  const written = flagShares(
    writtenOutcome,
    Uint8Array.from(rows, (i) => flagged[i]!),
  );
  expect(Array.from(measured(flagPanel(outcome, Uint8Array.from(flagged))))).toEqual(Object.values(written));
});

test('smooth calibration, with the knots of the rows', () => {
  const at = Float64Array.of(0.1, 0.3, 0.5);
  const panel = smoothCalibrationPanel(outcome, risk, at);
  const written = smoothCalibrationPanel(writtenOutcome, writtenRisk, at, panel.knots);
  expect(panel.knots).toHaveLength(4);
  expectNear(measured(panel), measureOnce(written, rows.length), 1e-9);
});

describe('one class only is NaN', () => {
  const events = Float64Array.from(outcome);
  test.each([
    ['roc', rocPanel],
    ['precision-recall', precisionRecallPanel],
    ['gains', gainsPanel],
    ['smooth', (o: Uint8Array, r: Float64Array) => smoothCalibrationPanel(o, r, Float64Array.of(0.5))],
  ])('%s', (_, panel) => {
    expect(Array.from(measured(panel(outcome, risk), events)).every(Number.isNaN)).toBe(true);
  });
});
