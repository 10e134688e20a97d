/**
 * Two risks for the same discharges: by how much is one better, and could that be chance?
 *
 * In      outcome, two risks, patient numbers
 * Out     for each statistic the difference risk - reference with its interval; both are computed on the same draws of patients,
 *         so what they have in common cancels
 * Choice  no DeLong test: it takes rows as independent, and patients have several discharges
 */
import { bootstrapMeasures } from './bootstrap.ts';
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
