/**
 * A slice: one search that is answered, counted and finished as a whole, and how to halve it.
 *
 * In      a type, a range of the selected patients, a window of _lastUpdated
 * Out     search parameters; two slices that together hold the same resources
 * Choice  servers cut long answers silently (HAPI pre-fetch thresholds, the public server at 10,000): a slice that brings less than
 *         its count is halved, first by patients, then by _lastUpdated, the one parameter that every type and server has
 * Choice  a window is cut where the middle of what came was last updated: records that were loaded within a minute lie in one
 *         millionth of the possible time, thirty blind halvings away
 */
import type { SearchParams } from './search.ts';

export interface Slice {
  /** Unique in a pull, stable between its runs: `Observation/12`, its halves `Observation/12.0` and `Observation/12.1`. */
  readonly key: string;
  readonly type: string;
  /** Range of the sorted patient list, end excluded; null for a search that is not by patient. */
  readonly patients: readonly [from: number, to: number] | null;
  /** _lastUpdated, epoch milliseconds, end excluded; null for any time. */
  readonly window: readonly [from: number, to: number] | null;
}

/** Before this nothing was ever stored in a FHIR server (the first draft of FHIR is of 2011). */
const firstUpdateMs = Date.UTC(2010, 0, 1);

/** Whether a slice holds several patients, and so is halved by patients. */
export function hasPatients({ patients }: Slice): boolean {
  return patients !== null && patients[1] - patients[0] > 1;
}

/** False where only one patient and one millisecond are left. */
export function canHalve(slice: Slice): boolean {
  return hasPatients(slice) || slice.window === null || slice.window[1] - slice.window[0] >= 2;
}

/**
 * @param slice     one that `canHalve`
 * @param nowMs     end of the first window, with a day to spare
 * @param middleMs  median _lastUpdated of what the slice brought, where known; outside the window it is not used
 */
export function halve(slice: Slice, nowMs: number, middleMs?: number): [Slice, Slice] {
  const { key, patients, window } = slice;
  if (patients !== null && hasPatients(slice)) {
    const middle = (patients[0] + patients[1]) >> 1;
    return [
      { ...slice, key: `${key}.0`, patients: [patients[0], middle] },
      { ...slice, key: `${key}.1`, patients: [middle, patients[1]] },
    ];
  }
  const [from, to] = window ?? [firstUpdateMs, nowMs + 86_400_000];
  // The middle itself belongs to the later half; where it is the start, that millisecond becomes the earlier half.
  const known = middleMs !== undefined && middleMs >= from && middleMs < to;
  const middle = known ? Math.max(middleMs, from + 1) : from + Math.floor((to - from) / 2);
  return [
    { ...slice, key: `${key}.0`, window: [from, middle] },
    { ...slice, key: `${key}.1`, window: [middle, to] },
  ];
}

/**
 * @param patients  all selected patient ids, sorted
 * @param fixed     parameters that every slice of this type carries (code filter, patient query)
 */
export function sliceParams(slice: Slice, patients: readonly string[], fixed: SearchParams): SearchParams {
  const params: Record<string, string | readonly string[]> = { ...fixed };
  if (slice.patients !== null) {
    params[slice.type === 'Patient' ? '_id' : 'patient'] = patients.slice(...slice.patients).join(',');
  }
  if (slice.window !== null) {
    const [from, to] = slice.window;
    params['_lastUpdated'] = [`ge${new Date(from).toISOString()}`, `lt${new Date(to).toISOString()}`];
  }
  return params;
}
