/**
 * Venn-Abers: two calibrated risks per forest output, by what like scores showed in training.
 *
 * In      outcome and out-of-bag forest output per training discharge; NaN (never out of bag) is left out
 * Method  a new discharge with output s joins the training ones, once as one without and once as one with the event; isotonic regression of
 *         outcome on output gives it the risks p0 and p1. One of the two used its true outcome and is calibrated with the others, whatever the
 *         forest does. Both depend on s alone and rise with it, in steps; these are kept
 * Choice  the pair says what one discharge could change, so it is narrow wherever many are alike. It is no interval for a risk: that one
 *         (./risk-interval.ts) also counts that the training discharges are a sample
 * Cost    O(n log n)
 * Source  Vovk, Petej and Fedorova 2015, "Large-scale probabilistic predictors with and without guarantees of validity", arXiv:1511.00213
 */
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { nextAbove } from '../util/adjacent-double.ts';
import { isotonicPools, type Pooled } from './isotonic-pools.ts';

export const VennAbersSchema = z
  .strictObject({
    /** Ascending; step i holds for outputs from from[i] on, below from[i + 1]. The first is 0. */
    from: z.array(z.number().min(0).max(1)).min(1),
    /** Risk were the new discharge one without the event. */
    low: z.array(z.number().min(0).max(1)),
    /** Risk were it one with the event. */
    high: z.array(z.number().min(0).max(1)),
    /** Training discharges that share the risk, the fewer of the two pools. */
    discharges: z.array(z.int().nonnegative()),
  })
  .refine(({ from, ...rest }) => Object.values(rest).every((list) => list.length === from.length), 'expected equal lengths')
  .refine(({ from }) => from[0] === 0 && from.every((x, i) => i === 0 || x > from[i - 1]!), 'expected from 0, ascending')
  .refine(({ low, high }) => low.every((x, i) => x <= high[i]!), 'expected low at most high');
export type VennAbers = Readonly<z.infer<typeof VennAbersSchema>>;

/** The distinct outputs of the training discharges, ascending, and the number of each discharge's own; -1 where it has none. */
export interface DistinctOutputs {
  readonly output: Float64Array;
  readonly of: Int32Array;
}

/** @throws {ModelError} MODEL_CALIBRATION_INPUT for unequal lengths, outputs outside [0, 1] other than NaN, outcomes other than 0 and 1 */
export function distinctOutputs(outcome: Uint8Array, forestOutput: Float64Array): DistinctOutputs {
  if (outcome.length !== forestOutput.length) {
    const found = `${outcome.length} outcomes and ${forestOutput.length} outputs`;
    throw new ModelError('MODEL_CALIBRATION_INPUT', `expected one output per outcome, found ${found}`);
  }
  const rows = Int32Array.from(forestOutput.keys()).filter((row) => !Number.isNaN(forestOutput[row]));
  const fault = rows.find((row) => !(forestOutput[row]! >= 0 && forestOutput[row]! <= 1) || outcome[row]! > 1);
  if (fault !== undefined) {
    throw new ModelError('MODEL_CALIBRATION_INPUT', `expected outputs in [0, 1] and outcomes of 0 or 1, row ${fault} differs`);
  }
  const output = Float64Array.from(new Set(Float64Array.from(rows, (row) => forestOutput[row]!))).sort();
  const of = new Int32Array(outcome.length).fill(-1);
  for (const row of rows) of[row] = lastNotAbove(output, forestOutput[row]!);
  return { output, of };
}

/**
 * @param outcome       0 or 1 per discharge
 * @param forestOutput  out-of-bag output in [0, 1], or NaN; same length and order
 * @throws {ModelError} MODEL_CALIBRATION_INPUT
 */
export function fitVennAbers(outcome: Uint8Array, forestOutput: Float64Array): VennAbers {
  const { output, of } = distinctOutputs(outcome, forestOutput);
  const n = new Float64Array(output.length);
  const events = new Float64Array(output.length);
  of.forEach((own, row) => {
    if (own < 0) return;
    n[own]! += 1;
    events[own]! += outcome[row]!;
  });
  const pools = isotonicPools(output.length);
  pools.pool(n, events);
  const steps = { from: [] as number[], low: [] as number[], high: [] as number[], discharges: [] as number[] };
  const add = (from: number, own: Pooled, below: number, above: number): void => {
    const without = pools.join({ n: own.n + 1, events: own.events }, below, above);
    const withEvent = pools.join({ n: own.n + 1, events: own.events + 1 }, below, above);
    const step = {
      low: without.events / without.n,
      high: withEvent.events / withEvent.n,
      discharges: Math.min(without.n, withEvent.n) - 1,
    };
    if (step.low === steps.low.at(-1) && step.high === steps.high.at(-1) && step.discharges === steps.discharges.at(-1)) return;
    steps.from.push(from);
    for (const key of ['low', 'high', 'discharges'] as const) steps[key].push(step[key]);
  };
  const none = { n: 0, events: 0 };
  if (output[0] !== 0) add(0, none, -1, 0);
  output.forEach((at, i) => {
    add(at, { n: n[i]!, events: events[i]! }, i - 1, i + 1);
    const next = nextAbove(at);
    if (next <= 1 && next < (output[i + 1] ?? Infinity)) add(next, none, i, i + 1);
  });
  return steps;
}

/**
 * @param output  forest output in [0, 1]
 * @returns       low below high, and the training discharges of like output behind them
 * @throws {ModelError} MODEL_CALIBRATION_INPUT
 */
export function vennAbersAt(
  steps: VennAbers,
  output: number,
): { readonly low: number; readonly high: number; readonly discharges: number } {
  if (!(output >= 0 && output <= 1)) {
    throw new ModelError('MODEL_CALIBRATION_INPUT', `expected a forest output in [0, 1], found ${output}`);
  }
  const at = lastNotAbove(steps.from, output);
  return { low: steps.low[at]!, high: steps.high[at]!, discharges: steps.discharges[at]! };
}

/** Place of the last of `ascending` that is not above x, -1 for none. */
export function lastNotAbove(ascending: ArrayLike<number>, x: number): number {
  let low = -1;
  let high = ascending.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= x) low = middle;
    else high = middle;
  }
  return low;
}
