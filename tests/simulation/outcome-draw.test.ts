/** Draws: shares as the probabilities say, days within their window and as the weights say. */
import { describe, expect, it } from '@jest/globals';
import { drawDay, drawFrailty, drawState } from '../../src/simulation/outcome-draw.ts';
import { states } from '../../src/simulation/process.ts';
import { randomStream } from '../../src/util/random.ts';

const uniforms = (n: number): number[] => Array.from({ length: n }, (_, i) => (i + 0.5) / n);

describe('drawState', () => {
  it('gives each state its share, in a fixed order', () => {
    const drawn = uniforms(1000).map((u) => drawState(u, [0.15, 0.025, 0.02]));
    const counts = states.map((state) => drawn.filter((s) => s === state).length);
    expect(counts).toEqual([150, 25, 20, 805]);
    expect([0, 0.15, 0.175, 0.195].map((u) => drawState(u, [0.15, 0.025, 0.02]))).toEqual([...states]);
  });

  it('never gives what has no probability', () => {
    expect(drawState(0, [0, 0, 0])).toBe('none');
    expect(drawState(1 - 2 ** -53, [1, 0, 0])).toBe('unplanned');
  });
});

describe('drawDay', () => {
  it('has the weight exp(-(day - firstDay) / decayDays) on each day', () => {
    const n = 200_000;
    const counts = new Map<number, number>();
    for (const u of uniforms(n)) {
      const day = drawDay(u, { firstDay: 2, decayDays: 12 }, 30);
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    const days = Array.from({ length: 29 }, (_, k) => k + 2);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(days);
    const sum = days.reduce((total, day) => total + Math.exp(-(day - 2) / 12), 0);
    for (const day of days) expect((counts.get(day) as number) / n).toBeCloseTo(Math.exp(-(day - 2) / 12) / sum, 4);
  });

  it('stays in the window at its ends', () => {
    expect(drawDay(0, { firstDay: 2, decayDays: 0.5 }, 30)).toBe(2);
    expect(drawDay(1 - 2 ** -53, { firstDay: 2, decayDays: 1e6 }, 30)).toBe(30);
    expect(drawDay(0.999, { firstDay: 30, decayDays: 5 }, 30)).toBe(30);
  });
});

describe('drawFrailty', () => {
  it('has mean 0 and the given deviation, and takes as many numbers without frailty', () => {
    const stream = randomStream(5, 0);
    const n = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i += 1) {
      const b = drawFrailty(stream, 0.4);
      sum += b;
      squares += b * b;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.006);
    expect(Math.sqrt(squares / n)).toBeCloseTo(0.4, 2);
    const [one, other] = [randomStream(6, 1), randomStream(6, 1)];
    drawFrailty(one, 0.4);
    expect(drawFrailty(other, 0)).toBe(0);
    expect(one.uniform()).toBe(other.uniform());
  });
});
