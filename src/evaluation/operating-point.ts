/**
 * What acting on a threshold means: who is flagged, who is found, how many have to be looked at for one readmission.
 *
 * In      outcome, score, and a threshold on the same scale; a discharge is flagged when its score is at or above it
 * Choice  a share of nothing (PPV with nobody flagged, say) is NaN
 */
import { EvaluationError } from '../errors.ts';
import { checkSample } from './sample.ts';

export interface OperatingPoint {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  /** Share of the readmitted that were flagged. */
  readonly sensitivity: number;
  /** Share of the others that were not flagged. */
  readonly specificity: number;
  /** Positive predictive value: share of the flagged that were readmitted. */
  readonly ppv: number;
  /** Negative predictive value: share of the unflagged that were not readmitted. */
  readonly npv: number;
  /** Share of all discharges flagged. */
  readonly flaggedShare: number;
  /** Flagged discharges per readmission among them, 1 / ppv; Infinity when none of the flagged was readmitted. */
  readonly numberNeededToEvaluate: number;
}

/**
 * @param threshold  finite, flagged means risk >= threshold
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function operatingPoint(outcome: Uint8Array, risk: Float64Array, threshold: number): OperatingPoint {
  checkSample(outcome, risk, 'score');
  if (!Number.isFinite(threshold)) {
    throw new EvaluationError('EVALUATION_NAN', `expected a finite threshold, found ${threshold}`);
  }
  let tp = 0;
  let fp = 0;
  let events = 0;
  for (let i = 0; i < outcome.length; i++) {
    events += outcome[i]!;
    if (risk[i]! < threshold) continue;
    if (outcome[i] === 1) tp++;
    else fp++;
  }
  const n = outcome.length;
  const fn = events - tp;
  const tn = n - events - fp;
  return {
    threshold,
    truePositives: tp,
    falsePositives: fp,
    trueNegatives: tn,
    falseNegatives: fn,
    sensitivity: tp / (tp + fn),
    specificity: tn / (tn + fp),
    ppv: tp / (tp + fp),
    npv: tn / (tn + fn),
    flaggedShare: (tp + fp) / n,
    numberNeededToEvaluate: (tp + fp) / tp,
  };
}
