import { describe, expect, it } from '@jest/globals';
import { pearson, spearman } from '../../src/evaluation/index.ts';

const list = (...values: number[]): Float64Array => Float64Array.from(values);

describe('spearman', () => {
  it('is 1 for any rising relation and -1 for any falling one', () => {
    expect(spearman(list(1, 2, 3, 10), list(0.1, 5, 5.1, 900))).toBeCloseTo(1, 12);
    expect(spearman(list(1, 2, 3), list(9, 4, -8))).toBeCloseTo(-1, 12);
  });

  it('gives equal values the mean of their ranks', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: covariance 4.5, variances 4.5 and 5.
    expect(spearman(list(1, 2, 2, 3), list(1, 3, 2, 4))).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('has no value for a constant list and refuses lists of two lengths', () => {
    expect(spearman(list(1, 1, 1), list(1, 2, 3))).toBeNaN();
    expect(pearson(list(0.1, 0.1, 0.1), list(1, 2, 3))).toBeNaN();
    expect(() => spearman(list(1, 2), list(1))).toThrow(expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }));
  });
});

describe('pearson', () => {
  it('agrees with a worked example', () => {
    // Deviations -2, -1, 3 and -3, 0, 3: sum of products 15, of squares 14 and 18.
    expect(pearson(list(1, 2, 6), list(1, 4, 7))).toBeCloseTo(15 / Math.sqrt(14 * 18), 12);
  });

  it('is 1 for a line, however small its numbers', () => {
    expect(pearson(list(1e-9, 2e-9, 3e-9), list(3, 6, 9))).toBeCloseTo(1, 9);
  });
});
