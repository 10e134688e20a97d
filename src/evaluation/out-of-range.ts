/**
 * Values outside the range of the training rows: how many, and how many chance alone would make.
 *
 * In      values of a column, NaN where missing; the least and greatest of the training rows
 * Chance  a new value lies below all of N others, or above them, with probability 2 / (N + 1); their number is taken as Poisson, which is right for
 *         few rows too
 */
import type { StabilityOptions } from './population-stability.ts';

export interface OutOfRange {
  /** Share of the known values; 0 where none is known or none was. */
  readonly outOfRange: number;
  /** Share that an unchanged population exceeds once in a thousand times, in any of the columns looked at together. */
  readonly outOfRangeChance: number;
}

export function shareOutOfRange(
  values: Float64Array,
  { min, max }: { readonly min: number | null; readonly max: number | null },
  { columns = 1, independent }: Required<Pick<StabilityOptions, 'independent'>> & Pick<StabilityOptions, 'columns'>,
): OutOfRange {
  const known = values.filter((v) => !Number.isNaN(v));
  if (min === null || max === null || known.length === 0) return { outOfRange: 0, outOfRangeChance: 0 };
  const now = (independent.now * known.length) / values.length;
  return {
    outOfRange: known.filter((v) => v < min || v > max).length / known.length,
    outOfRangeChance: Math.min(1, poissonQuantile((2 * now) / (independent.then + 1), 0.001 / columns) / now),
  };
}

/** The least count that is exceeded with at most this probability. */
function poissonQuantile(mean: number, tail: number): number {
  // exp(-mean) is 0 soon after; six standard deviations are beyond any tail asked for.
  if (mean > 500) return mean + 6 * Math.sqrt(mean);
  let count = 0;
  let term = Math.exp(-mean);
  let above = 1 - term;
  while (above > tail && count < 2000) {
    count += 1;
    term *= mean / count;
    above -= term;
  }
  return count;
}
