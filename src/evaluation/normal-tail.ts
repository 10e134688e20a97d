/**
 * Tail of the standard normal distribution, for p values.
 *
 * Method  erfc by its power series near 0 and by its continued fraction, from the far end, away from it
 * Source  Abramowitz and Stegun 1964, 7.1.5 and 7.1.14
 */

/** P(|Z| >= |z|); relative error about 1e-14. */
export function twoSidedNormalTail(z: number): number {
  if (Number.isNaN(z)) return NaN;
  return erfc(Math.abs(z) / Math.SQRT2);
}

function erfc(x: number): number {
  if (x > 27) return 0;
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 200; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  // sqrt(pi) exp(x^2) erfc(x) = 1 / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...))))
  let tail = x;
  for (let k = 120; k >= 1; k--) tail = x + k / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}
