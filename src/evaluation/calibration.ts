/**
 * Calibration of predicted probabilities, weak sense: is the level right (intercept), is the spread right (slope)?
 *
 * In      outcome and probability in [0, 1]
 * Out     intercept: log odds by which all risks are too low (> 0) or too high (< 0), the slope held at 1; ideal 0
 *         slope: below 1 the risks are too extreme (over-fitted), above 1 too timid; ideal 1
 * Choice  probabilities are clamped at 1e-6 from 0 and 1: a certainty has no log odds
 * Choice  no finite estimate (outcomes all equal; for the slope also classes that do not overlap, or a constant risk) is NaN
 * Source  Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7; Cox 1958, doi:10.1093/biomet/45.3-4.562
 */
import { fitIntercept, fitLine } from '../util/logistic-line.ts';
import type { LogisticLine } from '../util/logistic-line.ts';
import { checkSample, unitWeights } from './sample.ts';
import type { Statistic } from './sample.ts';

/** Probabilities closer than this to 0 or 1 are moved to it before the log odds are taken. */
export const CALIBRATION_CLAMP = 1e-6;

/**
 * Calibration-in-the-large: intercept of a logistic regression of the outcome with logit(risk) as offset.
 *
 * @returns log odds, ideal 0; NaN when every outcome is equal
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function calibrationIntercept(outcome: Uint8Array, risk: Float64Array): number {
  return calibrationInterceptStatistic(outcome, risk)(unitWeights(outcome.length));
}

/**
 * Calibration slope: coefficient of logit(risk) in a logistic regression of the outcome, without penalty.
 *
 * @returns slope, ideal 1; NaN when the classes do not overlap or the risk is constant
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function calibrationSlope(outcome: Uint8Array, risk: Float64Array): number {
  return calibrationSlopeStatistic(outcome, risk)(unitWeights(outcome.length));
}

export const calibrationInterceptStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'probability');
  const x = logOdds(risk);
  const start = fitIntercept(outcome, x, unitWeights(x.length)) ?? 0;
  return (weight) => fitIntercept(outcome, x, weight, start) ?? NaN;
};

export const calibrationSlopeStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'probability');
  const x = logOdds(risk);
  const start: LogisticLine | undefined = fitLine(outcome, x, unitWeights(x.length));
  return (weight) => fitLine(outcome, x, weight, start)?.slope ?? NaN;
};

/** Least distance in log odds between two risks of one model for it to be said to tell discharges apart. */
const LEAST_SPREAD = 1e-3;

/**
 * Whether any model gave two of its discharges different risks.
 *
 * @param fold  number of the model that gave the risk; null: one gave them all
 */
export function hasSpread(risk: Float64Array, fold: Int32Array | null): boolean {
  const range = new Map<number, { low: number; high: number }>();
  logOdds(risk).forEach((x, i) => {
    const model = fold?.[i] ?? 0;
    const { low, high } = range.get(model) ?? { low: x, high: x };
    range.set(model, { low: Math.min(low, x), high: Math.max(high, x) });
  });
  return [...range.values()].some(({ low, high }) => high - low >= LEAST_SPREAD);
}

/**
 * Calibration slope where there is a spread to be judged, for resampling. Levels that differ from fold to fold only are shares of training
 * rows, which fall as the share of the rows asked about rises: the line through them falls steeply and says nothing of the risk.
 *
 * @param fold  as of hasSpread
 */
export function spreadSlopeStatistic(fold: Int32Array | null): Statistic {
  return (outcome, risk) => {
    const measure = calibrationSlopeStatistic(outcome, risk);
    return hasSpread(risk, fold) ? measure : () => NaN;
  };
}

/** Log odds of probabilities, clamped. */
export function logOdds(risk: Float64Array): Float64Array {
  return risk.map((r) => {
    const p = Math.min(Math.max(r, CALIBRATION_CLAMP), 1 - CALIBRATION_CLAMP);
    return Math.log(p) - Math.log1p(-p);
  });
}
