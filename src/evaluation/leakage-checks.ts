/**
 * Leakage checks on arrays: does a column know what it should not?
 *
 * Single feature    one column that ranks outcomes nearly as well as a whole model is more often a leak than a discovery
 * Calendar time     a column that rises with the date of discharge lets a model learn the year, which no later year shares
 * Record length     a column that rises with how long a patient has been on record measures the export, not the patient. A record kept for life is
 *                   as long as its patient is old, so the correlation is the partial one given age where age is a column: on ranks,
 *                   (r_xz - r_xa r_za) / sqrt((1 - r_xa²)(1 - r_za²)). A column that is age itself (|r_xa| above 0.999) is left out
 * Choice            a missing value is asked twice: as the lowest value and as a column of its own (missing or not)
 * Choice            bounds are held against the lower end of DeLong's interval, and below ten of either outcome against nothing: of the best of many
 *                   columns it is far too high there, and has no width at all where a column tells two events apart from the rest by luck. A
 *                   correlation needs no interval at the numbers of rows that matter
 * Source            partial correlation: Yule 1907, doi:10.1098/rspa.1907.0028
 */
import { delongInterval } from './delong.ts';
import type { LeakageCheck } from './evidence.ts';
import { spearman } from './rank-correlation.ts';

export interface AuditedColumn {
  readonly name: string;
  /** NaN where missing. */
  readonly values: Float64Array;
}

export const leakageBounds = {
  /** AUROC of one column, either way round: from here it is told, from there it is a defect. */
  singleFeatureWarn: 0.75,
  singleFeatureFail: 0.85,
  /** |Spearman| with the date of discharge or the length of the record. */
  correlationWarn: 0.6,
  correlationFail: 0.9,
} as const;

/** Strongest columns told in a finding. */
const told = 5;
/** Discharges of either outcome below which no single feature is held against a bound. */
const leastOfEither = 10;

/**
 * @returns AUROC of a column, 0.5 (a constant) to 1: of its values or of whether it is missing, whichever ranks better
 * @throws {EvaluationError} EVALUATION_ONE_CLASS
 */
export function columnAuroc(outcome: Uint8Array, values: Float64Array): { auroc: number; lower: number } {
  const present = values.filter((v) => !Number.isNaN(v));
  const below = present.reduce((low, v) => Math.min(low, v), Infinity) - 1;
  const scores = [values.map((v) => (Number.isNaN(v) ? (present.length === 0 ? 0 : below) : v))];
  if (present.length < values.length && present.length > 0) scores.push(values.map((v) => (Number.isNaN(v) ? 1 : 0)));
  const found = scores.flatMap((score) => [score, score.map((v) => -v)]).map((score) => delongInterval(outcome, score));
  const best = found.reduce((a, b) => (b.auroc > a.auroc ? b : a));
  return { auroc: best.auroc, lower: best.lower };
}

export function singleFeatureCheck(outcome: Uint8Array, columns: readonly AuditedColumn[]): LeakageCheck {
  const ranked = columns
    .map(({ name, values }) => ({ name, ...columnAuroc(outcome, values) }))
    .sort((a, b) => b.auroc - a.auroc || (a.name < b.name ? -1 : 1));
  const over = (bound: number): typeof ranked => ranked.filter(({ lower }) => lower > bound);
  const failed = over(leakageBounds.singleFeatureFail);
  const warned = over(leakageBounds.singleFeatureWarn);
  const top = ranked[0];
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const isTooFew = Math.min(events, outcome.length - events) < leastOfEither;
  return {
    check: 'single-feature',
    verdict: isTooFew ? 'not-assessed' : failed.length > 0 ? 'fail' : warned.length > 0 ? 'warn' : 'pass',
    finding:
      top === undefined
        ? 'no feature was given'
        : (isTooFew ? `${events} events in ${outcome.length} discharges are too few to tell luck from a leak; ` : '') +
          `the strongest feature alone, ${top.name}, has AUROC ${top.auroc.toFixed(3)}` +
          (isTooFew || warned.length === 0 ? '' : `; above the bound: ${warned.map(({ name }) => name).join(', ')}`),
    bound: `lower end of the AUROC of one feature above ${leakageBounds.singleFeatureWarn} is told, above ${leakageBounds.singleFeatureFail} fails`,
    figures: Object.fromEntries(ranked.slice(0, told).map(({ name, auroc }) => [name, auroc])),
    features: isTooFew ? [] : warned.map(({ name }) => name),
  };
}

/** From here two columns are the same in other units. */
const same = 0.999;

/**
 * @param clock  per row the date of discharge, or the length of the record before it, in milliseconds; NaN: not known, nothing is assessed then
 * @param given  what the clock may follow without fault, such as the age that a lifetime record is as long as: the correlation given it is asked
 */
export function clockCheck(
  check: 'calendar-time' | 'record-length',
  clock: Float64Array,
  columns: readonly AuditedColumn[],
  given?: AuditedColumn,
): LeakageCheck {
  const isKnown = clock.every((ms) => !Number.isNaN(ms));
  const ranked = columns
    .map(({ name, values }) => ({ name, correlation: isKnown ? correlationOfKnown(values, clock, given?.values) : NaN }))
    .filter(({ correlation }) => !Number.isNaN(correlation))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation) || (a.name < b.name ? -1 : 1));
  const over = (bound: number): typeof ranked => ranked.filter(({ correlation }) => Math.abs(correlation) > bound);
  const failed = over(leakageBounds.correlationFail);
  const warned = over(leakageBounds.correlationWarn);
  const what = check === 'calendar-time' ? 'the date of discharge' : 'the length of the record';
  const measure = given === undefined ? 'Spearman' : `partial Spearman given ${given.name}`;
  const top = ranked[0];
  return {
    check,
    verdict: !isKnown ? 'not-assessed' : failed.length > 0 ? 'fail' : warned.length > 0 ? 'warn' : 'pass',
    finding: !isKnown
      ? `${what} is not known`
      : top === undefined
        ? given === undefined
          ? 'no feature varies'
          : `beside ${given.name} no feature follows ${what}`
        : `closest to ${what} comes ${top.name}, ${measure} ${top.correlation.toFixed(2)}` +
          (warned.length === 0 ? '' : `; above the bound: ${warned.map(({ name }) => name).join(', ')}`),
    bound: `|${measure}| with ${what} above ${leakageBounds.correlationWarn} is told, above ${leakageBounds.correlationFail} fails`,
    figures: Object.fromEntries(ranked.slice(0, told).map(({ name, correlation }) => [name, correlation])),
    features: warned.map(({ name }) => name),
  };
}

/** Over the rows where the columns are known; NaN below 30 of them, and for a column that is `given` itself. */
function correlationOfKnown(values: Float64Array, clock: Float64Array, given?: Float64Array): number {
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]!) && !Number.isNaN(given?.[row] ?? 0));
  if (rows.length < 30) return NaN;
  const of = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const whole = spearman(of(values), of(clock));
  if (given === undefined || Number.isNaN(whole)) return whole;
  const [ofValues, ofClock] = [spearman(of(values), of(given)), spearman(of(clock), of(given))];
  // What does not vary explains nothing.
  if (Number.isNaN(ofValues) || Number.isNaN(ofClock)) return whole;
  if (Math.abs(ofValues) > same || Math.abs(ofClock) > same) return NaN;
  const partial = (whole - ofValues * ofClock) / Math.sqrt((1 - ofValues ** 2) * (1 - ofClock ** 2));
  return Math.min(1, Math.max(-1, partial));
}
