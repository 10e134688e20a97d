/**
 * A published score as a risk: points through a logistic line fitted on training discharges.
 *
 * Why     LACE and HOSPITAL print risks of their own populations; beside a model they are judged fairly when both are calibrated to the
 *         same training data. Their order, and so their AUROC, is that of the points
 * Choice  where no rising line can be fitted (points constant or separating, or falling with the outcome, as chance makes them among few events)
 *         every discharge gets the base rate but for a trace of its points: a score is judged in the direction it was published in, and
 *         a line fitted downwards would turn it round, in one fold and not in the next
 */
import { fitLine } from '../util/logistic-line.ts';

export interface ScoreLine {
  readonly intercept: number;
  /** Log odds per point, > 0. */
  readonly slope: number;
}

/** Log odds per point that keep the order and move no risk: far below what the calibration slope takes for a spread. */
const TRACE = 1e-6;

/**
 * @param points   score per training discharge
 * @param outcome  0 or 1, same order
 */
export function fitScoreLine(points: Float64Array, outcome: Uint8Array): ScoreLine {
  const events = outcome.reduce((sum, y) => sum + y, 0);
  // One half event keeps the base rate inside (0, 1).
  const rate = (events + 0.5) / (outcome.length + 1);
  const level = Math.log(rate / (1 - rate));
  const line = fitLine(outcome, points, new Float64Array(points.length).fill(1), { intercept: level, slope: 0 });
  return line !== undefined && line.slope > TRACE ? line : { intercept: level, slope: TRACE };
}

/** Risk in (0, 1) per discharge. */
export function scoreRisk(line: ScoreLine, points: Float64Array): Float64Array {
  return points.map((p) => 1 / (1 + Math.exp(-(line.intercept + line.slope * p))));
}
