/**
 * Two risks for the same discharges: by how much is one better, and could that be chance?
 *
 * In      outcome, two risks, patient numbers
 * Out     for each statistic the difference risk - reference with its interval; both are computed on the same draws of patients,
 *         so what they have in common cancels
 * Choice  no DeLong test: it takes rows as independent, and patients have several discharges
 */
import { USABLE_SHARE, bootstrapMeasures } from './bootstrap.ts';
import type { BootstrapOptions, Interval } from './bootstrap.ts';
import { requireSameLength } from './sample.ts';
import type { Statistic, WeightedMeasure } from './sample.ts';

/**
 * @param input.reference  the risk to compare with, same rows and order
 * @returns                an interval of the difference for each name; one that excludes 0 favours one side
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function bootstrapDifferences<Name extends string>(
  input: {
    readonly outcome: Uint8Array;
    readonly risk: Float64Array;
    readonly reference: Float64Array;
    readonly groups: Int32Array;
    readonly statistics: Readonly<Record<Name, Statistic>>;
  },
  options: BootstrapOptions,
): Record<Name, Interval> {
  const { outcome, risk, reference, groups, statistics } = input;
  requireSameLength(outcome.length, 'groups', groups.length);
  const differences = Object.fromEntries(
    (Object.entries(statistics) as [Name, Statistic][]).map(([name, statistic]) => {
      const ours = statistic(outcome, risk);
      const theirs = statistic(outcome, reference);
      const difference: WeightedMeasure = (weight) => ours(weight) - theirs(weight);
      return [name, difference];
    }),
  ) as Record<Name, WeightedMeasure>;
  return bootstrapMeasures(differences, groups, options);
}

/**
 * Two-sided p value of a difference from its draws: twice the share of draws on the rarer side of 0, the data themselves counted as one.
 * Least 2 / (draws + 1).
 *
 * @param draws  the difference on each resample; NaN where it had no value
 * @returns      in (0, 1]; NaN when fewer than 90 % of the draws have a value
 * @see Davison and Hinkley 1997, section 4.2 (the added one), 5.4 (tests from intervals)
 */
export function bootstrapP(draws: Float64Array): number {
  let usable = 0;
  let notAbove = 0;
  let notBelow = 0;
  for (const difference of draws) {
    if (!Number.isFinite(difference)) continue;
    usable++;
    if (difference <= 0) notAbove++;
    if (difference >= 0) notBelow++;
  }
  if (usable === 0 || usable < USABLE_SHARE * draws.length) return NaN;
  return Math.min(1, (2 * (1 + Math.min(notAbove, notBelow))) / (1 + usable));
}
