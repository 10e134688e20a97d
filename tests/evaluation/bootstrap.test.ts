import { describe, expect, test } from '@jest/globals';
import {
  auroc,
  aurocStatistic,
  averagePrecision,
  averagePrecisionStatistic,
  bootstrapDifferences,
  bootstrapIntervals,
  bootstrapMeasures,
  brier,
  brierStatistic,
  byCopying,
  calibrationIntercept,
  calibrationInterceptStatistic,
  calibrationSlope,
  calibrationSlopeStatistic,
  logLoss,
  logLossStatistic,
  scaledBrier,
  scaledBrierStatistic,
  withinStratumAuroc,
  withinStratumStatistic,
} from '../../src/evaluation/index.ts';
import type { Statistic } from '../../src/evaluation/index.ts';
import { distance, errorCode, madeUpRows } from './rows.ts';

const rows = madeUpRows(42, 300);
const weighted: Record<string, Statistic> = {
  auroc: aurocStatistic,
  averagePrecision: averagePrecisionStatistic,
  brier: brierStatistic,
  scaledBrier: scaledBrierStatistic,
  logLoss: logLossStatistic,
  calibrationIntercept: calibrationInterceptStatistic,
  calibrationSlope: calibrationSlopeStatistic,
};
const plain: Record<string, (o: Uint8Array, r: Float64Array) => number> = {
  auroc,
  averagePrecision,
  brier,
  scaledBrier,
  logLoss,
  calibrationIntercept,
  calibrationSlope,
};

describe('row weights', () => {
  test.each(Object.keys(weighted))('%s with weights equals itself on the rows written out', (name) => {
    const byWeights = bootstrapIntervals({ ...rows, statistics: { it: weighted[name]! } }, { draws: 40, seed: 9 }).it;
    const byCopies = bootstrapIntervals({ ...rows, statistics: { it: byCopying(plain[name]!) } }, { draws: 40, seed: 9 }).it;
    expect(byWeights.draws).toBe(40);
    for (const end of ['estimate', 'lower', 'upper'] as const) {
      expect(distance(byWeights[end], byCopies[end])).toBeLessThan(1e-9);
    }
    expect(byWeights.lower).toBeLessThan(byWeights.upper);
  });

  test('within-stratum auroc with weights equals itself on the rows written out', () => {
    const { outcome, risk, stratum } = rows;
    const weight = Float64Array.from(outcome, (_, i) => (i * 7) % 4);
    const copies = Array.from(weight).flatMap((w, i) => new Array<number>(w).fill(i));
    const take = <T extends { [k: number]: number }>(from: T) => copies.map((i) => from[i]!);
    const written = withinStratumAuroc(
      Uint8Array.from(take(outcome)),
      Float64Array.from(take(risk)),
      Int32Array.from(take(stratum)),
    );
    expect(withinStratumStatistic(stratum)(outcome, risk)(weight)).toBe(written.auroc);
  });
});

