/**
 * Coverage: what was searched, from when. No record is not the same as not searched.
 *
 * In   the resource types that were asked for, and the date from which
 * Out  whether a feature's lookback was covered for one discharge; if not, its value is missing and said to be so
 * Choice  a feature that looks at the whole record (comorbidity, social findings, the scores that contain them) is not covered as soon as a
 *         date is given: what lies before it may hold the disease, and an absent flag would say that it does not
 */
import type { Feature } from './catalogue.ts';

export interface Coverage {
  readonly types: readonly string[];
  /** Earliest instant searched, milliseconds since 1970 UTC; null is the whole record. */
  readonly fromMs: number | null;
}

const dayMs = 86_400_000;

/** @param from  calendar date `YYYY-MM-DD` or null */
export function coverageOf(types: readonly string[], from: string | null): Coverage {
  return { types, fromMs: from === null ? null : Date.parse(`${from}T00:00:00Z`) };
}

/** Everything searched from the beginning. */
export const fullCoverage: Coverage = {
  types: ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'],
  fromMs: null,
};

export function isCovered(feature: Feature, admitMs: number, dischargeMs: number, coverage: Coverage): boolean {
  if (feature.needs.some((type) => !coverage.types.includes(type))) return false;
  if (coverage.fromMs === null || feature.window === null) return true;
  if (feature.window.fromDays === null) return false;
  const anchorMs = feature.window.anchor === 'admission' ? admitMs : dischargeMs;
  return coverage.fromMs <= anchorMs + feature.window.fromDays * dayMs;
}

/** The value as a matrix and a score have it: missing where its lookback was not searched. */
export function coveredValue(feature: Feature, value: number, admitMs: number, dischargeMs: number, coverage: Coverage): number {
  return isCovered(feature, admitMs, dischargeMs, coverage) ? value : Number.NaN;
}

/** Inside the catalogue's range, or missing. */
export function isInRange({ range: [low, high] }: Feature, value: number): boolean {
  return Number.isNaN(value) || (value >= low && value <= high);
}
