/**
 * A panel's numbers on the rows and on every resample, read number by number.
 */
import { percentileInterval, type Interval } from './bootstrap.ts';
import type { Curve, Figure } from './evidence.ts';

export class Resampled {
  constructor(
    /** Each number on the rows themselves. */
    readonly estimates: Float64Array,
    /** The draws of the first number, those of the second, ... */
    private readonly values: Float64Array,
    private readonly draws: number,
    private readonly level: number,
  ) {}

  /** A number on each draw. */
  drawsOf(k: number): Float64Array {
    return this.values.subarray(k * this.draws, (k + 1) * this.draws);
  }

  interval(k: number): Interval {
    return percentileInterval(this.estimates[k]!, this.drawsOf(k), this.level);
  }

  figure(k: number): Figure {
    return figureOf(this.interval(k));
  }

  /** Number a minus number b on each draw. */
  differenceDraws(a: number, b: number): Float64Array {
    const theirs = this.drawsOf(b);
    return this.drawsOf(a).map((ours, d) => ours - theirs[d]!);
  }

  difference(a: number, b: number): Interval {
    return percentileInterval(this.estimates[a]! - this.estimates[b]!, this.differenceDraws(a, b), this.level);
  }

  /** The numbers from k on, counted from 0 again. */
  from(k: number): Resampled {
    return new Resampled(this.estimates.subarray(k), this.values.subarray(k * this.draws), this.draws, this.level);
  }

  /** The numbers `from`, from + 1, ... as a curve over x, with a pointwise band. */
  curve(from: number, x: ArrayLike<number>): Curve {
    const figures = Array.from(x, (_, j) => this.figure(from + j));
    return {
      x: Array.from(x),
      y: figures.map((f) => f.estimate),
      lower: figures.map((f) => f.lower),
      upper: figures.map((f) => f.upper),
    };
  }
}

/** What has no finite value is null. */
export function figureOf({ estimate, lower, upper }: Pick<Interval, 'estimate' | 'lower' | 'upper'>): Figure {
  return { estimate: finiteOrNull(estimate), lower: finiteOrNull(lower), upper: finiteOrNull(upper) };
}

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
