import { describe, expect, it } from '@jest/globals';
import { shareOutOfRange } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const range = { min: 0, max: 1 };
const independent = { now: 4, then: 1000 };

describe('values out of range', () => {
  it('counts the known ones, the ends being within', () => {
    const { outOfRange } = shareOutOfRange(Float64Array.of(0, 1, 2, NaN, -1, NaN), range, { independent });
    expect(outOfRange).toBe(0.5);
    expect(shareOutOfRange(Float64Array.of(NaN, NaN), range, { independent }).outOfRange).toBe(0);
    expect(shareOutOfRange(Float64Array.of(7), { min: null, max: null }, { independent }).outOfRange).toBe(0);
  });

  it('takes chance for Poisson: worked by hand', () => {
    // 100 new among 1,999 others: mean 0.1, P(more than 2) = 1.5e-4, P(more than 1) = 4.7e-3, P(more than 3) = 3.8e-6.
    const values = new Float64Array(100);
    const { outOfRangeChance } = shareOutOfRange(values, range, { independent: { now: 100, then: 1999 } });
    expect(outOfRangeChance).toBeCloseTo(0.02, 12);
    const of200 = shareOutOfRange(values, range, { independent: { now: 100, then: 1999 }, columns: 200 });
    expect(of200.outOfRangeChance).toBeCloseTo(0.03, 12);
  });

  it('stays below it in an unchanged population, also for few rows and for very many', () => {
    const stream = randomStream(3, 0);
    let above = 0;
    for (let k = 0; k < 1000; k += 1) {
      const then = Array.from({ length: 100 }, () => stream.uniform());
      const now = Float64Array.from({ length: 30 }, () => stream.uniform());
      const own = { min: Math.min(...then), max: Math.max(...then) };
      const { outOfRange, outOfRangeChance } = shareOutOfRange(now, own, { independent: { now: 30, then: 100 } });
      if (outOfRange > outOfRangeChance) above += 1;
    }
    expect(above).toBeLessThanOrEqual(20);
    const many = shareOutOfRange(new Float64Array(10), range, { independent: { now: 1e6, then: 100 } });
    expect(many.outOfRangeChance).toBeGreaterThan(0.0198);
    expect(many.outOfRangeChance).toBeLessThan(0.021);
  });
});
