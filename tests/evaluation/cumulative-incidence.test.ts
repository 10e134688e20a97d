/** Cumulative incidence: by hand, by brute force, and against scikit-survival (scripts/golden/cumulative_incidence.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cumulativeIncidence, type IncidencePoint } from '../../src/evaluation/index.ts';

interface Golden {
  readonly title: string;
  readonly kinds: number;
  readonly day: number[];
  readonly kind: number[];
  readonly at: number[];
  readonly estimate: number[][];
  readonly lower: number[][];
  readonly upper: number[][];
}
const golden = JSON.parse(readFileSync(new URL('./golden/cumulative-incidence.json', import.meta.url), 'utf8')) as Golden[];

const run = (day: number[], kind: number[], kinds: number, at: number[], groups?: number[]) =>
  cumulativeIncidence(Float64Array.from(day), Uint8Array.from(kind), {
    kinds,
    at,
    ...(groups === undefined ? {} : { groups: Int32Array.from(groups) }),
  });
const point = (curves: readonly (readonly IncidencePoint[])[], k: number, t = 0): IncidencePoint => {
  const found = curves[k]?.[t];
  if (found === undefined) throw new Error('no such point');
  return found;
};

/** The same estimate with a weight per subject, written without any shortcut. */
function weighted(day: number[], kind: number[], weight: number[], k: number, at: number): number {
  let free = 1;
  let incidence = 0;
  for (const now of [...new Set(day)].sort((a, b) => a - b).filter((d) => d <= at)) {
    const total = (holds: (i: number) => boolean): number => weight.reduce((sum, w, i) => sum + (holds(i) ? w : 0), 0);
    const atRisk = total((i) => (day[i] as number) >= now);
    incidence += (free * total((i) => day[i] === now && kind[i] === k)) / atRisk;
    free *= 1 - total((i) => day[i] === now && (kind[i] as number) > 0) / atRisk;
  }
  return incidence;
}

const followUp = fc.array(fc.record({ day: fc.nat({ max: 8 }), kind: fc.nat({ max: 2 }) }), { minLength: 2, maxLength: 25 });

