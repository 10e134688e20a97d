/**
 * Calibration curve: in groups of rising risk, how many were expected to return and how many did.
 *
 * In      outcome and probability in [0, 1]
 * Out     groups of about equal size, ascending, with mean risk, observed rate and its 95 % interval (./proportion.ts)
 * Choice  equal risks are never split over two groups: a run of them goes where its middle rank lies, so groups can be fewer
 *         and uneven where risks repeat
 */
import { EvaluationError } from '../errors.ts';
import { joinSmallNeighbours } from '../util/disclosure.ts';
import { wilsonInterval } from './proportion.ts';
import { rankOrder } from './rank-order.ts';
import { checkSample } from './sample.ts';

export interface CalibrationGroup {
  readonly n: number;
  readonly events: number;
  /** Mean predicted probability of the group. */
  readonly meanRisk: number;
  readonly minRisk: number;
  readonly maxRisk: number;
  /** events / n, with its 95 % interval. */
  readonly observed: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * @param groups  groups wanted, 1 or more; default tenths
 * @returns       at most `groups` groups in ascending risk; their n add up to the rows
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 */
export function calibrationCurve(outcome: Uint8Array, risk: Float64Array, groups = 10): CalibrationGroup[] {
  checkSample(outcome, risk, 'probability');
  if (!Number.isInteger(groups) || groups < 1) {
    throw new EvaluationError('EVALUATION_RANGE', `expected a whole number of groups, 1 or more, found ${groups}`);
  }
  return riskGroups(risk, groups).map((rows) => describe(rows, outcome, risk));
}

/** The curve in at most ten groups of which every count can be told (../util/disclosure.ts): for results that are published. */
export function toldCalibrationCurve(outcome: Uint8Array, risk: Float64Array): CalibrationGroup[] {
  checkSample(outcome, risk, 'probability');
  return toldRiskGroups(outcome, risk, 10).map((rows) => describe(rows, outcome, risk));
}

/** As riskGroups, neighbours with few events or few others joined. */
export function toldRiskGroups(outcome: Uint8Array, risk: Float64Array, groups: number): Int32Array[] {
  const found = riskGroups(risk, groups);
  const counts = found.map((rows) => {
    const events = rows.reduce((sum, i) => sum + outcome[i]!, 0);
    return { events, others: rows.length - events };
  });
  return joinSmallNeighbours(counts).map((members) => Int32Array.from(members.flatMap((g) => [...found[g]!])));
}

/**
 * Rows in groups of about equal size by rising risk; equal risks stay together.
 *
 * @returns  at most `groups` lists of row numbers that hold each row once, in ascending risk
 */
export function riskGroups(risk: Float64Array, groups: number): Int32Array[] {
  const n = risk.length;
  const { order, runEnd } = rankOrder(risk);
  const found: Int32Array[] = [];
  let start = 0;
  let runStart = 0;
  for (let run = 0; run < runEnd.length; run++) {
    const end = runEnd[run]!;
    const next = runEnd[run + 1];
    if (next === undefined || groupOf(end, next) !== groupOf(runStart, end)) {
      found.push(order.subarray(start, end));
      start = end;
    }
    runStart = end;
  }
  return found;

  /** A run of equal risks belongs to the quantile group that holds its middle. */
  function groupOf(from: number, to: number): number {
    return Math.floor((groups * (from + to)) / 2 / n);
  }
}

function describe(rows: Int32Array, outcome: Uint8Array, risk: Float64Array): CalibrationGroup {
  let events = 0;
  let sum = 0;
  for (const i of rows) {
    events += outcome[i]!;
    sum += risk[i]!;
  }
  const n = rows.length;
  return {
    n,
    events,
    meanRisk: sum / n,
    minRisk: risk[rows[0]!]!,
    maxRisk: risk[rows[n - 1]!]!,
    observed: events / n,
    ...wilsonInterval(events, n),
  };
}
