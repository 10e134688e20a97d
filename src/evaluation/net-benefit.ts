/**
 * Net benefit: is it better to act on the model than on everybody, or on nobody?
 *
 * In      outcome and probability in [0, 1]; threshold probabilities pt: who acts at pt holds one missed readmission as bad as
 *         (1 - pt) / pt needless actions
 * Out     TP/n - FP/n * pt/(1 - pt), in true positives per discharge; acting on nobody is 0
 * Choice  flagged means risk >= pt
 * Source  Vickers and Elkin 2006, doi:10.1177/0272989X06295361; Vickers, van Calster and Steyerberg 2019, doi:10.1186/s41512-019-0064-7
 */
import { EvaluationError } from '../errors.ts';
import { measureOnce } from './bootstrap.ts';
import type { Panel } from './panel.ts';
import { checkSample } from './sample.ts';

/** 5 to 40 % in steps of 1 %: where a readmission programme would act. */
export const decisionThresholds: readonly number[] = Array.from({ length: 36 }, (_, k) => (k + 5) / 100);

/**
 * @param thresholds  ascending, in (0, 1)
 * @returns           net benefit at each threshold, at most the event rate
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 * @example netBenefit(Uint8Array.of(1, 0), Float64Array.of(0.6, 0.3), [0.5]) // [0.5]
 */
export function netBenefit(outcome: Uint8Array, risk: Float64Array, thresholds = decisionThresholds): Float64Array {
  return measureOnce(netBenefitPanel(outcome, risk, thresholds), outcome.length);
}

/** Net benefit of acting on everybody. @param rate share with the event @throws {EvaluationError} EVALUATION_RANGE */
export function netBenefitOfAll(rate: number, thresholds = decisionThresholds): Float64Array {
  checkThresholds(thresholds);
  return Float64Array.from(thresholds, (pt) => rate - ((1 - rate) * pt) / (1 - pt));
}

/** Net benefit for resampling; see {@link netBenefit}. */
export function netBenefitPanel(outcome: Uint8Array, risk: Float64Array, thresholds = decisionThresholds): Panel {
  checkSample(outcome, risk, 'probability');
  checkThresholds(thresholds);
  const size = thresholds.length;
  // Row i is flagged at the first `reached` thresholds; events and others are counted apart by it.
  const cell = Int32Array.from(risk, (r, i) => 2 * thresholds.filter((pt) => r >= pt).length + outcome[i]!);
  const counts = new Float64Array(2 * (size + 1));
  return {
    size,
    measure: (weight, into) => {
      counts.fill(0);
      for (let i = 0; i < cell.length; i++) counts[cell[i]!]! += weight[i]!;
      let rows = 0;
      for (const count of counts) rows += count;
      let tp = 0;
      let fp = 0;
      for (let t = size - 1; t >= 0; t--) {
        fp += counts[2 * (t + 1)]!;
        tp += counts[2 * (t + 1) + 1]!;
        const pt = thresholds[t]!;
        into[t] = tp / rows - ((fp / rows) * pt) / (1 - pt);
      }
    },
  };
}

function checkThresholds(thresholds: readonly number[]): void {
  const wrong = thresholds.findIndex((pt, t) => !(pt > 0 && pt < 1) || (t > 0 && pt <= thresholds[t - 1]!));
  if (wrong >= 0) {
    throw new EvaluationError(
      'EVALUATION_RANGE',
      `expected threshold probabilities in ascending order between 0 and 1, found ${thresholds[wrong]} at position ${wrong}`,
    );
  }
}
