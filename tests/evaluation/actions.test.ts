/** Acting: net benefit, thresholds, daily capacity. */
import { describe, expect, test } from '@jest/globals';
import {
  decisionThresholds,
  flagShares,
  flaggedAtThreshold,
  flaggedWithinCapacity,
  netBenefit,
  netBenefitOfAll,
} from '../../src/evaluation/index.ts';
import { errorCode } from './rows.ts';

describe('net benefit', () => {
  test('of acting on everybody, as published for a prevalence of 30 % (PMC6993280, table 4)', () => {
    const published: [number, number][] = [
      [0.03, 0.278],
      [0.05, 0.263],
      [0.08, 0.239],
      [0.1, 0.222],
      [0.2, 0.125],
      [0.3, 0],
      [0.4, -0.167],
      [0.5, -0.4],
      [0.6, -0.75],
      [0.7, -1.333],
      [0.8, -2.5],
      [0.9, -6],
    ];
    const found = netBenefitOfAll(
      0.3,
      published.map(([pt]) => pt),
    );
    published.forEach(([, benefit], k) => expect(Math.abs(found[k]! - benefit)).toBeLessThan(0.0006));
  });

  test('by hand: 3 true and 2 false positives of 10 at 20 %', () => {
    const outcome = Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0);
    const risk = Float64Array.of(0.9, 0.5, 0.2, 0.1, 0.3, 0.2, 0.19, 0.1, 0.05, 0);
    expect(netBenefit(outcome, risk, [0.2])[0]).toBeCloseTo(0.3 - 0.2 / 4, 15);
    expect(netBenefit(outcome, risk, [0.95])[0]).toBe(0);
  });

  test('a risk that flags everybody is acting on everybody', () => {
    const outcome = Uint8Array.of(1, 0, 0, 0);
    const found = netBenefit(outcome, new Float64Array(4).fill(1));
    netBenefitOfAll(0.25).forEach((benefit, k) => expect(found[k]).toBeCloseTo(benefit, 14));
    expect(decisionThresholds[0]).toBe(0.05);
    expect(decisionThresholds.at(-1)).toBe(0.4);
  });

  test('refusals', () => {
    const call = (thresholds: number[]) =>
      errorCode(() => netBenefit(Uint8Array.of(1, 0), Float64Array.of(0.2, 0.1), thresholds));
    expect(call([0.2, 0.1])).toBe('EVALUATION_RANGE');
    expect(call([1])).toBe('EVALUATION_RANGE');
    expect(errorCode(() => netBenefit(Uint8Array.of(1, 0), Float64Array.of(2, 0.1)))).toBe('EVALUATION_RANGE');
  });
});

describe('flags', () => {
  const risk = Float64Array.of(0.3, 0.5, 0.5, 0.5, 0.1, 0.9);

  test('at a threshold, the threshold included', () => {
    expect(Array.from(flaggedAtThreshold(risk, 0.5))).toEqual([0, 1, 1, 1, 0, 1]);
  });

  test('within a capacity: the highest of each day, equal risks in row order, all of a day with fewer', () => {
    const day = Int32Array.of(7, 7, 7, 7, 3, 7);
    expect(Array.from(flaggedWithinCapacity(risk, day, 1))).toEqual([0, 0, 0, 0, 1, 1]);
    expect(Array.from(flaggedWithinCapacity(risk, day, 3))).toEqual([0, 1, 1, 0, 1, 1]);
    expect(Array.from(flaggedWithinCapacity(risk, day, 9))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('shares by hand', () => {
    const shares = flagShares(Uint8Array.of(1, 1, 0, 0, 0, 1), flaggedAtThreshold(risk, 0.5));
    expect(shares).toEqual({ sensitivity: 2 / 3, specificity: 1 / 3, ppv: 0.5, npv: 0.5, flaggedShare: 4 / 6 });
  });

  test('refusals', () => {
    expect(errorCode(() => flaggedWithinCapacity(risk, Int32Array.of(1), 1))).toBe('EVALUATION_LENGTH_MISMATCH');
    expect(errorCode(() => flagShares(Uint8Array.of(1, 0), Uint8Array.of(1)))).toBe('EVALUATION_LENGTH_MISMATCH');
  });
});
