/**
 * The time a prediction is about: from discharge to the end of the horizon, and whether the stay had ended when it was asked for.
 *
 * In      the answer, the records it was made from, the prediction time as it was given, the unit of the horizon
 * Out     a Period as the cohort counts: calendar days as written in the record (the last one whole), or days of 24 h
 * Choice  the discharge is written as the record or the request wrote it, zone and precision included, as the calendar day depends on it;
 *         where neither wrote that instant, in UTC
 * Choice  a stay had ended where its encounter, or a part of it, records the end that was taken as its end
 */
import type { ScoreAnswer } from '../../scoring/index.ts';
import type { BundleKeys } from './bundle-keys.ts';

export interface PredictionPeriod {
  readonly period: fhir4.Period;
  /** The stay had not ended at the prediction time. */
  readonly isOpen: boolean;
}

const dayMs = 86_400_000;
const written = /^(\d{4})-(\d\d)-(\d\d)(?:T[\d:.]+(Z|[+-]\d\d:\d\d))?$/;

/** @param asOf  FHIR dateTime of the request */
export function predictionPeriod(
  { stay, encounter, horizonDays }: Pick<ScoreAnswer, 'stay' | 'encounter' | 'horizonDays'>,
  records: BundleKeys,
  { asOf, horizonUnit }: { readonly asOf: string | undefined; readonly horizonUnit: 'calendar-days' | 'elapsed' },
): PredictionPeriod | null {
  if (stay === null) return null;
  const dischargeMs = Date.parse(stay.discharge);
  const recorded = encounter === null ? [] : endsOf(records, encounter);
  const isDischarge = (text: string): boolean => written.test(text) && Date.parse(text) === dischargeMs;
  const end = recorded.find(isDischarge);
  const start = end ?? (asOf !== undefined && isDischarge(asOf) ? asOf : stay.discharge);
  return {
    period: { start, end: horizonUnit === 'elapsed' ? later(start, horizonDays) : laterDay(start, horizonDays) },
    isOpen: end === undefined,
  };
}

/** Ends of an encounter and of the encounters that are part of it, as written. */
function endsOf({ resources, resolve }: BundleKeys, encounter: string): string[] {
  return resources.flatMap(({ key, resource }) => {
    if (resource.resourceType !== 'Encounter') return [];
    const { period, partOf } = resource as unknown as fhir4.Encounter;
    const isPart = typeof partOf?.reference === 'string' && resolve(partOf.reference) === encounter;
    return (key === encounter || isPart) && typeof period?.end === 'string' ? [period.end] : [];
  });
}

/** The calendar day that many days after the day written. */
function laterDay(text: string, days: number): string {
  const [, year, month, day] = written.exec(text) as unknown as [string, string, string, string];
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day) + days);
  return date.toISOString().slice(0, 10);
}

/** The instant that many times 24 h later, in the zone as written. */
function later(text: string, days: number): string {
  const zone = written.exec(text)?.[4] ?? 'Z';
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  const offsetMs = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const local = new Date(Date.parse(text) + days * dayMs + offsetMs).toISOString().replace(/\.000Z$/, 'Z');
  return local.replace(/Z$/, zone);
}