describe('patients', () => {
  test('are drawn whole, as many as there are', () => {
    const groups = Int32Array.of(5, 5, 5, 2, 2, 9);
    const seen: number[][] = [];
    bootstrapMeasures({ look: (w) => seen.push(Array.from(w)) }, groups, { draws: 200, seed: 3 });
    expect(seen.length).toBe(201);
    const draws = seen.slice(0, 200);
    for (const w of draws) {
      expect(w[0] === w[1] && w[1] === w[2] && w[3] === w[4]).toBe(true);
      expect(w[0]! + w[3]! + w[5]!).toBe(3);
    }
    expect(new Set(draws.map((w) => w.join())).size).toBe(10);
    expect(seen[200]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('repeated rows widen the interval as the theory of clusters says', () => {
    const n = 800;
    const { outcome, risk } = madeUpRows(8, n);
    const repeat = 4;
    const copy = (i: number) => Math.floor(i / repeat);
    const many = {
      outcome: Uint8Array.from({ length: n * repeat }, (_, i) => outcome[copy(i)]!),
      risk: Float64Array.from({ length: n * repeat }, (_, i) => risk[copy(i)]!),
      groups: Int32Array.from({ length: n * repeat }, (_, i) => copy(i)),
    };
    const { it } = bootstrapIntervals({ ...many, statistics: { it: brierStatistic } }, { draws: 2000, seed: 1 });
    const errors = Array.from(risk, (r, i) => (r - outcome[i]!) ** 2);
    const mean = errors.reduce((a, b) => a + b, 0) / n;
    const standardError = Math.sqrt(errors.reduce((a, e) => a + (e - mean) ** 2, 0)) / n;
    expect(Math.abs((it.upper - it.lower) / (2 * 1.96 * standardError) - 1)).toBeLessThan(0.06);
  });
});

describe('chance', () => {
  test('the same seed gives the same interval whatever else is computed, and for any order of rows', () => {
    const alone = bootstrapIntervals({ ...rows, statistics: { auroc: aurocStatistic } }, { draws: 60, seed: 4 }).auroc;
    const among = bootstrapIntervals({ ...rows, statistics: weighted }, { draws: 60, seed: 4 })['auroc'];
    expect(among).toEqual(alone);
    const turned = {
      outcome: rows.outcome.slice().reverse(),
      risk: rows.risk.slice().reverse(),
      groups: rows.groups.slice().reverse(),
    };
    const back = bootstrapIntervals({ ...turned, statistics: { auroc: aurocStatistic } }, { draws: 60, seed: 4 }).auroc;
    expect(back).toEqual(alone);
    const other = bootstrapIntervals({ ...rows, statistics: { auroc: aurocStatistic } }, { draws: 60, seed: 5 }).auroc;
    expect(other).not.toEqual(alone);
  });

  test('percentiles: level 0.5 lies inside level 0.95', () => {
    const [half, most] = [0.5, 0.95].map(
      (level) => bootstrapIntervals({ ...rows, statistics: { it: brierStatistic } }, { draws: 200, seed: 4, level }).it,
    );
    expect(half!.lower).toBeGreaterThan(most!.lower);
    expect(half!.upper).toBeLessThan(most!.upper);
  });

  test('too few draws with a value: no interval, and it says how many had one', () => {
    const outcome = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    const risk = Float64Array.from({ length: 8 }, (_, i) => i / 10);
    const groups = Int32Array.from({ length: 8 }, (_, i) => i);
    const { it } = bootstrapIntervals({ outcome, risk, groups, statistics: { it: aurocStatistic } }, { draws: 400, seed: 1 });
    expect(it.estimate).toBe(0);
    expect(it.lower).toBeNaN();
    expect(it.draws).toBeGreaterThan(200);
    expect(it.draws).toBeLessThan(320);
  });

  test('refusals', () => {
    const call = (options: { draws?: number; seed: number; level?: number }) =>
      errorCode(() => bootstrapIntervals({ ...rows, statistics: weighted }, options));
    expect(call({ seed: 1, draws: 0 })).toBe('EVALUATION_RANGE');
    expect(call({ seed: -1 })).toBe('EVALUATION_RANGE');
    expect(call({ seed: 1, level: 1 })).toBe('EVALUATION_RANGE');
    const short = { ...rows, groups: rows.groups.slice(1), statistics: weighted };
    expect(errorCode(() => bootstrapIntervals(short, { seed: 1 }))).toBe('EVALUATION_LENGTH_MISMATCH');
    expect(errorCode(() => bootstrapMeasures({}, new Int32Array(0), { seed: 1 }))).toBe('EVALUATION_RANGE');
  });
});

describe('differences', () => {
  test('a risk against itself is 0 in every draw; swapping turns the sign', () => {
    const other = rows.risk.map((r) => Math.sqrt(r));
    const same = bootstrapDifferences({ ...rows, reference: rows.risk, statistics: weighted }, { draws: 30, seed: 2 });
    for (const name of Object.keys(weighted)) expect(same[name]).toEqual({ estimate: 0, lower: 0, upper: 0, draws: 30 });
    const there = bootstrapDifferences({ ...rows, reference: other, statistics: weighted }, { draws: 30, seed: 2 });
    const back = bootstrapDifferences(
      { ...rows, risk: other, reference: rows.risk, statistics: weighted },
      { draws: 30, seed: 2 },
    );
    expect(there['brier']!.lower).toBeCloseTo(-back['brier']!.upper, 12);
    expect(there['auroc']).toEqual({ estimate: 0, lower: 0, upper: 0, draws: 30 });
  });
});
