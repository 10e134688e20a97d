/** Risks against the oracle: the oracle itself is perfect, noise and shrinkage cost what they must, a null has no share. */
import { describe, expect, it } from '@jest/globals';
import { auroc, aurocStatistic, compareWithOracle, permutedLabels, withinStratumStatistic } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));

function planted(seed: number, n: number, spread: number): { outcome: Uint8Array; oracle: Float64Array; groups: Int32Array } {
  const stream = randomStream(seed, 0);
  const oracle = Float64Array.from({ length: n }, () => logistic(-1.7 + spread * (stream.uniform() + stream.uniform() - 1)));
  return {
    outcome: Uint8Array.from(oracle, (p) => (stream.uniform() < p ? 1 : 0)),
    oracle,
    groups: Int32Array.from({ length: n }, (_, i) => i >> 1),
  };
}

const options = { seed: 1, draws: 200 };

describe('compareWithOracle', () => {
  const truth = planted(3, 3000, 3);
  const line = (a: number, b: number): Float64Array => truth.oracle.map((p) => logistic((logit(p) - a) / b));
  const stream = randomStream(4, 0);
  const noisy = truth.oracle.map((p) => logistic(logit(p) + 2 * (stream.uniform() - 0.5)));
  const { oracleAuroc, models } = compareWithOracle(
    {
      ...truth,
      risks: { oracle: truth.oracle, timid: line(0.3, 1.5), noisy, constant: truth.oracle.map(() => 0.2) },
      auroc: aurocStatistic,
    },
    options,
  );

  it('finds the oracle itself perfect', () => {
    const { oracle } = models;
    expect(oracle?.auroc).toEqual(oracleAuroc);
    expect(oracle?.share).toMatchObject({ estimate: 1, lower: 1, upper: 1 });
    expect(oracle?.meanAbsoluteError.estimate).toBe(0);
    expect(oracle?.calibrationIntercept.estimate).toBeCloseTo(0, 9);
    expect(oracle?.calibrationSlope.estimate).toBeCloseTo(1, 9);
    expect(oracle?.correlation).toBeCloseTo(1, 9);
  });

  it('finds the line that a risk was bent by', () => {
    const { timid } = models;
    expect(timid?.share.estimate).toBeCloseTo(1, 12);
    expect(timid?.calibrationIntercept.estimate).toBeCloseTo(0.3, 9);
    expect(timid?.calibrationSlope.estimate).toBeCloseTo(1.5, 9);
    const byHand = line(0.3, 1.5).reduce((sum, r, i) => sum + Math.abs(r - truth.oracle[i]!), 0) / 3000;
    expect(timid?.meanAbsoluteError.estimate).toBeCloseTo(byHand, 12);
  });

  it('takes the share on the same draws, so that its interval is narrower than that of the AUROC', () => {
    const { noisy: model } = models;
    const share = (auroc(truth.outcome, noisy) - 0.5) / (auroc(truth.outcome, truth.oracle) - 0.5);
    expect(model?.share.estimate).toBeCloseTo(share, 12);
    expect(share).toBeLessThan(0.98);
    expect((model!.share.upper - model!.share.lower) * (oracleAuroc.estimate - 0.5)).toBeLessThan(
      model!.auroc.upper - model!.auroc.lower,
    );
  });

  it('has nothing to say of the slope of a constant', () => {
    expect(models['constant']?.auroc.estimate).toBe(0.5);
    expect(models['constant']?.share.estimate).toBe(0);
    expect(models['constant']?.calibrationSlope.estimate).toBeNaN();
    expect(models['constant']?.correlation).toBeNaN();
  });

  it('puts every row in one group of rising risk', () => {
    const groups = models['noisy']?.groups ?? [];
    expect(groups).toHaveLength(10);
    expect(groups.reduce((sum, { n }) => sum + n, 0)).toBe(3000);
    expect(groups.map(({ meanRisk }) => meanRisk)).toEqual(groups.map(({ meanRisk }) => meanRisk).sort((a, b) => a - b));
    const mean = groups.reduce((sum, { n, meanOracle }) => sum + n * meanOracle, 0) / 3000;
    expect(mean).toBeCloseTo(truth.oracle.reduce((sum, p) => sum + p, 0) / 3000, 12);
  });

  it('has no share where nothing could be known, and intervals that hold 0.5 as often as they say', () => {
    let holding = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const off = planted(100 + seed, 600, 0);
      const random = randomStream(200 + seed, 0);
      const risks = { guess: off.oracle.map(() => random.uniform()) };
      const judged = compareWithOracle({ ...off, risks, auroc: aurocStatistic }, { seed, draws: 100 });
      expect(judged.oracleAuroc).toMatchObject({ estimate: 0.5, lower: 0.5, upper: 0.5 });
      expect(judged.models['guess']?.share.estimate).toBeNaN();
      const { lower, upper } = judged.models['guess']!.auroc;
      if (lower <= 0.5 && upper >= 0.5) holding += 1;
    }
    expect(holding).toBeGreaterThanOrEqual(34);
  });

  it('has no line where the risk differs between folds alone', () => {
    const fold = Int32Array.from(truth.oracle, (_, i) => i % 3);
    const risks = { level: Float64Array.from(fold, (k) => 0.1 + k / 100), oracle: truth.oracle };
    const judged = compareWithOracle({ ...truth, risks, fold, auroc: withinStratumStatistic(fold) }, { ...options, draws: 20 });
    expect(judged.models['level']?.calibrationSlope).toMatchObject({ estimate: NaN, lower: NaN });
    expect(judged.models['oracle']?.calibrationSlope.estimate).toBeCloseTo(1, 10);
  });

  it('refuses arrays that do not fit', () => {
    const risks = { short: truth.oracle.slice(1) };
    expect(() => compareWithOracle({ ...truth, risks, auroc: aurocStatistic }, options)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_LENGTH_MISMATCH' }),
    );
  });
});

describe('permutedLabels', () => {
  const { outcome, oracle } = planted(7, 4000, 3);

  it('keeps the outcomes and forgets whose they were', () => {
    const dealt = permutedLabels(outcome, 1);
    expect(dealt.reduce((sum, y) => sum + y, 0)).toBe(outcome.reduce((sum, y) => sum + y, 0));
    expect(auroc(outcome, oracle)).toBeGreaterThan(0.65);
    expect(Math.abs(auroc(dealt, oracle) - 0.5)).toBeLessThan(0.04);
  });

  it('deals the same for the same seed, and changes nothing it was given', () => {
    const before = Uint8Array.from(outcome);
    expect(permutedLabels(outcome, 2)).toEqual(permutedLabels(outcome, 2));
    expect(permutedLabels(outcome, 3)).not.toEqual(permutedLabels(outcome, 2));
    expect(outcome).toEqual(before);
  });
});
