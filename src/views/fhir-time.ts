/**
 * FHIR times as integers, without a database: the four time columns of a flat table from one text.
 *
 * In      the text of a FHIR date, dateTime or instant
 * Out     what the macros of ./time-sql.ts make of the same text, in every case: first and last millisecond it can mean (epoch,
 *         UTC), the calendar date as written, the precision; null in all four for what is no time
 * Choice  read character by character: no Date, whose parser takes texts that are no FHIR times and knows a local zone
 * Source  FHIR R4 datatypes, regular expressions of dateTime and instant; days from civil as in H. Hinnant, chrono-compatible
 *         low-level date algorithms
 */
export interface TimeParts {
  /** First millisecond the text can mean, since 1970-01-01 UTC. */
  readonly ms: number | null;
  /** Last millisecond; equal to `ms` for a full time. */
  readonly latestMs: number | null;
  /** Calendar date as written: 20200305; 20200300 for 2020-03, 20200000 for 2020. */
  readonly ymd: number | null;
  /** 1 year, 2 month, 3 day, 4 time. */
  readonly precision: number | null;
}

export const NOT_A_TIME: TimeParts = { ms: null, latestMs: null, ymd: null, precision: null };

const DAY_MS = 86_400_000;
/** Character codes. */
const DASH = 45;
const PLUS = 43;
const POINT = 46;
const COLON = 58;
const T = 84;
const Z = 90;

/**
 * The four time columns of one text.
 *
 * A partial date is taken in UTC. A dateTime without zone, 24:00 and 30 February are no times; second 60 is read as 59.999; digits
 * after the millisecond are dropped.
 *
 * @returns  never throws; NOT_A_TIME for null and for what is no legal FHIR time of the years 0001 to 9999
 * @example timeParts('2020-03') // { ms: 1583020800000, latestMs: 1585699199999, ymd: 20200300, precision: 2 }
 */
export function timeParts(text: string | null): TimeParts {
  if (text === null || text.length < 4) return NOT_A_TIME;
  const { length } = text;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  if (!(year >= 1)) return NOT_A_TIME;
  if (length === 4) return partial(dayNumber(year, 1, 1), dayNumber(year + 1, 1, 1), year * 10_000, 1);
  const month = text.charCodeAt(4) === DASH ? twoDigits(text, 5) : Number.NaN;
  if (!(month >= 1 && month <= 12)) return NOT_A_TIME;
  const yearMonth = year * 10_000 + month * 100;
  if (length === 7) {
    const first = dayNumber(year, month, 1);
    return partial(first, first + daysInMonth(year, month), yearMonth, 2);
  }
  const day = text.charCodeAt(7) === DASH ? twoDigits(text, 8) : Number.NaN;
  if (!(day >= 1 && day <= daysInMonth(year, month))) return NOT_A_TIME;
  const date = dayNumber(year, month, day);
  if (length === 10) return partial(date, date + 1, yearMonth + day, 3);
  const zone = zoneStart(text);
  const sinceMidnight = clockMs(text, zone) - offsetMs(text, zone);
  if (Number.isNaN(sinceMidnight)) return NOT_A_TIME;
  const ms = date * DAY_MS + sinceMidnight;
  return { ms, latestMs: ms, ymd: yearMonth + day, precision: 4 };
}

function partial(first: number, next: number, ymd: number, precision: number): TimeParts {
  return { ms: first * DAY_MS, latestMs: next * DAY_MS - 1, ymd, precision };
}

/** The number in two digits, NaN for anything else. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Position after the seconds and their fraction: where the zone starts. -1 where a point has no digits after it. */
function zoneStart(text: string): number {
  let at = 19;
  if (text.charCodeAt(at) !== POINT) return at;
  do at += 1;
  while (isDigit(text.charCodeAt(at)));
  return at === 20 ? -1 : at;
}

/** Milliseconds since midnight as written in `Thh:mm:ss[.f]` before the zone; NaN where it is no clock time. */
function clockMs(text: string, zone: number): number {
  if (text.charCodeAt(10) !== T || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return Number.NaN;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  const minuteMs = (hour * 60 + minute) * 60_000;
  if (second === 60) return minuteMs + 59_999;
  let fraction = 0;
  for (let at = 20, worth = 100; at < zone && worth >= 1; at += 1, worth /= 10) {
    fraction += (text.charCodeAt(at) - 48) * worth;
  }
  return minuteMs + second * 1000 + fraction;
}

/** Milliseconds the zone is ahead of UTC, from `Z` or `±hh:mm` up to 14:00 from `at` to the end of the text; NaN for anything else. */
function offsetMs(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === Z) return at + 1 === text.length ? 0 : Number.NaN;
  if ((sign !== PLUS && sign !== DASH) || text.charCodeAt(at + 3) !== COLON || at + 6 !== text.length) return Number.NaN;
  const minute = twoDigits(text, at + 4);
  const minutes = twoDigits(text, at + 1) * 60 + minute;
  if (!(minute <= 59 && minutes <= 840)) return Number.NaN;
  return (sign === DASH ? -minutes : minutes) * 60_000;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; years from March, so that a leap day is the last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
