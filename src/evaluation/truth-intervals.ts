/**
 * Intervals of risks against a known truth: does the true risk of discharges of like risk lie where the intervals say?
 *
 * In      per discharge a risk, the interval that came with it and the oracle's probability
 * Out     in tenths of rising risk the mean of each, and in how many of them the mean oracle risk lies within the mean interval
 * Choice  judged by groups, not one by one: an interval of a score is about the average of discharges with that score
 */
import { riskGroups } from './calibration-curve.ts';
import { checkSample, requireSameLength } from './sample.ts';

export interface IntervalTruth {
  /** Ascending risk. */
  readonly groups: readonly {
    readonly n: number;
    readonly meanRisk: number;
    readonly meanLow: number;
    readonly meanHigh: number;
    readonly meanOracle: number;
  }[];
  /** Groups whose mean oracle risk lies within the mean interval. */
  readonly within: number;
  /** Share of the discharges whose own oracle risk lies within their interval; no interval of a score promises this. */
  readonly shareWithin: number;
  readonly meanWidth: number;
}

/**
 * @param oracle  true probability per discharge, in [0, 1]
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function compareIntervals(
  risk: Float64Array,
  interval: { readonly low: Float64Array; readonly high: Float64Array },
  oracle: Float64Array,
): IntervalTruth {
  const { low, high } = interval;
  checkSample(new Uint8Array(risk.length), risk, 'probability');
  for (const [name, values] of Object.entries({ low, high, oracle })) requireSameLength(risk.length, name, values.length);
  const groups = riskGroups(risk, 10).map((rows) => {
    const mean = (of: Float64Array): number => rows.reduce((sum, row) => sum + of[row]!, 0) / rows.length;
    return { n: rows.length, meanRisk: mean(risk), meanLow: mean(low), meanHigh: mean(high), meanOracle: mean(oracle) };
  });
  const inside = oracle.reduce((sum, p, i) => sum + (p >= low[i]! && p <= high[i]! ? 1 : 0), 0);
  return {
    groups,
    within: groups.filter(({ meanLow, meanHigh, meanOracle }) => meanOracle >= meanLow && meanOracle <= meanHigh).length,
    shareWithin: inside / risk.length,
    meanWidth: low.reduce((sum, from, i) => sum + high[i]! - from, 0) / risk.length,
  };
}
