/**
 * Times of records as numbers.
 *
 * In      the text of a FHIR date, dateTime or instant
 * Out     first and last millisecond it can mean (UTC), the calendar date as written, the precision; null for what is no time
 * Choice  a partial date is taken in UTC; a dateTime without zone, 24:00 and 30 February are no times; second 60 is read as 59.999
 *         and digits after the millisecond are dropped
 * Choice  written apart from src/views, which has the same rules, so that each can find the other wrong
 * Source  FHIR R4 datatypes, date and dateTime
 */
import type { FactTime } from './facts.ts';

export const dayMs = 86_400_000;

const form = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?)?)?$/;
/** Days of 400 years, after which the calendar repeats. */
const eraDays = 146_097;

/**
 * @returns null for a text that is no FHIR time of the years 0001 to 9999
 * @example readTime('2020-03') // { ms: 1583020800000, latestMs: 1585699199999, ymd: 20200300, precision: 2 }
 */
export function readTime(text: string): FactTime | null {
  const parts = form.exec(text);
  if (parts === null) return null;
  const year = Number(parts[1]);
  if (year === 0) return null;
  if (parts[2] === undefined) return dates(dayOf(year, 1, 1), dayOf(year + 1, 1, 1), year * 10_000, 1);
  const month = Number(parts[2]);
  if (month < 1 || month > 12) return null;
  const yearMonth = year * 10_000 + month * 100;
  const first = dayOf(year, month, 1);
  const next = dayOf(year, month + 1, 1);
  if (parts[3] === undefined) return dates(first, next, yearMonth, 2);
  const date = first + Number(parts[3]) - 1;
  if (date < first || date >= next) return null;
  const ymd = yearMonth + Number(parts[3]);
  if (parts[4] === undefined) return dates(date, date + 1, ymd, 3);
  const clock = clockMs(Number(parts[4]), Number(parts[5]), Number(parts[6]), parts[7]);
  const offset = offsetMs(parts[8] as string);
  if (clock === null || offset === null) return null;
  const ms = date * dayMs + clock - offset;
  return { ms, latestMs: ms, ymd, precision: 4 };
}

/** Days from 1970-01-01 to a whole calendar date, yyyymmdd; null for one that lacks its day. */
export function dayNumber(ymd: number): number | null {
  const day = ymd % 100;
  return day === 0 ? null : dayOf(Math.floor(ymd / 10_000), Math.floor(ymd / 100) % 100, day);
}

/** Calendar date in UTC, yyyymmdd. */
export function utcYmd(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

function dates(firstDay: number, nextDay: number, ymd: number, precision: number): FactTime {
  return { ms: firstDay * dayMs, latestMs: nextDay * dayMs - 1, ymd, precision };
}

/** Days since 1970-01-01. Date.UTC takes the years 0 to 99 for 1900 to 1999, so the same date 400 years on is asked for. */
function dayOf(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month - 1, day) / dayMs - eraDays;
}

function clockMs(hour: number, minute: number, second: number, fraction = ''): number | null {
  if (hour > 23 || minute > 59 || second > 60) return null;
  if (second === 60) return (hour * 60 + minute) * 60_000 + 59_999;
  return (hour * 60 + minute) * 60_000 + second * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Milliseconds ahead of UTC, up to 14 hours either way. */
function offsetMs(zone: string): number | null {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  if (minutes > 840 || Number(zone.slice(4)) > 59) return null;
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
