/**
 * How far predicted probabilities are from what happened: Brier score, scaled Brier score, log loss.
 *
 * In      outcome and probability in [0, 1]
 * Choice  the scaled Brier score is measured against predicting the event rate of the same rows: 1 is perfect, 0 is no better
 *         than that rate, below 0 is worse
 * Choice  log loss clamps probabilities at 2^-52 from 0 and 1, as scikit-learn does, so one wrong certainty costs 36, not infinity
 */
import { checkSample, requireBothClasses, unitWeights, weightedMean } from './sample.ts';
import type { Statistic } from './sample.ts';

/** Probabilities closer than this to 0 or 1 are moved to it before a logarithm. */
export const LOG_LOSS_CLAMP = 2 ** -52;

/**
 * Mean squared difference between probability and outcome.
 *
 * @returns value in [0, 1], lower is better
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 * @see Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 */
export function brier(outcome: Uint8Array, risk: Float64Array): number {
  return brierStatistic(outcome, risk)(unitWeights(outcome.length));
}

/**
 * One minus the Brier score over that of the constant event rate.
 *
 * @returns value in (-∞, 1], higher is better
 * @throws {EvaluationError} as brier; EVALUATION_ONE_CLASS
 */
export function scaledBrier(outcome: Uint8Array, risk: Float64Array): number {
  const measure = scaledBrierStatistic(outcome, risk);
  requireBothClasses(outcome);
  return measure(unitWeights(outcome.length));
}

/**
 * Mean negative log-likelihood, natural logarithm.
 *
 * @returns value in [0, 36.05], lower is better
 * @throws {EvaluationError} as brier
 */
export function logLoss(outcome: Uint8Array, risk: Float64Array): number {
  return logLossStatistic(outcome, risk)(unitWeights(outcome.length));
}

export const brierStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'probability');
  return weightedMean(risk.map((r, i) => (r - outcome[i]!) ** 2));
};

export const scaledBrierStatistic: Statistic = (outcome, risk) => {
  const score = brierStatistic(outcome, risk);
  const rate = weightedMean(Float64Array.from(outcome));
  return (weight) => {
    const p = rate(weight);
    return p === 0 || p === 1 ? NaN : 1 - score(weight) / (p * (1 - p));
  };
};

export const logLossStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'probability');
  return weightedMean(
    risk.map((r, i) => {
      const p = Math.min(Math.max(r, LOG_LOSS_CLAMP), 1 - LOG_LOSS_CLAMP);
      return outcome[i] === 1 ? -Math.log(p) : -Math.log1p(-p);
    }),
  );
};
