/**
 * Many comparisons at once: p values adjusted, so that one limit can be held against each.
 *
 * In      p values, any order; NaN where a comparison had none
 * Out     adjusted p values in the same order, at most 1; NaN stays NaN and does not count as a comparison
 * Source  Holm 1979 (Scand J Stat 6:65); Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x
 */
import { EvaluationError } from '../errors.ts';

/**
 * Holm: below a limit, the chance of any false claim is below it, however the comparisons depend on one another.
 *
 * @throws {EvaluationError} EVALUATION_RANGE
 * @example holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = p.slice();
  let least = 0;
  order.forEach((i, k) => {
    least = Math.max(least, Math.min(1, (order.length - k) * p[i]!));
    adjusted[i] = least;
  });
  return adjusted;
}

/**
 * Benjamini and Hochberg: the expected share of false claims among those below a limit is at most the limit, for comparisons that are
 * independent or positively dependent.
 *
 * @throws {EvaluationError} EVALUATION_RANGE
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = p.slice();
  let most = 1;
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k]!;
    most = Math.min(most, (order.length / (k + 1)) * p[i]!);
    adjusted[i] = most;
  }
  return adjusted;
}

function ascending(p: readonly number[]): number[] {
  const wrong = p.findIndex((value) => value < 0 || value > 1);
  if (wrong >= 0)
    throw new EvaluationError('EVALUATION_RANGE', `expected p values in [0, 1], found ${p[wrong]} at position ${wrong}`);
  return [...p.keys()].filter((i) => !Number.isNaN(p[i])).sort((a, b) => p[a]! - p[b]! || a - b);
}
