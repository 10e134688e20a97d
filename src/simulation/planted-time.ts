/**
 * FHIR times of planted resources, in the zone in which the patient's natural records are written.
 *
 * In      milliseconds since 1970 UTC, whole seconds; the offset from UTC in minutes
 * Out     dateTime to the second ("2020-03-05T14:00:00-05:00"), instant with milliseconds
 */
import { dayMs } from './record-time.ts';

const secondMs = 1000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;

export interface TimeWriter {
  dateTime(ms: number): string;
  instant(ms: number): string;
}

const writers = new Map<number, TimeWriter>();

/** Writer of one offset; the same object for the same offset. */
export function timeWriter(utcOffsetMinutes: number): TimeWriter {
  let writer = writers.get(utcOffsetMinutes);
  if (writer === undefined) writers.set(utcOffsetMinutes, (writer = makeWriter(utcOffsetMinutes)));
  return writer;
}

function makeWriter(utcOffsetMinutes: number): TimeWriter {
  const shift = utcOffsetMinutes * minuteMs;
  const size = Math.abs(utcOffsetMinutes);
  const zone = `${utcOffsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  // The times of a stay fall on few days: the date is written once for each run of them.
  let day = NaN;
  let date = '';
  const local = (ms: number): string => {
    const shifted = ms + shift;
    const number = Math.floor(shifted / dayMs);
    if (number !== day) {
      day = number;
      date = new Date(number * dayMs).toISOString().slice(0, 11);
    }
    const seconds = Math.floor((shifted - number * dayMs) / secondMs);
    return `${date}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  return {
    dateTime: (ms) => local(ms) + zone,
    instant: (ms) => `${local(ms)}.${String(((ms % secondMs) + secondMs) % secondMs).padStart(3, '0')}${zone}`,
  };
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

/** The whole second at or before. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs;
}

/** Start of the local day, in UTC milliseconds. */
export function localMidnight(ms: number, utcOffsetMinutes: number): number {
  const shift = utcOffsetMinutes * minuteMs;
  return Math.floor((ms + shift) / dayMs) * dayMs - shift;
}
