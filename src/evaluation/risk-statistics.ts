/**
 * The metrics of held-out risks, by name, where several models gave them: one a fold.
 *
 * Choice  AUROCs count pairs of the same fold only: across folds a constant would rank by the training share, which falls as the test share rises
 * Choice  a risk that no model lets differ between its discharges (./calibration.ts) has no calibration slope, and its average precision is the
 *         event rate: what differs from fold to fold is the share of the training rows
 * Choice  else average precision and calibration pool the rows of all folds, as who acts on the risks would
 */
import { calibrationInterceptStatistic, hasSpread, spreadSlopeStatistic } from './calibration.ts';
import { aurocStatistic, averagePrecisionStatistic } from './discrimination.ts';
import { reasonStrata, type RisksInput } from './evidence-input.ts';
import { brierStatistic, logLossStatistic, scaledBrierStatistic } from './probability-error.ts';
import type { Statistic } from './sample.ts';
import { withinStratumStatistic } from './within-stratum.ts';

type OrderMetric = 'auroc' | 'withinReasonAuroc' | 'averagePrecision';
type ProbabilityMetric = OrderMetric | 'brier' | 'scaledBrier' | 'logLoss' | 'calibrationIntercept' | 'calibrationSlope';

/** What has a value for any score. */
export function orderStatistics(input: Pick<RisksInput, 'fold' | 'reason'>): Record<OrderMetric, Statistic> {
  return {
    auroc: input.fold === null ? aurocStatistic : withinStratumStatistic(input.fold),
    withinReasonAuroc: withinStratumStatistic(reasonStrata(input)),
    averagePrecision: averagePrecisionStatistic,
  };
}

/** What has a value for a probability. */
export function probabilityStatistics(input: Pick<RisksInput, 'fold' | 'reason'>): Record<ProbabilityMetric, Statistic> {
  const { fold } = input;
  return {
    ...orderStatistics(input),
    averagePrecision: (outcome, risk) =>
      averagePrecisionStatistic(outcome, hasSpread(risk, fold) ? risk : new Float64Array(risk.length)),
    brier: brierStatistic,
    scaledBrier: scaledBrierStatistic,
    logLoss: logLossStatistic,
    calibrationIntercept: calibrationInterceptStatistic,
    calibrationSlope: spreadSlopeStatistic(fold),
  };
}
