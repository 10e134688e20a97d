/**
 * Intervals by resampling patients: how much a statistic would move with another sample of patients from the same source.
 *
 * Draw    as many patients as there are, with replacement; all rows of a drawn patient come along, as often as it was drawn.
 *         Rows are never drawn one by one: a patient's discharges are not independent
 * Chance  draw d has its own stream (seed, d): the same draws for any statistic, any order of work and any order of rows,
 *         provided patients keep their numbers; so two models can be compared draw by draw
 * Out     percentile interval over the draws that have a value; NaN when fewer than 90 % of the draws have one
 * Source  Efron and Tibshirani 1993, ch. 13; Davison and Hinkley 1997, section 3.8 (resampling clusters)
 */
import { quantile } from '../util/quantile.ts';
import { EvaluationError } from '../errors.ts';
import { randomStream } from '../util/random.ts';
import { measurePanel, type Panel } from './panel.ts';
import { requireSameLength, unitWeights } from './sample.ts';
import type { Statistic, WeightedMeasure } from './sample.ts';

export interface BootstrapOptions {
  /** Resamples; default 1,000. */
  readonly draws?: number;
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Coverage of the interval, in (0, 1); default 0.95. */
  readonly level?: number;
}

export interface Interval {
  /** The statistic on the data themselves; NaN where it has no value. */
  readonly estimate: number;
  /** Ends of the percentile interval. */
  readonly lower: number;
  readonly upper: number;
  /** Draws that had a value. */
  readonly draws: number;
}

/** Least share of draws with a value for an interval to be given. */
export const USABLE_SHARE = 0.9;

/**
 * Intervals of several statistics of one risk.
 *
 * @param input.groups      patient number per row (see groupNumbers)
 * @param input.statistics  statistics by name; of a plain function of (outcome, risk) make one with byCopying
 * @returns                 an interval for each name
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN; EVALUATION_RANGE
 * @example bootstrapIntervals({ outcome, risk, groups, statistics: { auroc: aurocStatistic } }, { seed: 1 }).auroc.lower
 */
export function bootstrapIntervals<Name extends string>(
  input: {
    readonly outcome: Uint8Array;
    readonly risk: Float64Array;
    readonly groups: Int32Array;
    readonly statistics: Readonly<Record<Name, Statistic>>;
  },
  options: BootstrapOptions,
): Record<Name, Interval> {
  const { outcome, risk, groups, statistics } = input;
  requireSameLength(outcome.length, 'groups', groups.length);
  return bootstrapMeasures(
    mapValues(statistics, (statistic: Statistic) => statistic(outcome, risk)),
    groups,
    options,
  );
}

/**
 * Intervals of anything that can be computed from row weights; all measures see the same draws.
 *
 * @param measures  by name, prepared on the rows that `groups` numbers
 * @throws {EvaluationError} EVALUATION_RANGE
 */
export function bootstrapMeasures<Name extends string>(
  measures: Readonly<Record<Name, WeightedMeasure>>,
  groups: Int32Array,
  options: BootstrapOptions,
): Record<Name, Interval> {
  const { draws = 1000, seed, level = 0.95 } = options;
  checkBootstrap(groups.length, options);
  const names = Object.keys(measures) as Name[];
  const panel = measurePanel(names.map((name) => measures[name]));
  const values = drawPanel(panel, groups, seed, 0, draws);
  const estimates = measureOnce(panel, groups.length);
  return Object.fromEntries(
    names.map((name, k) => [name, percentileInterval(estimates[k]!, values.subarray(k * draws, (k + 1) * draws), level)]),
  ) as Record<Name, Interval>;
}

/**
 * A panel on the resamples `from` to `to` (exclusive).
 *
 * @returns  panel.size times (to - from) numbers: the draws of the first number, those of the second, ...
 */
export function drawPanel(panel: Panel, groups: Int32Array, seed: number, from: number, to: number): Float64Array {
  const member = denseNumbers(groups);
  const patients = member.reduce((most, g) => Math.max(most, g), 0) + 1;
  const drawn = new Uint32Array(patients);
  const weight = new Float64Array(groups.length);
  const measured = new Float64Array(panel.size);
  const draws = to - from;
  const values = new Float64Array(panel.size * draws);
  for (let d = 0; d < draws; d++) {
    const stream = randomStream(seed, from + d);
    drawn.fill(0);
    for (let k = 0; k < patients; k++) drawn[stream.below(patients)]!++;
    for (let i = 0; i < weight.length; i++) weight[i] = drawn[member[i]!]!;
    panel.measure(weight, measured);
    for (let k = 0; k < panel.size; k++) values[k * draws + d] = measured[k]!;
  }
  return values;
}

/** A panel on the rows themselves, each once. */
export function measureOnce(panel: Panel, rows: number): Float64Array {
  const measured = new Float64Array(panel.size);
  panel.measure(unitWeights(rows), measured);
  return measured;
}

/** A statistic made of a plain function, for resampling: the drawn rows are written out. Slower; the function must not sort in place. */
export function byCopying(plain: (outcome: Uint8Array, risk: Float64Array) => number): Statistic {
  return (outcome, risk) => (weight) => {
    const rows: number[] = [];
    for (let i = 0; i < weight.length; i++) for (let k = 0; k < weight[i]!; k++) rows.push(i);
    return plain(
      Uint8Array.from(rows, (i) => outcome[i]!),
      Float64Array.from(rows, (i) => risk[i]!),
    );
  };
}

/** @param values  of one number, a value per draw; NaN and infinities are draws without a value */
export function percentileInterval(estimate: number, values: Float64Array, level: number): Interval {
  const usable = values.filter((v) => Number.isFinite(v)).sort();
  const draws = usable.length;
  if (draws === 0 || draws < USABLE_SHARE * values.length) return { estimate, lower: NaN, upper: NaN, draws };
  return { estimate, lower: quantile(usable, (1 - level) / 2), upper: quantile(usable, (1 + level) / 2), draws };
}

/** Renumbers groups 0, 1, … in ascending order of their numbers. */
function denseNumbers(groups: Int32Array): Int32Array {
  const number = new Map([...new Set(groups)].sort((a, b) => a - b).map((g, i) => [g, i] as const));
  return groups.map((g) => number.get(g)!);
}

/** @throws {EvaluationError} EVALUATION_RANGE for no rows, or options out of range */
export function checkBootstrap(rows: number, { draws = 1000, seed, level = 0.95 }: BootstrapOptions): void {
  const problem =
    rows === 0
      ? 'at least one row, found none'
      : !Number.isInteger(draws) || draws < 1
        ? `a whole number of draws, 1 or more, found ${draws}`
        : !Number.isInteger(seed) || seed < 0 || seed > 0xffffffff
          ? `a seed from 0 to 4294967295, found ${seed}`
          : !(level > 0 && level < 1)
            ? `a level between 0 and 1, found ${level}`
            : undefined;
  if (problem !== undefined) throw new EvaluationError('EVALUATION_RANGE', `bootstrap expected ${problem}`);
}

function mapValues<Name extends string, In, Out>(
  record: Readonly<Record<Name, In>>,
  change: (value: In, name: Name) => Out,
): Record<Name, Out> {
  return Object.fromEntries((Object.entries(record) as [Name, In][]).map(([name, v]) => [name, change(v, name)])) as Record<
    Name,
    Out
  >;
}
