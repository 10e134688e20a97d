import { expect, test } from '@jest/globals';
import { nextAbove, nextBelow } from '../../src/util/adjacent-double.ts';

test.each([
  [1, 1 - Number.EPSILON / 2, 1 + Number.EPSILON],
  [-1, -1 - Number.EPSILON, -1 + Number.EPSILON / 2],
  [0, -Number.MIN_VALUE, Number.MIN_VALUE],
  [-0, -Number.MIN_VALUE, Number.MIN_VALUE],
  [Number.MIN_VALUE, 0, 2 * Number.MIN_VALUE],
  [Number.MAX_VALUE, Number.MAX_VALUE - 2 ** 970, Infinity],
])('beside %d lie %d and %d', (x, below, above) => {
  expect(nextBelow(x)).toBe(below);
  expect(nextAbove(x)).toBe(above);
});
