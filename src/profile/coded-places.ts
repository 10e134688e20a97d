/**
 * Which codes stand where: per coded element the systems with their counts, and the codes themselves.
 *
 * In   the raw records
 * Out  one row per place and system, one per place, system and code; observations with their units apart (./measurements.ts)
 * Privacy  a code is named, with its display, only where at least `minimumPatients` patients have it; what fewer have is counted in the system's row
 */
import type { Warehouse } from '../warehouse/index.ts';
import { containedDrug, type ProfiledType, type RawRecords } from './raw-records.ts';

/** A coded element, as a FHIR path. */
type Place = string;

export interface SystemCount {
  readonly place: Place;
  /** null: a coding without a system. */
  readonly system: string | null;
  readonly codings: number;
  readonly patients: number;
}

export interface CodeCount extends SystemCount {
  readonly code: string;
  readonly display: string | null;
}

const listed = (list: string): string => `flatten(list_transform(${list}, x -> x.coding))`;
const disposition = 'r.hospitalization.dischargeDisposition';

/** The extension of German profiles that holds the disposition, and the part of it with the first two characters. */
export const germanDisposition = {
  extension: 'http://fhir.de/StructureDefinition/Entlassungsgrund',
  part: 'ErsteUndZweiteStelle',
} as const;
export const germanDispositionPlace = `Encounter.hospitalization.dischargeDisposition.extension (Entlassungsgrund)`;

/** The drug of an order: in medicationCodeableConcept, or in the contained Medication it refers to. */
export const drugPlace = 'MedicationRequest.medication';

/** SQL giving a list of codings for each place of a type. */
const places: Readonly<Partial<Record<ProfiledType, readonly (readonly [Place, string])[]>>> = {
  Encounter: [
    ['Encounter.class', '[r.class]'],
    ['Encounter.type', listed('r.type')],
    ['Encounter.serviceType', 'r.serviceType.coding'],
    ['Encounter.priority', 'r.priority.coding'],
    ['Encounter.reasonCode', listed('r.reasonCode')],
    ['Encounter.hospitalization.admitSource', 'r.hospitalization.admitSource.coding'],
    ['Encounter.hospitalization.dischargeDisposition', `${disposition}.coding`],
    [
      germanDispositionPlace,
      `list_transform(list_filter(flatten(list_transform(list_filter(${disposition}.extension, x -> x.url = '${germanDisposition.extension}'), x -> x.extension)), x -> x.url = '${germanDisposition.part}'), x -> x.valueCoding)`,
    ],
    ['Encounter.identifier', `list_transform(r.identifier, x -> {'system': x."system", 'code': '', 'display': NULL})`],
  ],
  Condition: [
    ['Condition.code', 'r.code.coding'],
    ['Condition.verificationStatus', 'r.verificationStatus.coding'],
    ['Condition.category', listed('r.category')],
  ],
  Procedure: [['Procedure.code', 'r.code.coding']],
  MedicationRequest: [[drugPlace, `list_concat(r.medicationCodeableConcept.coding, ${containedDrug})`]],
};

export interface CodedPlaces {
  readonly systems: readonly SystemCount[];
  /** Codes that enough patients have, most frequent first within a place. */
  readonly codes: readonly CodeCount[];
}

export async function codedPlaces(warehouse: Warehouse, records: RawRecords, minimumPatients: number): Promise<CodedPlaces> {
  const systems: SystemCount[] = [];
  const codes: CodeCount[] = [];
  for (const [type, source] of records) {
    const list = places[type];
    if (list === undefined) continue;
    const rows = await warehouse.rows(countsSql(list, source, minimumPatients), [], `codes of ${type}`);
    for (const row of rows) {
      const count = {
        place: String(row['place']),
        system: row['system'] === null ? null : String(row['system']),
        codings: Number(row['codings']),
        patients: Number(row['patients']),
      };
      if (row['is_system'] === 1) systems.push(count);
      else codes.push({ ...count, code: String(row['code']), display: row['display'] === null ? null : String(row['display']) });
    }
  }
  return { systems, codes };
}

/** Patients are counted by a hash of their reference: a set of numbers takes a tenth of a set of texts. */
function countsSql(list: readonly (readonly [Place, string])[], source: string, minimumPatients: number): string {
  const entries = list.map(
    ([place, codings]) =>
      `list_transform(COALESCE(list_filter(${codings}, c -> c.code IS NOT NULL), []), c -> {'place': '${place}', 'system': c."system", 'code': c.code, 'display': c.display})`,
  );
  return `
    SELECT x.place, x.system, x.code, MIN(x.display) AS display, COUNT(*) AS codings, COUNT(DISTINCT x.patient) AS patients, CAST(GROUPING(x.code) AS INTEGER) AS is_system
    FROM (
      SELECT u.patient, u.e.place AS place, u.e.system AS system, u.e.code AS code, u.e.display AS display
      FROM (SELECT hash(r.subject.reference) AS patient, unnest(flatten([${entries.join(', ')}])) AS e FROM ${source} r) u
    ) x
    GROUP BY GROUPING SETS ((x.place, x.system), (x.place, x.system, x.code))
    HAVING GROUPING(x.code) = 1 OR (COUNT(DISTINCT x.patient) >= ${minimumPatients} AND x.place <> 'Encounter.identifier')
    ORDER BY x.place, codings DESC, x.system, x.code`;
}
