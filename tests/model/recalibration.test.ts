import { describe, expect, it } from '@jest/globals';
import { applyCalibration, recalibrated, type CalibrationMap } from '../../src/model/index.ts';
import { curveAt, risingCurve } from '../../src/model/rising-curve.ts';
import { randomStream } from '../../src/util/random.ts';

const map: CalibrationMap = {
  kind: 'logistic',
  intercept: 0.3,
  slope: 1.2,
  epsilon: 1e-4,
  reason: 'test',
  rows: 100,
  events: 20,
};
const n = 4000;
const stream = randomStream(5, 0);
const outputs = Float64Array.from({ length: n }, () => 0.02 + (0.6 * stream.below(10_000)) / 10_000);
const risk = outputs.map((output) => applyCalibration(map, output));
const logit = (p: number): number => Math.log(p / (1 - p));
/** What happens at the site: half as likely again on the log odds scale, and a level lower. */
const truth = risk.map((p) => 1 / (1 + Math.exp(-(-0.7 + 0.6 * logit(p)))));
const outcome = Uint8Array.from(truth, (p) => (stream.below(1_000_000) / 1_000_000 < p ? 1 : 0));
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe('recalibration', () => {
  it('by intercept makes the mean risk the event share, which is what its score equation says', () => {
    const local = recalibrated(map, outcome, risk, 'intercept');
    expect(mean(outputs.map((o) => applyCalibration(local, o)))).toBeCloseTo(mean(outcome), 8);
    expect(local.slope).toBe(map.slope);
  });

  it('by slope finds the change that was made', () => {
    const local = recalibrated(map, outcome, risk, 'slope');
    const found = outputs.map((o) => applyCalibration(local, o));
    expect(Math.abs(mean(found) - mean(truth))).toBeLessThan(0.02);
    expect(local.slope / map.slope).toBeGreaterThan(0.45);
    expect(local.slope / map.slope).toBeLessThan(0.75);
    expect(local.kind).toBe('logistic');
  });

  it('by isotonic steps never falls where the risk rises, and is near the truth', () => {
    const local = recalibrated(map, outcome, risk, 'isotonic');
    const order = [...outputs.keys()].sort((a, b) => outputs[a]! - outputs[b]!);
    const found = order.map((i) => applyCalibration(local, outputs[i]!));
    expect(found.every((p, i) => i === 0 || p >= found[i - 1]!)).toBe(true);
    expect(mean(order.map((i, k) => Math.abs(found[k]! - truth[i]!)))).toBeLessThan(0.04);
  });

  it('refuses few events, a second set of steps, and risks that rank backwards', () => {
    const few = outcome.map((y, i) => (i < 60 ? y : 0));
    expect(() => recalibrated(map, few, risk, 'intercept')).toThrow(expect.objectContaining({ code: 'RECALIBRATION_TOO_FEW' }));
    const steps = recalibrated(map, outcome, risk, 'isotonic');
    expect(() => recalibrated(steps, outcome, risk, 'slope')).toThrow(expect.objectContaining({ code: 'RECALIBRATION_TWICE' }));
    const backwards = outcome.map((y) => 1 - y);
    expect(() => recalibrated(map, backwards, risk, 'slope')).toThrow(
      expect.objectContaining({ code: 'RECALIBRATION_NO_SLOPE' }),
    );
  });
});

describe('the rising curve', () => {
  it('pools what falls: worked by hand', () => {
    const curve = risingCurve(Uint8Array.of(0, 1, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.4));
    expect(curve.risk).toEqual([0.1, 0.25, 0.4]);
    // The ends are half an event of five away from 0 and 1.
    expect(curve.value).toEqual([0.1, 0.5, 0.9]);
    expect(curveAt(curve, 0.175)).toBeCloseTo(0.3, 12);
    expect([curveAt(curve, 0), curveAt(curve, 1)]).toEqual([0.1, 0.9]);
  });

  it('is the least-squares rising fit: no block could be moved to fit better', () => {
    const curve = risingCurve(outcome, risk);
    expect(curve.value.every((v, i) => i === 0 || v > curve.value[i - 1]!)).toBe(true);
    // Max-min formula: the fit at i is the greatest over starts of the least mean up to any end.
    const distinct = [...risk.keys()].filter((i) => risk.indexOf(risk[i]!) === i);
    const step = Math.ceil(distinct.length / 100);
    const order = distinct.sort((a, b) => risk[a]! - risk[b]!).filter((_, k) => k % step === 0);
    const y = order.map((i) => outcome[i]!);
    const x = order.map((i) => risk[i]!);
    const small = risingCurve(Uint8Array.from(y), Float64Array.from(x));
    const average = (a: number, b: number): number => mean(y.slice(a, b + 1));
    const at = (i: number): number => {
      let best = -Infinity;
      for (let a = 0; a <= i; a += 1) {
        let least = Infinity;
        for (let b = i; b < y.length; b += 1) least = Math.min(least, average(a, b));
        best = Math.max(best, least);
      }
      return best;
    };
    const values = new Set(y.map((_, i) => Math.min(Math.max(at(i), 0.5 / y.length), 1 - 0.5 / y.length).toFixed(10)));
    expect(values).toEqual(new Set(small.value.map((v) => v.toFixed(10))));
    expect(values.size).toBeGreaterThan(3);
  });
});
