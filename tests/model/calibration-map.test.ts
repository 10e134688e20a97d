import { describe, expect, test } from '@jest/globals';
import { auroc, calibrationIntercept, calibrationSlope } from '../../src/evaluation/index.ts';
import { CALIBRATION_EPSILON, applyCalibration, fitCalibration } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { errorCode } from './sample-model.ts';

const logit = (p: number): number => Math.log(p / (1 - p));
const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** Outputs of a forest that is right in rank and too near the middle; the true log odds are 2 logit(output) - 0.5. */
function timid(n: number, seed = 4): { outcome: Uint8Array; output: Float64Array } {
  const stream = randomStream(seed, 0);
  const output = Float64Array.from({ length: n }, () => 0.05 + 0.5 * stream.uniform());
  return { outcome: Uint8Array.from(output, (o) => (stream.uniform() < logistic(2 * logit(o) - 0.5) ? 1 : 0)), output };
}

describe('fit', () => {
  test('finds the line that made the outcomes', () => {
    const { outcome, output } = timid(40_000);
    const map = fitCalibration(outcome, output);
    expect(map.kind).toBe('logistic');
    expect(Math.abs(map.slope - 2)).toBeLessThan(0.1);
    expect(Math.abs(map.intercept + 0.5)).toBeLessThan(0.1);
  });

  test('afterwards intercept and slope of calibration are 0 and 1, and no rank has changed', () => {
    const { outcome, output } = timid(1500);
    const original = output.slice();
    const map = fitCalibration(outcome, output);
    output.set([0, 1e-6, 1 - 1e-6, 1], 7);
    const ranked = output.map((o) => applyCalibration(map, o));
    expect(auroc(outcome, ranked)).toBe(auroc(outcome, output));
    output.set(original.subarray(7, 11), 7);
    const risk = output.map((o) => applyCalibration(map, o));
    expect(calibrationSlope(outcome, risk)).toBeCloseTo(1, 7);
    expect(calibrationIntercept(outcome, risk)).toBeCloseTo(0, 7);
  });

  test('rows never out of bag are left out', () => {
    const { outcome, output } = timid(500);
    const more = Float64Array.from([...output, NaN, NaN]);
    expect(fitCalibration(Uint8Array.from([...outcome, 1, 1]), more)).toEqual(fitCalibration(outcome, output));
  });

  test('20 events are enough for a slope, 19 are not; the level is then the event rate', () => {
    const output = Float64Array.from({ length: 400 }, (_, i) => ((i * 37) % 400) / 400);
    const events = (n: number) => Uint8Array.from(output, (_, i) => (i % 10 === 0 && i / 10 < n ? 1 : 0));
    expect(fitCalibration(events(20), output).kind).not.toBe('identity');
    expect(fitCalibration(events(20), output).reason).not.toContain('a slope needs');
    const map = fitCalibration(events(19), output);
    expect(map).toMatchObject({ kind: 'intercept-only', slope: 1, events: 19, rows: 400 });
    expect(map.reason).toContain('19 events');
    const mean = output.reduce((sum, o) => sum + applyCalibration(map, o), 0) / 400;
    expect(mean).toBeCloseTo(19 / 400, 10);
  });

  test('a rank that is worse than chance is not turned round', () => {
    const { outcome, output } = timid(800);
    const map = fitCalibration(
      outcome,
      output.map((o) => 1 - o),
    );
    expect(map).toMatchObject({ kind: 'intercept-only', slope: 1 });
    expect(map.reason).toContain('above chance');
  });

  test('classes that do not overlap have no slope', () => {
    const output = Float64Array.from({ length: 100 }, (_, i) => i / 100);
    const map = fitCalibration(
      Uint8Array.from(output, (o) => (o >= 0.5 ? 1 : 0)),
      output,
    );
    expect(map.kind).toBe('intercept-only');
    expect(map.reason).toContain('do not overlap');
    expect(
      fitCalibration(
        Uint8Array.from(output, (_, i) => i % 2),
        new Float64Array(100).fill(0.4),
      ).kind,
    ).toBe('intercept-only');
  });

  test('one outcome only: nothing is fitted', () => {
    expect(fitCalibration(new Uint8Array(50), new Float64Array(50).fill(0.1))).toMatchObject({
      kind: 'identity',
      intercept: 0,
      slope: 1,
    });
    expect(fitCalibration(new Uint8Array(0), new Float64Array(0)).kind).toBe('identity');
  });

  test('refusals', async () => {
    const call = (o: Uint8Array, r: Float64Array) => errorCode(() => fitCalibration(o, r));
    expect(await call(Uint8Array.of(1), Float64Array.of(0.1, 0.2))).toBe('MODEL_CALIBRATION_INPUT');
    expect(await call(Uint8Array.of(2), Float64Array.of(0.1))).toBe('MODEL_CALIBRATION_INPUT');
    expect(await call(Uint8Array.of(1), Float64Array.of(1.1))).toBe('MODEL_CALIBRATION_INPUT');
  });
});

describe('apply', () => {
  const steep = { ...fitCalibration(new Uint8Array(1), new Float64Array(1)), slope: 30, intercept: 12 };

  test('stays strictly between 0 and 1 however steep, and rises with every output', () => {
    for (const map of [steep, { ...steep, slope: 1, intercept: -3 }, { ...steep, slope: 0.2 }]) {
      let before = 0;
      for (let k = 0; k <= 1000; k++) {
        const risk = applyCalibration(map, k / 1000);
        expect(risk).toBeGreaterThan(0);
        expect(risk).toBeLessThan(1);
        if (map !== steep) expect(risk).toBeGreaterThan(before);
        before = risk;
      }
    }
  });

  test('identity gives epsilon for 0 and its complement for 1', () => {
    const map = fitCalibration(new Uint8Array(1), new Float64Array(1));
    expect(applyCalibration(map, 0)).toBeCloseTo(CALIBRATION_EPSILON, 12);
    expect(applyCalibration(map, 1)).toBeCloseTo(1 - CALIBRATION_EPSILON, 12);
  });

  test('identity moves an output by no more than epsilon', () => {
    const map = fitCalibration(new Uint8Array(1), new Float64Array(1));
    for (const o of [0, 0.2, 0.9, 1])
      expect(Math.abs(applyCalibration(map, o) - o)).toBeLessThanOrEqual(CALIBRATION_EPSILON + 1e-15);
  });

  test('refuses what is no output', async () => {
    for (const o of [NaN, -0.1, 1.1]) expect(await errorCode(() => applyCalibration(steep, o))).toBe('MODEL_CALIBRATION_INPUT');
  });
});
