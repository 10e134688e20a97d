/**
 * Upper tail of the chi-square distribution with a whole number of degrees of freedom.
 *
 * Method  the finite sums for even and odd degrees; the quantile by halving an interval
 * Source  Abramowitz and Stegun 1964, 26.4.4 and 26.4.5
 */
import { twoSidedNormalTail } from './normal-tail.ts';

/** @param x  0 or more  @param degrees  1 or more  @returns  P(X >= x) */
export function chiSquareTail(x: number, degrees: number): number {
  const half = x / 2;
  const isOdd = degrees % 2 === 1;
  let tail = isOdd ? twoSidedNormalTail(Math.sqrt(x)) : 0;
  // Terms half^k exp(-half) / Γ(k + 1), k = 0, 1, ... for even degrees and 1/2, 3/2, ... for odd ones.
  let k = isOdd ? 0.5 : 0;
  let term = isOdd ? (2 * Math.exp(-half) * Math.sqrt(half)) / Math.sqrt(Math.PI) : Math.exp(-half);
  for (; k < degrees / 2 - 0.75; k += 1) {
    tail += term;
    term *= half / (k + 1);
  }
  return tail;
}

/** @param tail  in (0, 1)  @returns  x with P(X >= x) = tail */
export function chiSquareUpperQuantile(tail: number, degrees: number): number {
  let high = degrees;
  while (chiSquareTail(high, degrees) > tail) high *= 2;
  let low = 0;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (chiSquareTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}
