/**
 * Acting on a rule, with intervals: who is flagged at a threshold, or within what can be looked at each day.
 *
 * In      outcome and score; a threshold (flagged means risk >= threshold), or a capacity of N discharges a day
 * Choice  under a capacity the N highest of each day of discharge are flagged, equal risks in row order; a day with fewer has all flagged
 * Choice  who is flagged is settled on the rows as they came, and resampled patients keep it: a patient drawn twice does not take two places
 */
import { measureOnce } from './bootstrap.ts';
import type { Panel } from './panel.ts';
import { requireSameLength } from './sample.ts';

/** 1 where risk >= threshold. */
export function flaggedAtThreshold(risk: Float64Array, threshold: number): Uint8Array {
  return Uint8Array.from(risk, (r) => (r >= threshold ? 1 : 0));
}

/**
 * 1 for the `capacity` highest risks of each day.
 *
 * @param day  day of discharge, any numbering, same length
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH
 */
export function flaggedWithinCapacity(risk: Float64Array, day: Int32Array, capacity: number): Uint8Array {
  requireSameLength(risk.length, 'day', day.length);
  const order = Int32Array.from(risk.keys()).sort((a, b) => day[a]! - day[b]! || risk[b]! - risk[a]! || a - b);
  const flagged = new Uint8Array(risk.length);
  let taken = 0;
  order.forEach((row, k) => {
    taken = k > 0 && day[row] === day[order[k - 1]!] ? taken + 1 : 1;
    if (taken <= capacity) flagged[row] = 1;
  });
  return flagged;
}

/** Names of what `flagPanel` measures, in its order. */
export const flagMeasures = ['sensitivity', 'specificity', 'ppv', 'npv', 'flaggedShare'] as const;

/** What acting on flags means, for resampling; a share of nothing is NaN. */
export function flagPanel(outcome: Uint8Array, flagged: Uint8Array): Panel {
  requireSameLength(outcome.length, 'flags', flagged.length);
  const cell = outcome.map((o, i) => 2 * o + flagged[i]!);
  const counts = new Float64Array(4);
  return {
    size: flagMeasures.length,
    measure: (weight, into) => {
      counts.fill(0);
      for (let i = 0; i < cell.length; i++) counts[cell[i]!]! += weight[i]!;
      const [tn, fp, fn, tp] = counts as unknown as [number, number, number, number];
      into[0] = tp / (tp + fn);
      into[1] = tn / (tn + fp);
      into[2] = tp / (tp + fp);
      into[3] = tn / (tn + fn);
      into[4] = (tp + fp) / (tp + fp + tn + fn);
    },
  };
}

/** Shares of flagged rows as they came. @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH */
export function flagShares(outcome: Uint8Array, flagged: Uint8Array): Record<(typeof flagMeasures)[number], number> {
  const measured = measureOnce(flagPanel(outcome, flagged), outcome.length);
  return Object.fromEntries(flagMeasures.map((name, k) => [name, measured[k]!])) as Record<(typeof flagMeasures)[number], number>;
}
