/**
 * Follow-up: the day and kind of the first event after each discharge, as arrays for a cumulative incidence.
 *
 * In   a warehouse with a built cohort
 * Out  one element per index discharge and per discharge kept out by run-out alone: what was seen, and until when nothing was
 */
import type { Warehouse } from '../warehouse/index.ts';

/** Codes of `state` beside 0, which is "nothing seen until that day". */
export const followUpStates = ['unplanned', 'planned', 'died'] as const;

export interface FollowUp {
  /** Day of the event, or last day watched, from the day of discharge as 0. */
  readonly day: Float64Array;
  /** 0 where no event was seen, else 1 + the index in `followUpStates`. */
  readonly state: Uint8Array;
  readonly patientIds: readonly string[];
}

/** Discharges after the run-out day itself were not watched at all and are left out. */
export async function readFollowUp(warehouse: Warehouse): Promise<FollowUp> {
  const rows = await warehouse.rows(
    `SELECT o.event_state, COALESCE(o.days_to_outcome, o.observed_days) AS day, d.patient_id
     FROM outcome o JOIN discharge d ON d.discharge_id = o.index_id
     WHERE o.observed_days >= 0 ORDER BY d.patient_id, d.discharge_ms, d.discharge_id`,
    [],
    'follow-up',
  );
  const states: readonly string[] = followUpStates;
  return {
    day: Float64Array.from(rows, (row) => Number(row['day'])),
    state: Uint8Array.from(rows, (row) => states.indexOf(String(row['event_state'])) + 1),
    patientIds: rows.map((row) => String(row['patient_id'])),
  };
}
