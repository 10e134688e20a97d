/**
 * Dates in searches: a partial date is the whole interval it names, and a prefix compares two intervals.
 *
 * In      search values ("ge2020-03", "sa2020-01-01T10:00:00Z") and record values (date, dateTime, instant, Period, Timing)
 * Out     intervals [low, high) in milliseconds since 1970 UTC; an open side of a Period is infinite
 * Choice  a time without a zone, and a date, are read as UTC; `ap` is refused, as R4 leaves its meaning to each server
 * Choice  `ge` and `le` match whatever overlaps, as HAPI does: R4's words, taken by the letter, would drop a stay that began
 *         before the month of `ge2020-02` and ended in it
 * Source  FHIR R4 search.html#date
 */
import { valuesAt } from './references.ts';
import { RequestRefusal } from './operation-outcome.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const datePrefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'] as const;
export type DatePrefix = (typeof datePrefixes)[number];

export interface DateTest extends Interval {
  readonly prefix: DatePrefix;
}

/** @throws {RequestRefusal} 400 for an unsupported prefix, a value that is no date, or a day no calendar has */
export function parseDateTest(value: string, parameter: string): DateTest {
  const named = /^([a-z]{2})(.*)$/s.exec(value);
  const prefix = named?.[1] ?? 'eq';
  if (!isDatePrefix(prefix)) {
    const what = `${parameter}: date prefix ${prefix} is not supported; use one of ${datePrefixes.join(', ')}`;
    throw new RequestRefusal(400, 'not-supported', what);
  }
  const interval = intervalOf(named?.[2] ?? value);
  if (interval === null) {
    const form = 'YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.sss]] with Z or an offset, a plus sign written %2B';
    throw new RequestRefusal(400, 'value', `${parameter}: the value is not a date; expected ${form}`);
  }
  return { prefix, ...interval };
}

/** Does a record's interval match, under R4's rules for each prefix? */
export function matchesDate(test: DateTest, target: Interval): boolean {
  const contained = test.low <= target.low && target.high <= test.high;
  switch (test.prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return target.high > test.high;
    case 'lt':
      return target.low < test.low;
    case 'ge':
      return target.high > test.low;
    case 'le':
      return target.low < test.high;
    case 'sa':
      return target.low >= test.high;
    case 'eb':
      return target.high <= test.low;
  }
}

/** The intervals a resource has at these paths; values that are no dates are left out. */
export function intervalsAt(resource: unknown, paths: readonly string[]): Interval[] {
  return paths.flatMap((path) => valuesAt(resource, path).flatMap((value) => intervalOfElement(value) ?? []));
}

function intervalOfElement(value: unknown): Interval | null {
  if (typeof value === 'string') return intervalOf(value);
  if (value === null || typeof value !== 'object') return null;
  const { start, end, event, repeat } = value as {
    start?: unknown;
    end?: unknown;
    event?: unknown;
    repeat?: { boundsPeriod?: unknown };
  };
  if (start !== undefined || end !== undefined) {
    const first = start === undefined ? { low: -Infinity } : typeof start === 'string' ? intervalOf(start) : null;
    const last = end === undefined ? { high: Infinity } : typeof end === 'string' ? intervalOf(end) : null;
    return first && last ? { low: first.low, high: last.high } : null;
  }
  if (Array.isArray(event)) {
    const events = event.flatMap((e: unknown) => (typeof e === 'string' ? (intervalOf(e) ?? []) : []));
    if (events.length === 0) return null;
    return { low: Math.min(...events.map((e) => e.low)), high: Math.max(...events.map((e) => e.high)) };
  }
  return repeat?.boundsPeriod === undefined ? null : intervalOfElement(repeat.boundsPeriod);
}

const datePattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** The interval a date or dateTime names, by its precision; null where the text is not one. */
export function intervalOf(text: string): Interval | null {
  const match = datePattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const y = Number(year);
  const m = month === undefined ? 0 : Number(month) - 1;
  const d = day === undefined ? 1 : Number(day);
  if (m < 0 || m > 11 || d < 1 || d > new Date(utc(y, m + 1, 0)).getUTCDate()) return null;
  if (month === undefined) return { low: utc(y, 0, 1), high: utc(y + 1, 0, 1) };
  if (day === undefined) return { low: utc(y, m, 1), high: utc(y, m + 1, 1) };
  const midnight = utc(y, m, d);
  if (hour === undefined) return { low: midnight, high: midnight + 86_400_000 };
  const [h, min, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (h > 23 || min > 59 || s > 60) return null;
  const offset = offsetMs(zone);
  if (offset === null) return null;
  // Milliseconds are the finest unit here; finer digits are cut, as in every JavaScript clock.
  const ms = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  const low = midnight + h * 3_600_000 + min * 60_000 + s * 1000 + ms - offset;
  const width = second === undefined ? 60_000 : fraction === undefined ? 1000 : Math.max(1, 10 ** (3 - fraction.length));
  return { low, high: low + width };
}

function offsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  if (minutes > 14 * 60 || Number(zone.slice(4, 6)) > 59) return null;
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Date.UTC reads years 0 to 99 as 1900 to 1999; FHIR does not. */
function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

function isDatePrefix(text: string): text is DatePrefix {
  return (datePrefixes as readonly string[]).includes(text);
}
