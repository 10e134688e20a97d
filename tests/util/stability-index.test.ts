import { expect, test } from '@jest/globals';
import { binOf, stabilityIndex } from '../../src/util/stability-index.ts';

test('the sum worked by hand, half a row added to each bin; a bin that is empty on both sides says nothing', () => {
  const { psi, bins } = stabilityIndex({ counts: [1, 3, 0], rows: 4 }, { counts: [3, 1, 0], rows: 4 });
  expect(psi).toBeCloseTo(2 * (2 / 5.5) * Math.log(3.5 / 1.5), 12);
  expect(bins).toBe(2);
  expect(stabilityIndex({ counts: [5, 9], rows: 14 }, { counts: [5, 9], rows: 14 }).psi).toBe(0);
});

test('a bin holds its lower bound and not its upper one', () => {
  expect([-1, 0, 0.9, 1, 2.5, 3, 99].map((value) => binOf([0, 1, 3], value))).toEqual([0, 1, 1, 2, 2, 3, 3]);
  expect(binOf([], 7)).toBe(0);
});
