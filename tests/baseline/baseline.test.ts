/** The baselines against values worked out by hand. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitReasonLookup, fitScoreLine, lookUpReasons, scoreRisk } from '../../src/baseline/index.ts';

describe('reason lookup', () => {
  const reasons = ['a', 'a', 'a', 'b', null, null];
  const outcome = Uint8Array.of(1, 1, 0, 0, 1, 0);

  it('draws each share towards the base rate by one pseudo-discharge', () => {
    const lookup = fitReasonLookup(reasons, outcome);
    expect(lookup.baseRate).toBe(0.5);
    // a: (2 + 0.5) / 4, b: (0 + 0.5) / 2, none coded: (1 + 0.5) / 3, never seen: the base rate.
    expect([...lookUpReasons(lookup, ['a', 'b', null, 'z'])]).toEqual([2.5 / 4, 0.5 / 2, 1.5 / 3, 0.5]);
  });

  it('has a base rate of 0 where nothing was trained on', () => {
    expect([...lookUpReasons(fitReasonLookup([], new Uint8Array()), ['a'])]).toEqual([0]);
  });

  it('keeps the expected number of events: rates lie in [0, 1], in any order of rows', () => {
    const row = fc.record({ reason: fc.constantFrom('a', 'b', 'c', null), y: fc.constantFrom(0, 1) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const lookup = fitReasonLookup(
          rows.map((r) => r.reason),
          Uint8Array.from(rows, (r) => r.y),
        );
        const turned = [...rows].reverse();
        expect(
          fitReasonLookup(
            turned.map((r) => r.reason),
            Uint8Array.from(turned, (r) => r.y),
          ).baseRate,
        ).toBe(lookup.baseRate);
        for (const rate of lookup.rates.values()) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 20260101 },
    );
  });
});

describe('score line', () => {
  it('meets both groups of a two-valued score', () => {
    // 1 of 4 at 0 points, 3 of 4 at 1 point: logits -ln 3 and ln 3.
    const points = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const line = fitScoreLine(points, Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 0));
    expect(line.intercept).toBeCloseTo(-Math.log(3), 8);
    expect(line.slope).toBeCloseTo(2 * Math.log(3), 8);
    expect([...scoreRisk(line, Float64Array.of(0, 1))].map((risk) => Number(risk.toFixed(8)))).toEqual([0.25, 0.75]);
  });

  it.each([
    ['points are all the same', [3, 3, 3, 3], [1, 0, 0, 0], 1.5 / 5],
    ['nobody was readmitted', [1, 2, 3, 4], [0, 0, 0, 0], 0.5 / 5],
    ['points separate the outcomes', [1, 2, 3, 4], [0, 0, 1, 1], 2.5 / 5],
    ['points fall with the outcome', [1, 2, 3, 4], [1, 0, 1, 0], 2.5 / 5],
  ])('gives the base rate in the order of the points where %s', (_, points, outcome, rate) => {
    const line = fitScoreLine(Float64Array.from(points), Uint8Array.from(outcome));
    const risks = scoreRisk(line, Float64Array.of(0, 1, 19));
    for (const risk of risks) expect(risk).toBeCloseTo(rate, 4);
    expect([...risks]).toEqual([...new Set(risks)].sort((a, b) => a - b));
  });
});
