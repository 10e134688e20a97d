/**
 * Gauss-Legendre quadrature on [0, 1]: n points integrate every polynomial of degree 2n - 1 exactly (to rounding).
 *
 * Source  Press et al., "Numerical Recipes", section 4.6: Newton's method on the Legendre polynomial from Tricomi's estimate
 */
export interface Quadrature {
  /** Strictly inside (0, 1), increasing. */
  readonly points: Float64Array;
  /** 1 - points, to full precision. */
  readonly rest: Float64Array;
  /** Positive, sum 1. */
  readonly weights: Float64Array;
}

/** @param n  number of points, at least 1 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const rest = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = legendre(n, x).slope;
    for (let round = 0; round < 8; round++) {
      const { value, slope: at } = legendre(n, x);
      slope = at;
      x -= value / at;
    }
    points[n - 1 - i] = (1 + x) / 2;
    rest[n - 1 - i] = (1 - x) / 2;
    weights[n - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, rest, weights };
}

/** The Legendre polynomial of degree n and its derivative at x in (-1, 1), by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let value = 1;
  let before = 0;
  for (let j = 1; j <= n; j++) [value, before] = [((2 * j - 1) * x * value - (j - 1) * before) / j, value];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
