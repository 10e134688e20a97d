/**
 * Discrimination: are readmitted discharges ranked above the others?
 *
 * In      outcome and any finite score, higher meaning likelier; only the order of the scores matters
 * Choice  equal scores count one half in the AUROC; in average precision a run of equal scores is one threshold, so that neither
 *         depends on the order of rows
 * Note    average precision has the event rate as its chance level: print the two together
 */
import { rankOrder } from './rank-order.ts';
import { checkSample, requireBothClasses, unitWeights } from './sample.ts';
import type { Statistic } from './sample.ts';

/**
 * Area under the ROC curve: the chance that a readmitted discharge is ranked above one that was not.
 * Ties count one half, so a constant score gives exactly 0.5.
 *
 * @param outcome  0 or 1 per discharge, length n
 * @param risk     score or probability, finite, same length and order
 * @returns        value in [0, 1]; O(n log n)
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS when every
 *         outcome is equal
 * @see Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747
 * @example auroc(Uint8Array.of(0, 1), Float64Array.of(0.2, 0.7)) // 1
 */
export function auroc(outcome: Uint8Array, risk: Float64Array): number {
  const measure = aurocStatistic(outcome, risk);
  requireBothClasses(outcome);
  return measure(unitWeights(outcome.length));
}

/**
 * Average precision: the mean of precision over the events, in order of falling score, Σ (Rₖ − Rₖ₋₁) Pₖ over distinct thresholds.
 * It is the step-wise area under the precision-recall curve, without interpolation (which is optimistic).
 *
 * @returns value in (0, 1]; its chance level is the event rate
 * @throws {EvaluationError} as auroc
 * @see scikit-learn `average_precision_score`, the same definition
 */
export function averagePrecision(outcome: Uint8Array, risk: Float64Array): number {
  const measure = averagePrecisionStatistic(outcome, risk);
  requireBothClasses(outcome);
  return measure(unitWeights(outcome.length));
}

/** AUROC for resampling; see {@link auroc}. */
export const aurocStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'score');
  const { order, runEnd } = rankOrder(risk);
  return (weight) => {
    let events = 0;
    let others = 0;
    let concordant = 0;
    let k = 0;
    for (const end of runEnd) {
      let runEvents = 0;
      let runAll = 0;
      for (; k < end; k++) {
        const i = order[k]!;
        const w = weight[i]!;
        runAll += w;
        runEvents += w * outcome[i]!;
      }
      const runOthers = runAll - runEvents;
      concordant += runEvents * (others + runOthers / 2);
      events += runEvents;
      others += runOthers;
    }
    return concordant / (events * others);
  };
};

/** Average precision for resampling; see {@link averagePrecision}. */
export const averagePrecisionStatistic: Statistic = (outcome, risk) => {
  checkSample(outcome, risk, 'score');
  const { order, runEnd } = rankOrder(risk);
  return (weight) => {
    let events = 0;
    let flagged = 0;
    let sum = 0;
    let k = outcome.length - 1;
    for (let run = runEnd.length - 1; run >= 0; run--) {
      const start = run === 0 ? 0 : runEnd[run - 1]!;
      let runEvents = 0;
      for (; k >= start; k--) {
        const i = order[k]!;
        const w = weight[i]!;
        flagged += w;
        runEvents += w * outcome[i]!;
      }
      if (runEvents === 0) continue;
      events += runEvents;
      sum += runEvents * (events / flagged);
    }
    return events === flagged ? NaN : sum / events;
  };
};
