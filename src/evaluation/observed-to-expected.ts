/**
 * Observed to expected: how many had the event for one that the risks foretold. Above 1 the risks are too low on the whole, below 1 too high.
 *
 * Source  Debray and others 2017, doi:10.1136/bmj.i6460 (total O:E ratio)
 */
import type { Statistic } from './sample.ts';

/** NaN where the risks foretell none. */
export const observedToExpectedStatistic: Statistic = (outcome, risk) => (weight) => {
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < weight.length; i++) {
    observed += weight[i]! * outcome[i]!;
    expected += weight[i]! * risk[i]!;
  }
  return expected > 0 ? observed / expected : Number.NaN;
};
