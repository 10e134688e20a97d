/**
 * Curves, DeLong, decomposition, smooth calibration and adjusted p values against scikit-learn, statsmodels, scipy and patsy
 * (scripts/golden/evaluation.py), and DeLong against the published example of R's pROC.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  Z95,
  auroc,
  benjaminiHochberg,
  brierDecomposition,
  delongInterval,
  delongTest,
  gainsCurve,
  holm,
  netBenefit,
  precisionRecallCurve,
  rocCurve,
  smoothCalibration,
} from '../../src/evaluation/index.ts';
import { distance } from './rows.ts';

interface Case {
  title: string;
  outcome: number[];
  risk: number[];
  second: number[];
  at: number[];
  expect: {
    roc: number[];
    precisionRecall: number[];
    gains: number[];
    delong: Record<string, number>;
    decomposition?: Record<string, number>;
    smooth?: { knots: number[]; smooth: number[] } & Record<'ici' | 'e50' | 'e90' | 'emax', number>;
    netBenefit?: number[];
  };
}
const cases = golden<Case[]>('curves');
const probabilities = cases.filter((c) => c.expect.smooth !== undefined);

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

function near(found: ArrayLike<number>, expected: readonly number[], within: number): void {
  expect(found.length).toBe(expected.length);
  const worst = Array.from(found).reduce((most, value, k) => Math.max(most, distance(value, expected[k]!)), 0);
  expect(worst).toBeLessThan(within);
}

test('the golden file has its cases', () => {
  expect(cases.length).toBe(5);
  expect(probabilities.length).toBe(4);
});

describe.each(cases)('$title', ({ outcome, risk, second, expect: golden }) => {
  const o = Uint8Array.from(outcome);
  const r = Float64Array.from(risk);
  test('ROC', () => near(rocCurve(o, r), golden.roc, 1e-12));
  test('precision-recall', () => near(precisionRecallCurve(o, r), golden.precisionRecall, 1e-12));
  test('gains', () => near(gainsCurve(o, r), golden.gains, 1e-12));
  test('DeLong', () => {
    const { variance, lower, upper } = delongInterval(o, r);
    const { difference, z, p } = delongTest(o, r, Float64Array.from(second));
    const { variance: v, lower: l, upper: u, difference: d, z: gz, p: gp } = golden.delong;
    near([variance, lower, upper, difference, z, p], [v!, l!, u!, d!, gz!, gp!], 1e-11);
  });
});

describe.each(probabilities)('probabilities, $title', ({ outcome, risk, at, expect: golden }) => {
  const o = Uint8Array.from(outcome);
  const r = Float64Array.from(risk);
  test('net benefit', () => near(netBenefit(o, r), golden.netBenefit!, 1e-12));
  test('Brier decomposition', () => {
    const found = brierDecomposition(o, r) as unknown as Record<string, number>;
    for (const [name, value] of Object.entries(golden.decomposition!)) expect(distance(found[name]!, value)).toBeLessThan(1e-12);
  });
  test('smooth calibration', () => {
    const { knots, ici, e50, e90, emax, smooth } = smoothCalibration(o, r, Float64Array.from(at));
    const g = golden.smooth!;
    near(knots, g.knots, 1e-12);
    near([ici, e50, e90, emax], [g.ici, g.e50, g.e90, g.emax], 1e-8);
    near(smooth, g.smooth, 1e-8);
  });
});

describe('DeLong: subarachnoid haemorrhage, as pROC publishes it', () => {
  type Marker = 'wfns' | 's100b' | 'ndka';
  const {
    outcome,
    expect: published,
    ...scores
  } = golden<
    { outcome: number[] } & Record<Marker, number[]> & {
        expect: {
          auroc: Record<Marker, number>;
          variance: Record<Marker, number>;
          interval: { ndka: [number, number] };
          tests: { first: Marker; second: Marker; z: number; p: number; lower: number; upper: number }[];
        };
      }
  >('proc');
  const o = Uint8Array.from(outcome);
  const score = (marker: Marker): Float64Array => Float64Array.from(scores[marker]);

  test.each(['wfns', 's100b', 'ndka'] as const)('%s', (marker) => {
    const found = delongInterval(o, score(marker));
    expect(distance(found.auroc, published.auroc[marker])).toBeLessThan(1e-14);
    expect(found.auroc).toBeCloseTo(auroc(o, score(marker)), 14);
    expect(Math.abs(found.variance / published.variance[marker] - 1)).toBeLessThan(1e-12);
  });

  test('interval', () => {
    const { lower, upper } = delongInterval(o, score('ndka'));
    near([lower, upper], published.interval.ndka, 1e-12);
  });

  test.each(published.tests)('$first against $second', ({ first, second, z, p, lower, upper }) => {
    const found = delongTest(o, score(first), score(second));
    const half = Z95 * found.standardError;
    near([found.z, found.p, found.difference - half, found.difference + half], [z, p, lower, upper], 1e-12);
  });

  test('a marker against itself', () => {
    expect(delongTest(o, score('wfns'), score('wfns'))).toEqual({ difference: 0, standardError: 0, z: 0, p: 1 });
  });
});

describe('adjusted p values', () => {
  const sets = golden<{ p: number[]; holm: number[]; benjaminiHochberg: number[] }[]>('multiplicity');
  test('the golden file has its cases', () => expect(sets.length).toBe(4));
  test.each(sets)('$p', ({ p, holm: h, benjaminiHochberg: b }) => {
    near(holm(p), h, 1e-14);
    near(benjaminiHochberg(p), b, 1e-14);
  });
});
