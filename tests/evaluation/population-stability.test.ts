import { describe, expect, it } from '@jest/globals';
import { populationStability, referenceDistribution } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const uniform = (seed: number, n: number): Float64Array => {
  const stream = randomStream(seed, 0);
  return Float64Array.from({ length: n }, () => stream.below(1_000_000) / 1_000_000);
};

describe('population stability index', () => {
  it('equals the sum worked by hand, half a row added to each bin', () => {
    const then = referenceDistribution(Float64Array.of(0, 0, 0, 1));
    expect(then).toEqual({ rows: 4, edges: [1], counts: [3, 1], missing: 0 });
    const { psi } = populationStability(then, Float64Array.of(0, 1, 1, 1));
    // Three bins (0, 1, missing; the last empty on both sides): 3.5/5.5 and 1.5/5.5 change places.
    expect(psi).toBeCloseTo(2 * (2 / 5.5) * Math.log(3.5 / 1.5), 12);
  });

  it('is nought for the training rows themselves', () => {
    const values = uniform(1, 500);
    expect(populationStability(referenceDistribution(values), values).psi).toBe(0);
  });

  it('keeps rare events in bins of their own', () => {
    const counts = Float64Array.from({ length: 1000 }, (_, i) => (i < 950 ? 0 : i % 20));
    expect(referenceDistribution(counts).edges.length).toBeGreaterThan(5);
    const flag = referenceDistribution(Float64Array.from({ length: 1000 }, (_, i) => (i < 10 ? 1 : 0)));
    expect(flag.counts).toEqual([990, 10]);
  });

  it('stays below what chance makes of as few rows in about 999 of 1,000 unchanged populations', () => {
    let above = 0;
    for (let k = 0; k < 2000; k += 1) {
      const { psi, chance } = populationStability(referenceDistribution(uniform(2 * k, 400)), uniform(2 * k + 1, 300));
      if (psi > chance) above += 1;
    }
    expect(above).toBeLessThanOrEqual(10);
  });

  it('sees a shift of one standard deviation, and what is missing now', () => {
    const then = referenceDistribution(uniform(1, 1000));
    const moved = populationStability(
      then,
      uniform(2, 1000).map((v) => v + 0.3),
    );
    expect(moved.psi).toBeGreaterThan(0.25);
    const gone = populationStability(
      then,
      uniform(2, 1000).map((v, i) => (i % 2 === 0 ? NaN : v)),
    );
    expect(gone.psi).toBeGreaterThan(0.25);
    expect([gone.missing, gone.missingThen]).toEqual([0.5, 0]);
  });

  it('asks more of many columns, and of patients who are fewer than their discharges', () => {
    const then = referenceDistribution(uniform(1, 1000));
    const now = uniform(2, 100);
    const alone = populationStability(then, now);
    expect(populationStability(then, now, { columns: 200 }).chance).toBeGreaterThan(1.3 * alone.chance);
    const halved = populationStability(then, now, { independent: { now: 50, then: 500 } });
    expect(halved.chance).toBeCloseTo(2 * alone.chance, 12);
    expect(halved.psi).toBe(alone.psi);
  });

  it('says what change of the share missing is chance', () => {
    const holes = (seed: number, n: number): Float64Array => uniform(seed, n).map((v) => (v < 0.3 ? NaN : v));
    let above = 0;
    for (let k = 0; k < 500; k += 1) {
      const { missing, missingThen, missingChance } = populationStability(
        referenceDistribution(holes(2 * k, 400)),
        holes(2 * k + 1, 300),
      );
      if (Math.abs(missing - missingThen) > missingChance) above += 1;
    }
    expect(above).toBeLessThanOrEqual(3);
    const { missingChance } = populationStability(referenceDistribution(holes(1, 400)), holes(2, 300));
    expect(missingChance).toBeGreaterThan(0.1);
  });
});
