/**
 * Why this encounter's stay is or is not an index discharge, and what decided its outcome.
 *
 * In   a warehouse with a built cohort; an encounter id, with or without "Encounter/"
 * Out  the stay with the encounters that make it, the exclusion rule or the outcome and the stay that decided it
 */
import { CohortError } from '../errors.ts';
import type { Row, Warehouse } from '../warehouse/index.ts';

export interface StayExplanation {
  readonly encounter: Row;
  /** Null where the encounter is none of inpatient care; else with the rule that keeps it out of stays. */
  readonly inpatient: Row | null;
  readonly members: readonly Row[];
  readonly discharge: Row | null;
  readonly outcome: Row | null;
  readonly returnStay: Row | null;
}

/** @throws {CohortError} COHORT_ENCOUNTER_UNKNOWN when no encounter has this id */
export async function explainEncounter(warehouse: Warehouse, id: string): Promise<StayExplanation> {
  const key = id.startsWith('Encounter/') ? id : `Encounter/${id}`;
  const [encounter] = await warehouse.rows(
    'SELECT encounter_id, class_code, kind, status, type_code, reason_code, period_start_ms, period_end_ms FROM encounter WHERE encounter_id = $1',
    [key],
  );
  if (encounter === undefined) {
    throw new CohortError('COHORT_ENCOUNTER_UNKNOWN', `expected an encounter of this landing folder, found none with id ${key}`);
  }
  const [inpatient] = await warehouse.rows('SELECT counted_as, exclusion FROM inpatient_encounter WHERE encounter_id = $1', [
    key,
  ]);
  const members = await warehouse.rows(
    `SELECT m.position, m.encounter_id, m.joined_by, a.type_code, a.reason_code, a.start_ms, a.end_ms
     FROM stay_encounter m JOIN acute_encounter a ON a.encounter_id = m.encounter_id
     WHERE m.stay_id = (SELECT stay_id FROM stay_encounter WHERE encounter_id = $1) ORDER BY m.position`,
    [key],
  );
  const [discharge] = await warehouse.rows(
    `SELECT d.discharge_id, d.stay_id, d.exclusion, d.exclusion_code, d.admit_ms, d.discharge_ms, d.age_years, d.reason_code, d.acute_source, d.planned_rule, d.planned_code
     FROM discharge d WHERE d.stay_id = (SELECT stay_id FROM stay_encounter WHERE encounter_id = $1)`,
    [key],
  );
  const indexId = discharge?.['discharge_id'] ?? null;
  const [outcome] = await warehouse.rows(
    'SELECT outcome_state, target, readmitted, return_stay_id, planned_rule, planned_code, days_to_outcome FROM outcome WHERE index_id = $1',
    [indexId as string | null],
  );
  const [returnStay] = await warehouse.rows(
    'SELECT stay_id, admit_ms, discharge_ms, reason_code, acute_source, planned_rule, planned_code FROM stay WHERE stay_id = $1',
    [(outcome?.['return_stay_id'] ?? null) as string | null],
  );
  return {
    encounter,
    inpatient: inpatient ?? null,
    members,
    discharge: discharge ?? null,
    outcome: outcome ?? null,
    returnStay: returnStay ?? null,
  };
}
