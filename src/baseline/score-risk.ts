/**
 * A published score as a risk: points through a logistic line fitted on training discharges.
 *
 * Why     LACE and HOSPITAL print risks of their own populations; beside a model they are judged fairly when both are calibrated to the
 *         same training data. Their order, and so their AUROC, is that of the points
 * Choice  where the line cannot be fitted (points constant or separating) every discharge gets the base rate
 */
import { fitLine } from '../util/logistic-line.ts';

export interface ScoreLine {
  readonly intercept: number;
  readonly slope: number;
}

/**
 * @param points   score per training discharge
 * @param outcome  0 or 1, same order
 */
export function fitScoreLine(points: Float64Array, outcome: Uint8Array): ScoreLine {
  const events = outcome.reduce((sum, y) => sum + y, 0);
  // One half event keeps the base rate inside (0, 1).
  const rate = (events + 0.5) / (outcome.length + 1);
  const flat = { intercept: Math.log(rate / (1 - rate)), slope: 0 };
  return fitLine(outcome, points, new Float64Array(points.length).fill(1), flat) ?? flat;
}

/** Risk in (0, 1) per discharge. */
export function scoreRisk(line: ScoreLine, points: Float64Array): Float64Array {
  return points.map((p) => 1 / (1 + Math.exp(-(line.intercept + line.slope * p))));
}
