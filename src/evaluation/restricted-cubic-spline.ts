/**
 * Restricted cubic spline: a smooth curve of one covariate that is a straight line beyond its outer knots.
 *
 * Basis   x, and for each knot t_j but the last two
 *         ((x - t_j)+^3 - (x - t_{k-1})+^3 (t_k - t_j) / (t_k - t_{k-1}) + (x - t_k)+^3 (t_{k-1} - t_j) / (t_k - t_{k-1})) / (t_k - t_1)^2
 * Choice  four knots at Harrell's quantiles; three, then none (a line) where x has too few values to place them
 * Source  Harrell 2015, Regression Modeling Strategies, section 2.4.5; Hmisc `rcspline.eval`, the same scale
 */
import { quantile } from '../util/quantile.ts';

/** Quantiles of the knots, by number of knots, most first. */
const knotQuantiles: readonly (readonly number[])[] = [
  [0.05, 0.35, 0.65, 0.95],
  [0.1, 0.5, 0.9],
];

/**
 * @param x  covariate, finite
 * @returns  knots in ascending order; none where a spline would have as many terms as x has values, or two knots would coincide
 */
export function splineKnots(x: Float64Array): number[] {
  const sorted = x.slice().sort();
  let values = sorted.length === 0 ? 0 : 1;
  for (let k = 1; k < sorted.length; k++) if (sorted[k] !== sorted[k - 1]) values++;
  for (const quantiles of knotQuantiles) {
    const knots = quantiles.map((q) => quantile(sorted, q));
    if (values > knots.length && knots.every((t, k) => k === 0 || t > knots[k - 1]!)) return knots;
  }
  return [];
}

/** Terms of a spline with an intercept. */
export function splineTerms(knots: readonly number[]): number {
  return Math.max(2, knots.length);
}

/**
 * Intercept, x and the cubic terms of each row.
 *
 * @returns  row by row, splineTerms(knots) numbers each
 */
export function splineBasis(x: Float64Array, knots: readonly number[]): Float64Array {
  const terms = splineTerms(knots);
  const basis = new Float64Array(x.length * terms);
  const last = knots[knots.length - 1] ?? 0;
  const nextToLast = knots[knots.length - 2] ?? 0;
  const scale = (last - (knots[0] ?? 0)) ** 2;
  x.forEach((value, i) => {
    basis[i * terms] = 1;
    basis[i * terms + 1] = value;
    for (let j = 0; j < terms - 2; j++) {
      const knot = knots[j]!;
      const cubic =
        cubed(value - knot) -
        (cubed(value - nextToLast) * (last - knot)) / (last - nextToLast) +
        (cubed(value - last) * (nextToLast - knot)) / (last - nextToLast);
      basis[i * terms + 2 + j] = cubic / scale;
    }
  });
  return basis;
}

function cubed(x: number): number {
  return x > 0 ? x * x * x : 0;
}
