/**
 * Subgroups of the index discharges, to see for whom a model works: sex, age band, race, ethnicity, specialty cohort.
 *
 * In      a warehouse with a built cohort; the discharges wanted
 * Out     per way of dividing one label per discharge, null where it is not recorded or cannot be told
 * Choice  race and ethnicity are read here and nowhere else: they stand beside the results and are no features
 * Choice  race and ethnicity are the OMB categories of US Core, by code and not by display; of several races the first counts. A null flavour
 *         ("unknown", "asked but unknown") is not recorded
 * Choice  age in whole years at admission; bands of the 65 and older as in reports on Medicare
 */
import type { Cell, Warehouse } from '../warehouse/index.ts';
import { readSpecialtyCohorts, type Coded } from './specialty-cohort.ts';

export interface SubgroupColumn {
  /** "sex", "age band", "race", "ethnicity", "specialty cohort". */
  readonly by: string;
  /** Every group there can be, in the order of a table. */
  readonly groups: readonly string[];
  /** Per discharge one of `groups`, or null. */
  readonly labels: readonly (string | null)[];
}

const sexes: Readonly<Record<string, string>> = { female: 'female', male: 'male', other: 'other' };
const races: Readonly<Record<string, string>> = {
  '1002-5': 'American Indian or Alaska Native',
  '2028-9': 'Asian',
  '2054-5': 'Black or African American',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2106-3': 'White',
  '2131-1': 'Other race',
};
const ethnicities: Readonly<Record<string, string>> = {
  '2135-2': 'Hispanic or Latino',
  '2186-5': 'Not Hispanic or Latino',
};
const ageBands = [
  ['under 18', -Infinity],
  ['18-44', 18],
  ['45-64', 45],
  ['65-74', 65],
  ['75-84', 75],
  ['85+', 85],
] as const;

const personSql = `SELECT i.index_id, i.age_years, p.gender, p.race, p.ethnicity, d.operation_code, s.reason_system, s.reason_code
  FROM index_discharge i
  JOIN discharge d ON d.discharge_id = i.index_id
  JOIN stay s ON s.stay_id = i.stay_id
  LEFT JOIN patient p ON p.patient_id = i.patient_id`;

/** As in the relation stay: done on the patient of the stay, in an encounter of it, and not after its end. */
const procedureSql = `SELECT DISTINCT i.index_id, p.system, p.code
  FROM index_discharge i
  JOIN stay_encounter m ON m.stay_id = i.stay_id
  JOIN procedure p ON p.encounter_id = m.encounter_id AND p.patient_id = i.patient_id
    AND COALESCE(p.performed_start_ms, i.admit_ms) <= i.discharge_ms
  WHERE COALESCE(p.status, 'unknown') NOT IN ('entered-in-error', 'not-done', 'preparation')
    AND p.code IS NOT NULL AND p.system IN (SELECT j.value ->> '$' FROM json_each(CAST(? AS JSON)) j)`;

/**
 * @param indexIds      discharges in the order wanted, all of them index discharges of the warehouse
 * @param coveredTypes  resource types that were searched; without procedures no specialty cohort can be told, for surgery comes first
 */
export async function readSubgroups(
  warehouse: Warehouse,
  indexIds: readonly string[],
  coveredTypes: readonly string[],
): Promise<SubgroupColumn[]> {
  const specialties = readSpecialtyCohorts();
  const people = new Map((await warehouse.rows(personSql, [], 'subgroups')).map((row) => [row['index_id'] as string, row]));
  const systems = JSON.stringify(specialties.procedureSystems);
  const procedures = new Map<string, Coded[]>();
  for (const row of await warehouse.rows(procedureSql, [systems], 'procedures of the stays')) {
    const id = row['index_id'] as string;
    const coded = { system: row['system'] as string, code: row['code'] as string };
    procedures.set(id, [...(procedures.get(id) ?? []), coded]);
  }
  const cells = (column: string): Cell[] => indexIds.map((id) => people.get(id)?.[column] ?? null);
  const named = (column: string, names: Readonly<Record<string, string>>): Omit<SubgroupColumn, 'by'> => ({
    groups: Object.values(names),
    labels: cells(column).map((code) => (typeof code === 'string' ? (names[code] ?? null) : null)),
  });
  return [
    { by: 'sex', ...named('gender', sexes) },
    { by: 'age band', groups: ageBands.map(([name]) => name), labels: cells('age_years').map(ageBand) },
    { by: 'race', ...named('race', races) },
    { by: 'ethnicity', ...named('ethnicity', ethnicities) },
    {
      by: 'specialty cohort',
      groups: specialties.names,
      labels: indexIds.map((id) => {
        if (!coveredTypes.includes('Procedure')) return null;
        const [system, code, operation] = ['reason_system', 'reason_code', 'operation_code'].map(
          (c) => people.get(id)?.[c] ?? null,
        );
        return specialties.assign({
          isOperated: operation !== null,
          procedures: procedures.get(id) ?? [],
          reason: typeof system === 'string' && typeof code === 'string' ? { system, code } : null,
        });
      }),
    },
  ];
}

function ageBand(years: Cell): string | null {
  return typeof years === 'number' ? (ageBands.findLast(([, from]) => years >= from)?.[0] ?? null) : null;
}
