/**
 * Numbers, ages and dates as the page writes them: one form for each kind, whatever the language of the browser.
 *
 * Choice  a share is shown as percent with one decimal and its unit; a decimal point, a true minus sign; no value says "n/a"
 * Choice  instants are shown in UTC and dates with the month as a word: 3/4 is a different day on either side of an ocean
 */
const NO_VALUE = 'n/a';

type Maybe = number | null | undefined;

function isNumber(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A number with so many decimals; -0.04 with one is "0.0". */
export function decimals(value: Maybe, digits: number): string {
  if (!isNumber(value)) return NO_VALUE;
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '\u2212');
}

/** 0.139 → "13.9 %", on one line. */
export function percent(share: Maybe): string {
  return isNumber(share) ? `${decimals(100 * share, 1)}\u00a0%` : NO_VALUE;
}

/** "9.1 to 20.4 %"; n/a where either end is missing. */
export function percentRange(low: Maybe, high: Maybe): string {
  return isNumber(low) && isNumber(high) ? `${decimals(100 * low, 1)} to ${percent(high)}` : NO_VALUE;
}

/** A difference of two shares with its sign: 0.031 → "+3.1 points". */
export function points(difference: Maybe): string {
  if (!isNumber(difference)) return NO_VALUE;
  const text = decimals(100 * difference, 1);
  return `${difference > 0 && text !== '0.0' ? '+' : ''}${text}\u00a0points`;
}

/** 3018 → "3,018". */
export function count(value: Maybe): string {
  return isNumber(value) ? decimals(Math.round(value), 0).replace(/\B(?=(\d{3})+$)/g, ',') : NO_VALUE;
}

/** "1 discharge", "1,234 discharges". */
export function counted(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)}\u00a0${value === 1 ? noun : many}`;
}

/** A value of a record in at most two decimals: 139, 2.66, 70.5. */
export function plainValue(value: Maybe): string {
  if (!isNumber(value)) return NO_VALUE;
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 2))).replace('-', '\u2212');
}

export interface Estimate {
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** "0.712 (0.674 to 0.743)". */
export function withInterval(figure: Estimate | null, digits = 3): string {
  if (figure === null || !isNumber(figure.estimate)) return NO_VALUE;
  const { estimate, lower, upper } = figure;
  if (!isNumber(lower) || !isNumber(upper) || lower === upper) return decimals(estimate, digits);
  return `${decimals(estimate, digits)} (${decimals(lower, digits)} to ${decimals(upper, digits)})`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "2026-03-02T14:05:00Z" → "2 Mar 2026"; a partial date stays partial; what is no date stays as it stands. */
export function dateText(iso: string | null): string {
  if (iso === null) return NO_VALUE;
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(iso) ?? [];
  if (year === undefined) return iso;
  const name = month === undefined ? undefined : months[Number(month) - 1];
  return [day === undefined ? undefined : String(Number(day)), name, year].filter((part) => part !== undefined).join('\u00a0');
}

/** "2 Mar 2026, 14:05 UTC"; without a time of day as dateText. */
export function instantText(iso: string | null): string {
  const time = iso === null ? undefined : /T(\d\d:\d\d).*Z$/.exec(iso)?.[1];
  return time === undefined ? dateText(iso) : `${dateText(iso)}, ${time}\u00a0UTC`;
}

/** Completed years from birth to an instant; null where either is not known to the year. */
export function ageAt(birthDate: string | null, at: string | null): number | null {
  const born = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(birthDate ?? '');
  const then = /^(\d{4})-(\d\d)-(\d\d)/.exec(at ?? '');
  if (born === null || then === null) return null;
  const rank = (parts: RegExpExecArray): number => Number(parts[2] ?? 1) * 100 + Number(parts[3] ?? 1);
  const years = Number(then[1]) - Number(born[1]) - (rank(then) < rank(born) ? 1 : 0);
  return years >= 0 ? years : null;
}

/** Days between two instants, rounded; null where one is no instant. */
export function daysBetween(from: string | null, to: string | null): number | null {
  const days = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 86_400_000;
  return Number.isFinite(days) ? Math.round(days) : null;
}
