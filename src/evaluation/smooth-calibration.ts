/**
 * Smooth calibration: the observed share as a smooth function of the risk, and how far the two lie apart.
 *
 * In      outcome and probability in [0, 1]
 * Out     smoothed observed share; ICI, E50, E90, Emax: mean, median, 90th percentile and maximum of |smoothed - risk| over the rows
 * Method  logistic regression of the outcome on a restricted cubic spline of the log odds of the risk
 * Choice  knots are placed once, on the data; a resample refits the coefficients. Fewer knots, then a line, where risks have few values or
 *         the spline cannot be fitted; NaN where the line cannot either (a constant risk, or classes that do not overlap)
 * Note    distances are never below 0, and a smoothed curve strays a little from the best of risks: their intervals leave out 0 also where
 *         every risk is right, and lie higher the fewer the events. They say how far off the risks may be, and test nothing
 * Source  Austin and Steyerberg 2019, doi:10.1002/sim.8281; Austin, Harrell and van Klaveren 2020, doi:10.1002/sim.8570
 */
import { fitLine } from '../util/logistic-line.ts';
import { quantile } from '../util/quantile.ts';
import { measureOnce } from './bootstrap.ts';
import { logOdds } from './calibration.ts';
import { fitLogistic, logisticCurve } from './logistic-curve.ts';
import type { Panel } from './panel.ts';
import { splineBasis, splineKnots, splineTerms } from './restricted-cubic-spline.ts';
import { checkSample, unitWeights } from './sample.ts';

export interface SmoothCalibration {
  /** Knots in log odds; none: the curve is a line in log odds. */
  readonly knots: readonly number[];
  readonly ici: number;
  readonly e50: number;
  readonly e90: number;
  readonly emax: number;
  /** Smoothed observed share at each asked risk. */
  readonly smooth: Float64Array;
}

/** Distances, in the order in which `smoothCalibrationPanel` measures them, before the curve. */
export const calibrationDistances = ['ici', 'e50', 'e90', 'emax'] as const;

/**
 * @param at  risks to give the curve at, in [0, 1]; default none
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function smoothCalibration(
  outcome: Uint8Array,
  risk: Float64Array,
  at: Float64Array = new Float64Array(0),
): SmoothCalibration {
  const { knots, ...panel } = smoothCalibrationPanel(outcome, risk, at);
  const measured = measureOnce(panel, outcome.length);
  const [ici, e50, e90, emax] = measured as unknown as [number, number, number, number];
  return { knots, ici, e50, e90, emax, smooth: measured.slice(calibrationDistances.length) };
}

/** 101 risks from the least to the greatest, evenly spaced: where the curve is given. */
export function riskGrid(risk: Float64Array): Float64Array {
  const low = risk.reduce((least, r) => Math.min(least, r), 1);
  const high = risk.reduce((most, r) => Math.max(most, r), 0);
  return Float64Array.from({ length: 101 }, (_, j) => (j === 100 ? high : low + ((high - low) * j) / 100));
}

/**
 * Smooth calibration for resampling: the four distances, then the curve at each asked risk.
 *
 * @param knots  in log odds; default Harrell's
 */
export function smoothCalibrationPanel(
  outcome: Uint8Array,
  risk: Float64Array,
  at: Float64Array,
  knots?: readonly number[],
): Panel & { readonly knots: readonly number[] } {
  checkSample(outcome, risk, 'probability');
  const x = logOdds(risk);
  const size = calibrationDistances.length + at.length;
  // A line exists exactly where the classes overlap, and where no line exists a curve only separates them.
  const line = fitLine(outcome, x, unitWeights(x.length));
  const found = line === undefined ? undefined : firstFit(outcome, x, knots ?? splineKnots(x));
  if (found === undefined) return { knots: [], size, measure: (_, into) => void into.fill(NaN) };
  const { placed, design, start } = found;
  const terms = splineTerms(placed);
  const grid = splineBasis(logOdds(at), placed);
  const smoothed = new Float64Array(x.length);
  return {
    knots: placed,
    size,
    measure: (weight, into) => {
      const coefficients = fitLogistic(outcome, design, terms, weight, start);
      if (coefficients === undefined) {
        into.fill(NaN);
        return;
      }
      logisticCurve(design, coefficients, smoothed);
      distances(smoothed, risk, weight, into);
      logisticCurve(grid, coefficients, into.subarray(calibrationDistances.length));
    },
  };
}

function firstFit(
  outcome: Uint8Array,
  x: Float64Array,
  wanted: readonly number[],
): { placed: readonly number[]; design: Float64Array; start: Float64Array } | undefined {
  for (const placed of [wanted, []]) {
    const design = splineBasis(x, placed);
    const start = fitLogistic(outcome, design, splineTerms(placed), unitWeights(x.length));
    if (start !== undefined) return { placed, design, start };
  }
  return undefined;
}

function distances(smoothed: Float64Array, risk: Float64Array, weight: Float64Array, into: Float64Array): void {
  let rows = 0;
  for (const w of weight) rows += w;
  const apart = new Float64Array(rows);
  let sum = 0;
  let k = 0;
  for (let i = 0; i < risk.length; i++) {
    const distance = Math.abs(smoothed[i]! - risk[i]!);
    sum += weight[i]! * distance;
    for (let copy = weight[i]!; copy > 0; copy--) apart[k++] = distance;
  }
  apart.sort();
  into[0] = sum / rows;
  into[1] = quantile(apart, 0.5);
  into[2] = quantile(apart, 0.9);
  into[3] = apart[rows - 1]!;
}
