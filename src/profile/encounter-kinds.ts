/**
 * Encounters by class and by what the mapping makes of them, the classes that nothing claims, and references that lead nowhere.
 *
 * In   the flat tables under the mapping
 * Out  counts of encounters per class and kind; how many records name a patient or an encounter that is not in the folder
 */
import type { Warehouse } from '../warehouse/index.ts';

export interface ClassCount {
  /** null: no class. */
  readonly classCode: string | null;
  readonly kind: string;
  readonly encounters: number;
  readonly patients: number;
}

export interface Linkage {
  readonly type: string;
  readonly records: number;
  /** Records of a patient that is not in the folder. */
  readonly unknownPatient: number;
  /** Records that name an encounter that is not in the folder. */
  readonly unknownEncounter: number;
}

export async function classCounts(warehouse: Warehouse): Promise<ClassCount[]> {
  const rows = await warehouse.rows(
    `SELECT class_code, kind, COUNT(*) AS n, COUNT(DISTINCT patient_id) AS patients FROM encounter
     GROUP BY class_code, kind ORDER BY n DESC, class_code, kind`,
    [],
    'classes',
  );
  return rows.map((row) => ({
    classCode: row['class_code'] === null ? null : String(row['class_code']),
    kind: String(row['kind']),
    encounters: Number(row['n']),
    patients: Number(row['patients']),
  }));
}

/** Classes of HL7 that are known and mean none of the kinds. */
const namedOther = ['VR', 'FLD', 'PRENC'];

/** Classes whose encounters nothing claims: read as "other". */
export function unclaimedClasses(counts: readonly ClassCount[]): ClassCount[] {
  return counts.filter(({ classCode, kind }) => kind === 'other' && classCode !== null && !namedOther.includes(classCode));
}

/** Inpatient encounters with the meaning of their disposition known; the path may be the mapping's own. */
export async function knownDispositions(warehouse: Warehouse): Promise<{ inpatient: number; known: number }> {
  const [row] = await warehouse.rows(
    "SELECT COUNT(*) AS n, COUNT(disposition) AS known FROM encounter WHERE kind = 'inpatient'",
    [],
    'dispositions',
  );
  return { inpatient: Number(row?.['n']), known: Number(row?.['known']) };
}

export async function linkages(warehouse: Warehouse): Promise<Linkage[]> {
  const result: Linkage[] = [];
  for (const [type, table, id] of [
    ['Encounter', 'encounter', 'encounter_id'],
    ['Condition', 'condition', 'condition_id'],
    ['Procedure', 'procedure', 'procedure_id'],
    ['MedicationRequest', 'medication_request', 'medication_request_id'],
  ] as const) {
    const named =
      type === 'Encounter'
        ? 'FALSE'
        : 't.encounter_id IS NOT NULL AND t.encounter_id NOT IN (SELECT encounter_id FROM encounter)';
    const [row] = await warehouse.rows(
      `SELECT COUNT(DISTINCT t.${id}) AS n,
         COUNT(DISTINCT t.${id}) FILTER (t.patient_id IS NOT NULL AND t.patient_id NOT IN (SELECT patient_id FROM patient)) AS patients,
         COUNT(DISTINCT t.${id}) FILTER (${named}) AS encounters
       FROM ${table} t`,
      [],
      `links of ${type}`,
    );
    result.push({
      type,
      records: Number(row?.['n']),
      unknownPatient: Number(row?.['patients']),
      unknownEncounter: Number(row?.['encounters']),
    });
  }
  return result;
}
