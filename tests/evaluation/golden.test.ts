/**
 * Every statistic against scikit-learn and statsmodels (scripts/golden/evaluation.py).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  auroc,
  averagePrecision,
  brier,
  calibrationIntercept,
  calibrationSlope,
  logLoss,
  scaledBrier,
} from '../../src/evaluation/index.ts';
import { distance } from './rows.ts';

interface Case {
  title: string;
  outcome: number[];
  risk: number[];
  expect: Record<string, number>;
}
const cases = JSON.parse(readFileSync(new URL('./golden/metrics.json', import.meta.url), 'utf8')) as Case[];
const statistics: Record<string, { value: (o: Uint8Array, r: Float64Array) => number; within: number }> = {
  auroc: { value: auroc, within: 1e-12 },
  averagePrecision: { value: averagePrecision, within: 1e-12 },
  brier: { value: brier, within: 1e-12 },
  scaledBrier: { value: scaledBrier, within: 1e-12 },
  logLoss: { value: logLoss, within: 1e-12 },
  calibrationIntercept: { value: calibrationIntercept, within: 1e-9 },
  calibrationSlope: { value: calibrationSlope, within: 1e-9 },
};

test('the golden file has its cases', () => {
  expect(cases.length).toBe(5);
  expect(cases.flatMap((c) => Object.keys(c.expect)).length).toBe(4 * 7 + 2);
});

describe.each(cases)('$title', (golden) => {
  test.each(Object.keys(golden.expect))('%s', (name) => {
    const { value, within } = statistics[name]!;
    const found = value(Uint8Array.from(golden.outcome), Float64Array.from(golden.risk));
    expect(distance(found, golden.expect[name]!)).toBeLessThan(within);
  });
});
