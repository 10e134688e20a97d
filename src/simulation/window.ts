/**
 * The window after a discharge: the days that one draw owns.
 *
 * Time    from the discharge to the end of the calendar day horizonDays later, as written in the record; instants of planted events lie on local
 *         days of one offset from UTC
 */
import type { FactTime } from './facts.ts';
import { dayMs, dayNumber, utcYmd } from './record-time.ts';
import type { Stay } from './stay.ts';

export interface Window {
  /** Days since 1970-01-01, as written. */
  readonly dischargeDay: number;
  readonly endDay: number;
  /** Last instant of the window, epoch ms. */
  readonly endMs: number;
}

/** null while the stay is open. */
export function windowOf(stay: Stay, horizonDays: number, utcOffsetMinutes: number): Window | null {
  if (stay.dischargeMs === null) return null;
  const dischargeDay = dayNumber(stay.dischargeYmd ?? 0) ?? Math.floor(stay.dischargeMs / dayMs);
  const endDay = dischargeDay + horizonDays;
  return { dischargeDay, endDay, endMs: instantOn(endDay + 1, 0, utcOffsetMinutes) - 1 };
}

/** An instant on a local calendar day, whole seconds. @param clock  part of the day, 0 to 1 */
export function instantOn(day: number, clock: number, utcOffsetMinutes: number): number {
  return Math.floor((day * dayMs + clock * dayMs - utcOffsetMinutes * 60_000) / 1000) * 1000;
}

/** An instant as a fact, its calendar day in the given offset. */
export function timeAt(ms: number, utcOffsetMinutes: number): FactTime {
  return { ms, latestMs: ms, ymd: utcYmd(ms + utcOffsetMinutes * 60_000), precision: 4 };
}
