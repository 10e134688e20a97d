/**
 * Capacity: if the team sees the top N of a list, what did the validation find among such a share of discharges?
 *
 * In      the curve of cumulative gains of the validation (share of discharges, highest risk first, and share of readmissions found), and N of how many
 * Out     share found with its interval, precision, discharges to see for one readmission
 * Choice  between two points of the curve a straight line, which is what drawing at random within that step would find
 * Choice  precision and number to see have no interval here: the curve's band says nothing of how many readmissions there are
 */
import type { CurvePoint } from '../model/metrics-reading.ts';
import type { Estimate } from '../text/number-text.ts';

export interface Validated {
  readonly gains: readonly CurvePoint[];
  /** Discharges judged, and readmissions among them. */
  readonly rows: number;
  readonly events: number;
}

export interface CapacityReading {
  /** N of the list, in [0, 1]. */
  readonly share: number;
  /** Share of all readmissions among those seen. */
  readonly found: Estimate;
  /** Of those seen, the share readmitted. */
  readonly precision: number | null;
  /** Discharges to see for one readmission. */
  readonly numberNeeded: number | null;
  /** The share found when as many are picked at random. */
  readonly atRandom: number;
}

/** @param total  discharges of the list, at least 1 @returns null where the validation has no curve */
export function readCapacity({ gains, rows, events }: Validated, top: number, total: number): CapacityReading | null {
  if (gains.length < 2 || rows <= 0 || events <= 0 || total <= 0) return null;
  const share = Math.min(1, Math.max(0, top / total));
  const found = interpolate(gains, share);
  if (found.estimate === null) return null;
  const precision = share > 0 ? Math.min(1, (found.estimate * events) / (share * rows)) : null;
  return { share, found, precision, numberNeeded: precision !== null && precision > 0 ? 1 / precision : null, atRandom: share };
}

/** The curve at a share; its ends beyond them. */
export function interpolate(curve: readonly CurvePoint[], at: number): Estimate {
  const next = curve.findIndex(({ x }) => x >= at);
  const b = curve[next < 0 ? curve.length - 1 : next] as CurvePoint;
  const a = next <= 0 ? b : (curve[next - 1] as CurvePoint);
  const part = b.x === a.x ? 0 : Math.min(1, (at - a.x) / (b.x - a.x));
  const mix = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : from + part * (to - from);
  return { estimate: mix(a.y, b.y), lower: mix(a.lower, b.lower), upper: mix(a.upper, b.upper) };
}

/** Readmissions the model itself expects among the first `top` of the list: the sum of their risks. */
export function expectedAmong(entries: readonly { readonly risk: number }[], top: number): number {
  return entries.slice(0, Math.max(0, top)).reduce((sum, { risk }) => sum + risk, 0);
}
