/**
 * Many risks of the same discharges against one of them: metrics of each, paired differences, p values adjusted for their number.
 *
 * In      outcome, risks by name, which of them is the reference, patient numbers
 * Choice  all risks are measured on the same draws of patients, on several threads where there is much to do
 * Choice  Holm within a metric: each metric is a family of its own, as a reader asks one question of a table at a time
 */
import { EvaluationError } from '../errors.ts';
import { resample, type PoolOptions } from './draw-pool.ts';
import type { Difference, Figure } from './evidence.ts';
import { checkRisks, type RisksInput } from './evidence-input.ts';
import { riskPart } from './risk-figures.ts';

export interface ComparisonInput extends RisksInput {
  /** Name of the risk that the others are compared with. */
  readonly reference: string;
}

export interface ComparisonTable {
  readonly reference: string;
  /** By risk, then metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** By metric, then risk: that risk minus the reference. A metric that either lacks (points have no Brier score) is left out. */
  readonly differences: Readonly<Record<string, Readonly<Record<string, Difference>>>>;
}

/**
 * @returns the same for any number of workers
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS; EVALUATION_WORKER_FAILED
 * @throws {CancelledError} when the signal is raised
 */
export async function compareRisks(input: ComparisonInput, options: PoolOptions): Promise<ComparisonTable> {
  checkRisks(input);
  const { reference } = input;
  if (input.risks[reference] === undefined) {
    throw new EvaluationError(
      'EVALUATION_RANGE',
      `expected the reference among the risks (${Object.keys(input.risks).join(', ')}), found ${reference}`,
    );
  }
  const part = riskPart(input);
  const numbers = await resample({ kind: 'risks', input }, options, { panel: part, groups: input.groups });
  const { metrics, difference } = part.read(numbers);
  const names = [...new Set(Object.values(metrics).flatMap((of) => Object.keys(of)))];
  const differences = Object.fromEntries(
    names
      .filter((metric) => metric in metrics[reference]!)
      .map((metric) => [metric, difference(metric, reference, 'risk-minus-reference')]),
  );
  return { reference, metrics, differences };
}
