/**
 * DeLong's interval of an AUROC, and his test of two on the same rows.
 *
 * In      outcome and scores, any finite numbers
 * Choice  rows are taken as independent; where patients have several discharges the interval is too narrow. It is here so that figures can
 *         be laid beside other reports; resampled patients (./bootstrap.ts) are what conclusions rest on
 * Choice  plain Wald interval, cut at 0 and 1, no transformation
 * Method  structural components from midranks, O(n log n)
 * Source  DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595; Sun and Xu 2014, doi:10.1109/LSP.2014.2337313
 */
import { twoSidedNormalTail } from './normal-tail.ts';
import { Z95 } from './proportion.ts';
import { rankOrder } from './rank-order.ts';
import { checkSample, requireBothClasses } from './sample.ts';

export interface DelongInterval {
  readonly auroc: number;
  /** Of the AUROC; NaN with a single event or a single other. */
  readonly variance: number;
  readonly lower: number;
  readonly upper: number;
}

export interface DelongTest {
  /** AUROC of the first risk minus that of the second. */
  readonly difference: number;
  readonly standardError: number;
  /** 0 when the two rank every pair alike; NaN when they differ and the standard error is 0 or has no value. */
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * @param z  standard normal quantile, default for 95 %
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE; EVALUATION_ONE_CLASS
 */
export function delongInterval(outcome: Uint8Array, risk: Float64Array, z = Z95): DelongInterval {
  const parts = components(outcome, risk);
  const variance = covariance(parts, parts);
  const half = z * Math.sqrt(variance);
  return {
    auroc: parts.auroc,
    variance,
    lower: Math.max(0, parts.auroc - half),
    upper: Math.min(1, parts.auroc + half),
  };
}

/**
 * Do two risks of the same rows differ in AUROC by more than chance?
 *
 * @throws {EvaluationError} as delongInterval
 */
export function delongTest(outcome: Uint8Array, first: Float64Array, second: Float64Array): DelongTest {
  const a = components(outcome, first);
  const b = components(outcome, second);
  const variance = covariance(a, a) + covariance(b, b) - 2 * covariance(a, b);
  const difference = a.auroc - b.auroc;
  const standardError = Math.sqrt(Math.max(0, variance));
  const z = standardError > 0 ? difference / standardError : difference === 0 && standardError === 0 ? 0 : NaN;
  return { difference, standardError, z, p: twoSidedNormalTail(z) };
}

interface Components {
  readonly auroc: number;
  /** Per event, the share of others ranked below it, ties one half. */
  readonly ofEvents: Float64Array;
  /** Per other, the share of events ranked above it, ties one half. */
  readonly ofOthers: Float64Array;
}

function components(outcome: Uint8Array, risk: Float64Array): Components {
  checkSample(outcome, risk, 'score');
  const m = requireBothClasses(outcome);
  const n = outcome.length - m;
  const { order, runEnd } = rankOrder(risk);
  const share = new Float64Array(outcome.length);
  let eventsBelow = 0;
  let othersBelow = 0;
  let start = 0;
  for (const end of runEnd) {
    let events = 0;
    for (let k = start; k < end; k++) events += outcome[order[k]!]!;
    const others = end - start - events;
    for (let k = start; k < end; k++) {
      const i = order[k]!;
      share[i] = outcome[i] === 1 ? (othersBelow + others / 2) / n : (m - eventsBelow - events / 2) / m;
    }
    eventsBelow += events;
    othersBelow += others;
    start = end;
  }
  const ofEvents = share.filter((_, i) => outcome[i] === 1);
  return { auroc: mean(ofEvents), ofEvents, ofOthers: share.filter((_, i) => outcome[i] === 0) };
}

function covariance(a: Components, b: Components): number {
  return (
    sampleCovariance(a.ofEvents, b.ofEvents) / a.ofEvents.length + sampleCovariance(a.ofOthers, b.ofOthers) / a.ofOthers.length
  );
}

function sampleCovariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (a.length - 1);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