describe('cumulative incidence', () => {
  it('is as by hand', () => {
    // 5 watched. Day 1: one of kind 1 of 5. Day 2: one censored. Day 3: one of kind 2 of 3. Day 4: one of kind 1 of 2. The last is censored.
    const curves = run([1, 2, 3, 4, 6], [1, 0, 2, 1, 0], 2, [0, 1, 2, 3, 5]);
    expect(curves[0]?.map((p) => p.estimate)).toEqual([
      0,
      expect.closeTo(1 / 5),
      expect.closeTo(1 / 5),
      expect.closeTo(1 / 5),
      expect.closeTo(1 / 5 + ((4 / 5) * (2 / 3)) / 2),
    ]);
    expect(curves[1]?.map((p) => p.estimate)).toEqual([0, 0, 0, expect.closeTo((4 / 5) * (1 / 3)), expect.closeTo(4 / 15)]);
    expect(curves[0]?.map((p) => p.atRisk)).toEqual([5, 4, 3, 2, 1]);
  });

  it('is the share with a binomial error where nobody is censored', () => {
    const kind = [1, 2, 1, 0, 0, 0, 2, 0, 0, 0];
    const day = kind.map((k) => (k === 0 ? 30 : 10));
    const { estimate, standardError } = point(run(day, kind, 2, [30]), 0);
    expect(estimate).toBeCloseTo(0.2, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((0.2 * 0.8) / 10), 12);
  });

  it('is below one minus Kaplan-Meier where another kind ends the wait', () => {
    const estimate = point(run([1, 2, 3, 4], [2, 1, 2, 1], 2, [4]), 0).estimate;
    expect(estimate).toBeCloseTo(0.5, 12);
    expect(1 - (1 - 1 / 3) * (1 - 1 / 1)).toBeGreaterThan(estimate);
  });

  it('adds up to one with the share that had no event', () => {
    fc.assert(
      fc.property(followUp, fc.nat({ max: 9 }), (subjects, at) => {
        const curves = run(
          subjects.map((s) => s.day),
          subjects.map((s) => s.kind),
          2,
          [at],
        );
        const any = run(
          subjects.map((s) => s.day),
          subjects.map((s) => Math.min(1, s.kind)),
          1,
          [at],
        );
        expect(point(curves, 0).estimate + point(curves, 1).estimate).toBeCloseTo(point(any, 0).estimate, 12);
      }),
    );
  });

  it('has the error that a small change of each weight gives', () => {
    fc.assert(
      fc.property(followUp, fc.nat({ max: 9 }), fc.integer({ min: 1, max: 3 }), (subjects, at, perGroup) => {
        const [day, kind] = [subjects.map((s) => s.day), subjects.map((s) => s.kind)];
        const groups = subjects.map((_, i) => Math.floor(i / perGroup));
        const step = 1e-6;
        const sums = new Map<number, number>();
        for (const [i, group] of groups.entries()) {
          const change = (by: number): number =>
            weighted(
              day,
              kind,
              day.map((_, j) => (j === i ? 1 + by : 1)),
              1,
              at,
            );
          sums.set(group, (sums.get(group) ?? 0) + (change(step) - change(-step)) / (2 * step));
        }
        const expected = Math.sqrt([...sums.values()].reduce((total, value) => total + value * value, 0));
        expect(point(run(day, kind, 2, [at], groups), 0).standardError).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('counts a patient with two equal discharges once', () => {
    const [day, kind] = [
      [1, 2, 3, 5, 7, 9],
      [1, 0, 2, 1, 0, 1],
    ];
    const once = point(run(day, kind, 2, [7]), 0);
    const twice = point(run([...day, ...day], [...kind, ...kind], 2, [7], [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]), 0);
    expect(twice.standardError).toBeCloseTo(once.standardError, 12);
    expect(twice.estimate).toBeCloseTo(once.estimate, 12);
  });

  it('gives each of many days what it gives the day alone', () => {
    fc.assert(
      fc.property(followUp, (subjects) => {
        const [day, kind] = [subjects.map((s) => s.day), subjects.map((s) => s.kind)];
        const days = [0, 2, 3, 3, 8, 9];
        expect(run(day, kind, 2, days)).toEqual([0, 1].map((k) => days.map((at) => point(run(day, kind, 2, [at]), k))));
      }),
    );
  });

  it('gives no interval where nothing happened, everything did, or nobody was watched', () => {
    expect(point(run([5, 5], [0, 0], 1, [3]), 0)).toMatchObject({ estimate: 0, standardError: 0, lower: null, upper: null });
    expect(point(run([1, 2], [1, 1], 1, [3]), 0)).toMatchObject({ estimate: 1, lower: null });
    expect(point(run([1, 2, 2], [1, 0, 0], 1, [2]), 0).lower).not.toBeNull();
    expect(point(run([1, 2, 2], [1, 0, 0], 1, [3]), 0).lower).toBeNull();
  });

  it('refuses what is no follow-up', () => {
    expect(() => run([1, 2], [1], 1, [3])).toThrow(expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }));
    expect(() => run([1, 2], [1, 1], 1, [3], [0])).toThrow(expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }));
    expect(() => run([], [], 1, [3])).toThrow(expect.objectContaining({ code: 'EVALUATION_EMPTY' }));
    expect(() => run([-1, 2], [1, 1], 1, [3])).toThrow(expect.objectContaining({ code: 'EVALUATION_INCIDENCE' }));
    expect(() => run([NaN, 2], [1, 1], 1, [3])).toThrow(expect.objectContaining({ code: 'EVALUATION_INCIDENCE' }));
    expect(() => run([1, 2], [1, 2], 1, [3])).toThrow(expect.objectContaining({ code: 'EVALUATION_INCIDENCE' }));
  });
});

describe('scikit-survival', () => {
  it('has cases', () => {
    expect(golden.map(({ title }) => title)).toEqual(['censored, three kinds', 'nobody censored', 'few and heavily tied']);
  });

  it.each(golden)('$title: the same estimates', ({ day, kind, kinds, at, estimate }) => {
    const curves = run(day, kind, kinds, at);
    for (const [k, expected] of estimate.entries()) {
      expect(curves[k]?.map((p) => p.estimate)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
    }
  });

  it.each(golden.slice(0, 2))('$title: near intervals', ({ day, kind, kinds, at, lower, upper }) => {
    const curves = run(day, kind, kinds, at);
    for (let k = 0; k < kinds; k += 1) {
      const t = at.length - 2;
      const { lower: low, upper: high } = point(curves, k, t);
      expect(low).toBeCloseTo(lower[k]?.[t] as number, 2);
      expect(high).toBeCloseTo(upper[k]?.[t] as number, 2);
    }
  });
});
