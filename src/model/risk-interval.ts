/**
 * How sure is a calibrated risk: the interval in which the risk of discharges with this forest output lies, by what training showed.
 *
 * In      outcome, out-of-bag forest output and patient per training discharge
 * Method  patients are drawn with replacement; each draw gives its own Venn-Abers pair (./venn-abers.ts) at every knot. The interval reaches from
 *         the 2.5 % quantile of p0 to the 97.5 % quantile of p1: sampling error of the calibration and what the next discharge could change.
 *         Between knots it runs straight
 * Choice  knots stand at equal shares of the training discharges, at most 101 and the ends 0 and 1: few events carry no finer detail
 * Choice  it is about the average risk of discharges with this output. One patient's own risk can lie outside: what the features do not
 *         tell, no interval of a score can
 * Source  Vovk, Petej and Fedorova 2015, arXiv:1511.00213; Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x (patients drawn whole)
 */
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { quantile } from '../util/quantile.ts';
import { randomStream } from '../util/random.ts';
import { isotonicPools } from './isotonic-pools.ts';
import { distinctOutputs, fitVennAbers, lastNotAbove, vennAbersAt, VennAbersSchema } from './venn-abers.ts';

/** Discharges of either outcome below which nothing is said. */
export const MINIMUM_INTERVAL_EVENTS = 20;
export const INTERVAL_LEVEL = 0.95;
const mostKnots = 101;

export const RiskIntervalSchema = z
  .strictObject({
    level: z.number().gt(0).lt(1),
    draws: z.int().min(1),
    /** Ascending from 0 to 1. */
    output: z.array(z.number().min(0).max(1)).min(2),
    low: z.array(z.number().min(0).max(1)),
    high: z.array(z.number().min(0).max(1)),
    vennAbers: VennAbersSchema,
  })
  .refine(({ output, low, high }) => low.length === output.length && high.length === output.length, 'expected equal lengths')
  .refine(({ output }) => output[0] === 0 && output.at(-1) === 1, 'expected knots from 0 to 1')
  .refine(({ output }) => output.every((x, i) => i === 0 || x > output[i - 1]!), 'expected ascending knots')
  .refine(({ low, high }) => low.every((x, i) => x <= high[i]!), 'expected low at most high');
export type RiskIntervals = Readonly<z.infer<typeof RiskIntervalSchema>>;

export interface RiskInterval {
  /** In [0, 1], low at most high. */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly vennAbers: { readonly low: number; readonly high: number };
  /** Training discharges of like output behind it. */
  readonly comparableDischarges: number;
}

/**
 * @param outcome       0 or 1 per discharge
 * @param forestOutput  out-of-bag output in [0, 1], or NaN; same length and order
 * @param groups        patient per discharge, any whole number
 * @returns             undefined below MINIMUM_INTERVAL_EVENTS discharges of either outcome
 * @throws {ModelError} MODEL_CALIBRATION_INPUT
 */
export function fitRiskIntervals(
  outcome: Uint8Array,
  forestOutput: Float64Array,
  groups: Int32Array,
  { seed, draws = 400 }: { readonly seed: number; readonly draws?: number },
): RiskIntervals | undefined {
  const { output, of } = distinctOutputs(outcome, forestOutput);
  if (groups.length !== outcome.length) {
    throw new ModelError('MODEL_CALIBRATION_INPUT', `expected one patient per outcome, found ${groups.length}`);
  }
  const rows = Int32Array.from(of.keys()).filter((row) => of[row]! >= 0);
  const events = rows.reduce((sum, row) => sum + outcome[row]!, 0);
  if (Math.min(events, rows.length - events) < MINIMUM_INTERVAL_EVENTS) return undefined;
  const knots = chooseKnots(Float64Array.from(rows, (row) => forestOutput[row]!).sort());
  const low = knots.map(() => new Float64Array(draws));
  const high = knots.map(() => new Float64Array(draws));
  const place = knots.map((x) => lastNotAbove(output, x));
  const pools = isotonicPools(output.length);
  const [n, withEvent] = [new Float64Array(output.length), new Float64Array(output.length)];
  const patients = rowsByPatient(rows, groups);
  for (let draw = 0; draw < draws; draw++) {
    const random = randomStream(seed, draw);
    n.fill(0);
    withEvent.fill(0);
    for (let i = 0; i < patients.length; i++) {
      for (const row of patients[random.below(patients.length)]!) {
        n[of[row]!]! += 1;
        withEvent[of[row]!]! += outcome[row]!;
      }
    }
    pools.pool(n, withEvent);
    place.forEach((at, k) => {
      const tie = at >= 0 && output[at] === knots[k];
      const own = tie ? { n: n[at]!, events: withEvent[at]! } : { n: 0, events: 0 };
      const below = tie ? at - 1 : at;
      const p0 = pools.join({ n: own.n + 1, events: own.events }, below, at + 1);
      const p1 = pools.join({ n: own.n + 1, events: own.events + 1 }, below, at + 1);
      low[k]![draw] = p0.events / p0.n;
      high[k]![draw] = p1.events / p1.n;
    });
  }
  const tail = (1 - INTERVAL_LEVEL) / 2;
  return {
    level: INTERVAL_LEVEL,
    draws,
    output: knots,
    low: low.map((values) => quantile(values.sort(), tail)),
    high: high.map((values) => quantile(values.sort(), 1 - tail)),
    vennAbers: fitVennAbers(outcome, forestOutput),
  };
}

/**
 * @param output  forest output in [0, 1]
 * @throws {ModelError} MODEL_CALIBRATION_INPUT
 */
export function riskIntervalAt(intervals: RiskIntervals, output: number): RiskInterval {
  const { low, high, discharges } = vennAbersAt(intervals.vennAbers, output);
  const knots = intervals.output;
  const k = Math.min(lastNotAbove(knots, output), knots.length - 2);
  const part = (output - knots[k]!) / (knots[k + 1]! - knots[k]!);
  const between = (values: readonly number[]): number => values[k]! + part * (values[k + 1]! - values[k]!);
  return {
    low: between(intervals.low),
    high: between(intervals.high),
    level: intervals.level,
    vennAbers: { low, high },
    comparableDischarges: discharges,
  };
}

function chooseKnots(sorted: Float64Array): number[] {
  const inner = Array.from({ length: mostKnots }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (mostKnots - 1))]!);
  return [...new Set([0, ...inner, 1])];
}

function rowsByPatient(rows: Int32Array, groups: Int32Array): number[][] {
  const byPatient = new Map<number, number[]>();
  for (const row of rows) {
    const own = byPatient.get(groups[row]!);
    if (own === undefined) byPatient.set(groups[row]!, [row]);
    else own.push(row);
  }
  // In the order of their names, not of their rows: shuffled rows draw the same patients.
  return [...byPatient.entries()].sort(([a], [b]) => a - b).map(([, own]) => own);
}
