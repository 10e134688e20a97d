/** Intervals against a known truth, by hand. */
import { describe, expect, it } from '@jest/globals';
import { compareIntervals } from '../../src/evaluation/index.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('compareIntervals', () => {
  it('judges the mean of each tenth, and single discharges apart', () => {
    // Twenty discharges, two a tenth: one oracle risk below its interval, one above, their mean inside.
    const risk = Float64Array.from({ length: 20 }, (_, i) => 0.05 + 0.04 * Math.floor(i / 2));
    const interval = { low: risk.map((r) => r - 0.02), high: risk.map((r) => r + 0.02) };
    const oracle = risk.map((r, i) => r + (i % 2 === 0 ? 0.03 : -0.03));
    const found = compareIntervals(risk, interval, oracle);
    expect(found).toMatchObject({ within: 10, shareWithin: 0 });
    expect(found.meanWidth).toBeCloseTo(0.04, 12);
    expect(found.groups).toHaveLength(10);
    expect(found.groups[3]!.meanOracle).toBeCloseTo(found.groups[3]!.meanRisk, 12);
  });

  it('counts a group whose mean is outside', () => {
    const risk = of(0.1, 0.1, 0.3, 0.3);
    const interval = { low: of(0.05, 0.05, 0.2, 0.2), high: of(0.15, 0.15, 0.4, 0.4) };
    const found = compareIntervals(risk, interval, of(0.1, 0.1, 0.5, 0.5));
    expect(found.groups).toHaveLength(2);
    expect(found).toMatchObject({ within: 1, shareWithin: 0.5 });
  });

  it('refuses unequal lengths', () => {
    expect(() => compareIntervals(of(0.1, 0.2), { low: of(0), high: of(1, 1) }, of(0.1, 0.1))).toThrow(
      expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }),
    );
  });
});
