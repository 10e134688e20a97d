/** Explanations against the truth: worked out by hand on a few rows, and the laws on many. */
import { describe, expect, it } from '@jest/globals';
import { compareExplanations, type ExplainedFeature, type TrueContribution } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const options = { seed: 1, draws: 100 };
const feature = (name: string, family: string, ...values: number[]): ExplainedFeature => ({
  name,
  family,
  attribution: Float64Array.from(values),
});
const effect = (covariate: string, family: string, ...values: number[]): TrueContribution => ({
  covariate,
  family,
  contribution: Float64Array.from(values),
});

describe('compareExplanations', () => {
  const groups = Int32Array.of(0, 1, 2, 3);
  const found = compareExplanations(
    [
      feature('visits_180d', 'use', 0.1, -0.1, 0.1, -0.1),
      feature('visits_365d', 'use', 0.05, -0.05, 0.05, -0.05),
      feature('sodium', 'labs', -0.02, 0.02, 0.02, -0.02),
      feature('noise', 'other', 0.01, -0.01, 0.01, 0.01),
    ],
    [
      effect('visits_365d', 'use', 2, 0, 2, 0),
      effect('sodium', 'labs', 0.5, 0, 0, 0.5),
      effect('albumin', 'labs', 0, 0, 0.25, 0.25),
      effect('off', 'other', 0, 0, 0, 0),
    ],
    groups,
    options,
  );

  it('adds a family up row by row and centres the truth', () => {
    expect(found.families.map(({ family }) => family)).toEqual(['use', 'labs', 'other']);
    expect(found.families[0]?.attribution).toBeCloseTo(0.15, 12);
    expect(found.families[0]?.contribution).toBeCloseTo(1, 12);
    // Sodium and albumin together: 0.5, 0, 0.25, 0.75 around 0.375.
    expect(found.families[1]?.contribution).toBeCloseTo((0.125 + 0.375 + 0.125 + 0.375) / 4, 12);
    expect(found.families[2]).toMatchObject({ contribution: 0 });
    expect(found.familySpearman.estimate).toBeCloseTo(1, 12);
  });

  it('sees for each covariate whether attribution and truth rise together', () => {
    expect(found.covariates.map(({ covariate }) => covariate)).toEqual(['visits_365d', 'sodium']);
    expect(found.covariates[0]?.correlation).toBeCloseTo(1, 12);
    expect(found.covariates[1]?.correlation).toBeCloseTo(-1, 12);
    expect(found.signAgreement).toBe(0.5);
    expect(found.weightedSignAgreement).toBeCloseTo(1 / 1.25, 12);
    expect(found.unread).toEqual(['albumin']);
  });

  it('counts what goes to features without an effect', () => {
    expect(found.noEffectShare).toBeCloseTo((0.1 + 0.01) / (0.1 + 0.05 + 0.02 + 0.01), 12);
  });

  it('finds attributions that are the truth in another unit perfect, and turned ones wrong', () => {
    const stream = randomStream(2, 0);
    const rows = 300;
    const sizes = [1, 0.6, 0.3, 0.1, 0];
    const truth = sizes.map((size) => Float64Array.from({ length: rows }, () => size * (stream.uniform() - 0.3)));
    const judged = (sign: number): ReturnType<typeof compareExplanations> =>
      compareExplanations(
        truth.map((column, f) => ({
          name: `x${f}`,
          family: `f${f}`,
          attribution: column.map((x) => sign * 0.05 * (x - 0.2 * sizes[f]!)),
        })),
        truth.map((column, f) => ({ covariate: `x${f}`, family: `f${f}`, contribution: column })),
        Int32Array.from({ length: rows }, (_, i) => i >> 2),
        options,
      );
    const right = judged(1);
    expect(right.familySpearman).toMatchObject({ estimate: 1 });
    expect(right.familySpearman.lower).toBeGreaterThan(0.8);
    expect(right).toMatchObject({ signAgreement: 1, weightedSignAgreement: 1, noEffectShare: 0, unread: [], rows });
    expect(judged(-1).signAgreement).toBe(0);
  });

  it('has no agreement where nothing has an effect: all attribution is in vain', () => {
    const off = compareExplanations(
      [feature('a', 'f', 0.1, -0.1), feature('b', 'g', 0.2, 0)],
      [effect('a', 'f', 0, 0)],
      Int32Array.of(0, 1),
      options,
    );
    expect(off.familySpearman.estimate).toBeNaN();
    expect(off.signAgreement).toBeNaN();
    expect(off.noEffectShare).toBe(1);
  });

  it('refuses nothing to compare and columns of another length', () => {
    expect(() => compareExplanations([], [], groups, options)).toThrow(expect.objectContaining({ code: 'EVALUATION_RANGE' }));
    expect(() => compareExplanations([feature('a', 'f', 1)], [], groups, options)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }),
    );
    expect(() => compareExplanations([feature('a', 'f', 1, 2, 3, 4)], [effect('a', 'f', 1)], groups, options)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }),
    );
  });
});
