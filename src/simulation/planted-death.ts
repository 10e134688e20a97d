/**
 * A planted death: the patient's record with its time of death, in place of whatever it said.
 */
import { plantedMeta, plantedSystem } from './planted-resource.ts';
import { timeWriter } from './planted-time.ts';

/**
 * @param patient  the record as it was; kept whole except for its death, and tagged
 * @param deathMs  milliseconds since 1970 UTC, written to the second; null: alive at the end of the records. A natural death that is moved is
 *                 planted the same way
 */
export function plantDeath(patient: fhir4.Patient, deathMs: number | null, utcOffsetMinutes: number): fhir4.Patient {
  const { deceasedBoolean: _flag, deceasedDateTime: _time, ...rest } = patient;
  const tag = (patient.meta?.tag ?? []).filter((coding) => coding.system !== plantedSystem);
  return {
    ...rest,
    meta: { ...patient.meta, tag: [...tag, ...(plantedMeta.tag ?? [])] },
    ...(deathMs !== null && { deceasedDateTime: timeWriter(utcOffsetMinutes).dateTime(deathMs) }),
  };
}
