/** Chi-square tails against tables and against the sum of squares they describe. */
import { describe, expect, it } from '@jest/globals';
import { chiSquareTail, chiSquareUpperQuantile } from '../../src/evaluation/chi-square.ts';

describe('chi-square', () => {
  // Abramowitz and Stegun 1964, table 26.8.
  it.each([
    [1, 0.05, 3.84146],
    [1, 0.001, 10.828],
    [2, 0.05, 5.99146],
    [2, 0.001, 13.816],
    [3, 0.05, 7.81473],
    [3, 0.001, 16.266],
    [4, 0.01, 13.2767],
    [9, 0.001, 27.877],
    [10, 0.001, 29.588],
    [11, 0.05, 19.6751],
  ])('with %i degrees leaves %f above %f', (degrees, tail, x) => {
    expect(Math.abs(chiSquareUpperQuantile(tail, degrees) / x - 1)).toBeLessThan(5e-5);
    expect(chiSquareTail(chiSquareUpperQuantile(tail, degrees), degrees)).toBeCloseTo(tail, 10);
  });

  it('is one at nought and exponential with two degrees, far out too', () => {
    for (let degrees = 1; degrees <= 12; degrees += 1) expect(chiSquareTail(0, degrees)).toBeCloseTo(1, 12);
    expect(chiSquareUpperQuantile(1e-6, 2)).toBeCloseTo(-2 * Math.log(1e-6), 9);
  });
});
