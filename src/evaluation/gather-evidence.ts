/**
 * Evidence of one set of held-out risks: every figure, curve and table that is said about them, on one set of resamples.
 *
 * Steps   prepare what is measured (./evidence-panel.ts), measure it on the rows and on every resample (./draw-pool.ts), read the
 *         intervals into plain data (./evidence-reading.ts)
 * Choice  ROC, precision-recall, gains and DeLong's interval pool all rows; the AUROCs of `headline`, `differences` and `subgroups`
 *         count pairs of the same fold where folds are given, so that they can differ a little from the pooled ones
 */
import { resample, type PoolOptions } from './draw-pool.ts';
import type { Evidence } from './evidence.ts';
import { checkEvidenceInput, type EvidenceInput } from './evidence-input.ts';
import { evidenceParts, panelsOf } from './evidence-panel.ts';
import { readEvidence } from './evidence-reading.ts';
import { joinPanels } from './panel.ts';

/** Seed, draws (default 1,000), level (0.95), workers (as the work needs), progress and cancelling. */
export type EvidenceOptions = PoolOptions;

/**
 * @returns plain data; null where a figure has no value. The same for any number of workers
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS; EVALUATION_WORKER_FAILED
 * @throws {CancelledError} when the signal is raised
 */
export async function gatherEvidence(input: EvidenceInput, options: EvidenceOptions): Promise<Evidence> {
  checkEvidenceInput(input);
  const parts = evidenceParts(input);
  const prepared = { panel: joinPanels(panelsOf(parts)), groups: input.groups };
  const numbers = await resample({ kind: 'evidence', input }, options, prepared);
  return readEvidence(input, parts, numbers, options);
}
