/**
 * Cumulative incidence with competing events: the share that has had each kind of event by a day, when another kind ends the wait and the
 * watch may end before any.
 *
 * In      per subject the day of its first event or, where none was seen, the last day it was watched; optional groups (patients)
 * Out     per kind and asked day: estimate, standard error, 95 % interval
 * Method  Aalen-Johansen: F_k(t) = sum over event days s <= t of S(s-) d_k(s) / Y(s), S the Kaplan-Meier curve of any event
 * Error   infinitesimal jackknife: each subject's influence on F_k(t), summed within its group, squares summed over groups. With one
 *         subject per group and nobody censored it is the binomial standard error
 * Choice  one minus Kaplan-Meier of one kind, others censored, is not offered: it answers for a world without the others and is too high
 * Choice  an event and an end of the watch on one day: the event came first, as in every standard implementation
 * Choice  the interval is taken on the scale log(-log F), so that it stays in [0, 1]; none where F is 0 or 1, or after the last
 *         day that anybody was watched
 * Source  Aalen and Johansen 1978; influence as in survival (Therneau), survfit of multi-state data; https://www.jstor.org/stable/4615704
 */
import { EvaluationError } from '../errors.ts';
import { Z95 } from './proportion.ts';

export interface IncidencePoint {
  readonly day: number;
  readonly estimate: number;
  readonly standardError: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Subjects without an event and watched beyond this day. */
  readonly atRisk: number;
}

export interface CumulativeIncidenceOptions {
  /** Number of kinds of event. */
  readonly kinds: number;
  /** Days to report, ascending, from 0. */
  readonly at: readonly number[];
  /** Number of the group each subject belongs to, from 0; default every subject its own. */
  readonly groups?: Int32Array | undefined;
}

interface Moment {
  readonly day: number;
  readonly atRisk: number;
  /** Events of each kind on this day. */
  readonly events: Float64Array;
  /** Share without any event before this day. */
  readonly before: number;
}

/**
 * Aalen-Johansen estimates of every kind of event at the asked days.
 *
 * @param day   0 or later, length n: day of the event, or last day watched
 * @param kind  0 where no event was seen, else 1 .. kinds, length n
 * @returns     per kind, in order, one point per asked day; O(n x (event days + asked days))
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH, EVALUATION_EMPTY, EVALUATION_INCIDENCE when a day is negative or no number, or a kind
 *         is outside 0 .. kinds
 */
export function cumulativeIncidence(
  day: Float64Array,
  kind: Uint8Array,
  options: CumulativeIncidenceOptions,
): readonly (readonly IncidencePoint[])[] {
  check(day, kind, options);
  const moments = eventMoments(day, kind, options.kinds);
  const lastKnown = kind.every((k) => k > 0) ? Infinity : day.reduce((last, d) => Math.max(last, d), 0);
  const groups = options.groups ?? Int32Array.from(day, (_, i) => i);
  return Array.from({ length: options.kinds }, (_, k) => {
    const influences = createInfluences(day, kind, k);
    let reached = 0;
    let estimate = 0;
    return options.at.map((at) => {
      for (; reached < moments.length && (moments[reached] as Moment).day <= at; reached += 1) {
        const moment = moments[reached] as Moment;
        estimate += (moment.before * (moment.events[k] as number)) / moment.atRisk;
        influences.pass(moment);
      }
      const standardError = Math.sqrt(groupedVariance(influences.values, groups));
      const atRisk = day.reduce((n, d) => n + (d > at ? 1 : 0), 0);
      return { day: at, estimate, standardError, ...interval(estimate, standardError, at <= lastKnown), atRisk };
    });
  });
}

/** Days with an event, ascending, with who was at risk and what share had none before. */
function eventMoments(day: Float64Array, kind: Uint8Array, kinds: number): Moment[] {
  const order = Array.from(day.keys()).sort((a, b) => (day[a] as number) - (day[b] as number));
  const moments: Moment[] = [];
  let before = 1;
  for (let start = 0; start < order.length;) {
    const now = day[order[start] as number] as number;
    const events = new Float64Array(kinds);
    let end = start;
    for (; end < order.length && day[order[end] as number] === now; end += 1) {
      const k = kind[order[end] as number] as number;
      if (k > 0) events[k - 1] = (events[k - 1] as number) + 1;
    }
    const total = events.reduce((sum, n) => sum + n, 0);
    const atRisk = order.length - start;
    start = end;
    if (total === 0) continue;
    moments.push({ day: now, atRisk, events, before });
    before *= 1 - total / atRisk;
  }
  return moments;
}

/** Derivative of F_k after the moments passed so far with respect to each subject's weight. */
function createInfluences(
  day: Float64Array,
  kind: Uint8Array,
  k: number,
): { readonly values: Float64Array; readonly pass: (moment: Moment) => void } {
  const survival = new Float64Array(day.length);
  const values = new Float64Array(day.length);
  return {
    values,
    pass({ day: now, atRisk, events, before }) {
      const hazard = (events[k] as number) / atRisk;
      const anyHazard = events.reduce((sum, n) => sum + n, 0) / atRisk;
      for (let i = 0; i < day.length; i += 1) {
        const own = day[i] as number;
        const isAtRisk = own >= now ? 1 : 0;
        const isEvent = own === now && (kind[i] as number) > 0 ? 1 : 0;
        const isOfKind = own === now && kind[i] === k + 1 ? 1 : 0;
        const free = survival[i] as number;
        values[i] = (values[i] as number) + (free * hazard + (before * (isOfKind - isAtRisk * hazard)) / atRisk);
        survival[i] = free * (1 - anyHazard) - (before * (isEvent - isAtRisk * anyHazard)) / atRisk;
      }
    },
  };
}

function groupedVariance(influences: Float64Array, groups: Int32Array): number {
  const sums = new Map<number, number>();
  influences.forEach((value, i) => sums.set(groups[i] as number, (sums.get(groups[i] as number) ?? 0) + value));
  return [...sums.values()].reduce((total, value) => total + value * value, 0);
}

function interval(estimate: number, error: number, isKnown: boolean): { lower: number | null; upper: number | null } {
  if (!isKnown || !(estimate > 0 && estimate < 1)) return { lower: null, upper: null };
  const half = (Z95 * error) / (estimate * Math.abs(Math.log(estimate)));
  return { lower: estimate ** Math.exp(half), upper: estimate ** Math.exp(-half) };
}

function check(day: Float64Array, kind: Uint8Array, { kinds, groups }: CumulativeIncidenceOptions): void {
  if (day.length !== kind.length || (groups !== undefined && groups.length !== day.length)) {
    throw new EvaluationError(
      'EVALUATION_LENGTH_MISMATCH',
      `expected one day, kind and group per subject, found ${day.length}, ${kind.length} and ${groups?.length ?? day.length}`,
    );
  }
  if (day.length === 0) throw new EvaluationError('EVALUATION_EMPTY', 'expected at least one subject, found none');
  const wrong = day.findIndex((d, i) => !(d >= 0) || (kind[i] as number) > kinds);
  if (wrong >= 0) {
    throw new EvaluationError(
      'EVALUATION_INCIDENCE',
      `expected days from 0 and kinds up to ${kinds}, found ${day[wrong]} and ${kind[wrong]} at row ${wrong}`,
    );
  }
}
