/**
 * Which records stay: what some stage can read, decided by code and by encounter class, never by time.
 *
 * In      every Encounter once (`surveyEncounters`), then each record
 * Out     whether it is kept
 * Choice  patients: those with an encounter of class IMP, the population a readmission question is asked of; all their encounters,
 *         conditions and medication orders stay, however old
 * Choice  observations: codes of the value sets observation_*, a panel when a component has one. Slow analytes are read from any encounter,
 *         the others only from hospital encounters, or where no encounter is named
 * Choice  procedures: of inpatient and emergency encounters, or where no encounter is named; no rule and no feature reads others
 * Source  what is read: src/features/known/*.sql, src/features/known/last-value.sql, src/cohort/sql/*.sql
 */
import type { Terminology } from '../../src/terminology/index.ts';
import { unexpected, type SyntheaRecord } from './kept-elements.ts';

/** Analytes that last-value.sql takes from the year before the prediction time, whatever the encounter. */
const slowAnalytes: readonly string[] = ['hba1c', 'bmi', 'fall_risk', 'depression_score', 'smoking_status'];
const observationClasses: readonly string[] = ['IMP', 'EMER', 'ACUTE', 'NONAC', 'OBSENC', 'SS'];
const procedureClasses: readonly string[] = ['IMP', 'EMER', 'ACUTE', 'NONAC'];

/** The rules in words, for the manifest. */
export const pruningText = [
  'Patients: those with at least one encounter of class IMP; records of others are left out.',
  'Encounter, Condition, MedicationRequest: all of these patients.',
  'Observation: codes of the value sets observation_* (a panel when a component has such a code);',
  `${slowAnalytes.join(', ')} from any encounter, the others from encounters of class ${observationClasses.join(', ')} or from none.`,
  `Procedure: of encounters of class ${procedureClasses.join(', ')} or of none.`,
  'Elements: no narrative, text, meta, participants, locations, dosage, names, addresses or contacts; references without display;',
  'serviceProvider as a logical reference. Nothing is chosen by date.',
].join(' ');

/** What the encounters say about which other records are kept; ids without "Patient/" and "Encounter/". */
export interface EncounterSurvey {
  readonly inpatients: ReadonlySet<string>;
  /** Class per encounter, of the classes that observations or procedures are kept from; the many others are not held in memory. */
  readonly hospitalClass: ReadonlyMap<string, string>;
}

/** @throws {UsageError} SYNTHEA_RECORD for an encounter without subject, class or id */
export async function surveyEncounters(encounters: AsyncIterable<SyntheaRecord>): Promise<EncounterSurvey> {
  const inpatients = new Set<string>();
  const hospitalClass = new Map<string, string>();
  for await (const record of encounters) {
    if (record.resourceType !== 'Encounter') throw unexpected(record, 'resourceType');
    const code = record.class?.code;
    if (code === undefined || record.id === undefined) throw unexpected(record, 'class.code and id');
    if (code === 'IMP') inpatients.add(patientOf(record));
    if (observationClasses.includes(code) || procedureClasses.includes(code)) hospitalClass.set(record.id, code);
  }
  return { inpatients, hospitalClass };
}

/** The test that a record must pass to be kept. */
export function recordRule(survey: EncounterSurvey, terminology: Terminology): (record: SyntheaRecord) => boolean {
  const slowByCode = analyteCodes(terminology);
  const isFrom = (classes: readonly string[], encounter: fhir4.Reference | undefined): boolean =>
    encounter === undefined || classes.includes(survey.hospitalClass.get(idOf(encounter, 'Encounter') ?? '') ?? '');
  const isReadObservation = (record: fhir4.Observation): boolean => {
    const slow = [record.code, ...(record.component ?? []).map((part) => part.code)]
      .flatMap((concept) => concept.coding ?? [])
      .map((coding) => slowByCode.get(`${coding.system}|${coding.code}`))
      .filter((found) => found !== undefined);
    return slow.length > 0 && (slow.includes(true) || isFrom(observationClasses, record.encounter));
  };
  return (record) => {
    if (!survey.inpatients.has(patientOf(record))) return false;
    if (record.resourceType === 'Observation') return isReadObservation(record);
    if (record.resourceType === 'Procedure') return isFrom(procedureClasses, record.encounter);
    return true;
  };
}

/** Whose record it is: the patient's id. @throws {UsageError} SYNTHEA_RECORD where none is named */
export function patientOf(record: SyntheaRecord): string {
  const id = record.resourceType === 'Patient' ? record.id : idOf(record.subject, 'Patient');
  if (id === undefined) throw unexpected(record, record.resourceType === 'Patient' ? 'id' : 'subject.reference');
  return id;
}

function idOf(reference: fhir4.Reference | undefined, type: string): string | undefined {
  const text = reference?.reference;
  return text?.startsWith(`${type}/`) ? text.slice(type.length + 1) : undefined;
}

/** Per "system|code" of a catalogue analyte, whether the analyte is a slow one. */
function analyteCodes(terminology: Terminology): Map<string, boolean> {
  const prefix = 'observation_';
  const sets = terminology.sets.filter((set) => set.name.startsWith(prefix));
  return new Map(
    sets.flatMap((set) =>
      set.codes.map((c) => [`${c.system}|${c.code}`, slowAnalytes.includes(set.name.slice(prefix.length))] as const),
    ),
  );
}
