/**
 * Numbers in observations: which codes they stand under, which analyte reads them, and which units are not accepted.
 *
 * In   the raw Observation records, values of components beside their own; the value sets and unit conversions
 * Out  one row per system, code and unit with enough patients; systems of all observation codes with their counts
 * Choice  a code with several codings is looked up by each of them
 */
import type { Warehouse } from '../warehouse/index.ts';
import type { SystemCount } from './coded-places.ts';

export const observationPlace = 'Observation.code';

/** Numeric values under one code in one unit. */
interface Measurement {
  readonly system: string | null;
  readonly code: string;
  readonly display: string | null;
  /** null: no unit. */
  readonly unit: string | null;
  readonly values: number;
  readonly patients: number;
}

export interface Measurements {
  readonly systems: readonly SystemCount[];
  readonly measurements: readonly Measurement[];
}

export async function readMeasurements(warehouse: Warehouse, source: string, minimumPatients: number): Promise<Measurements> {
  const rows = await warehouse.rows(countsSql(source, minimumPatients), [], 'codes of Observation');
  const systems: SystemCount[] = [];
  const measurements: Measurement[] = [];
  for (const row of rows) {
    const text = (name: string): string | null => (row[name] === null || row[name] === undefined ? null : String(row[name]));
    const [system, patients] = [text('system'), Number(row['patients'])];
    if (row['is_system'] === 1) systems.push({ place: observationPlace, system, codings: Number(row['codings']), patients });
    else {
      const found = { system, code: String(row['code']), display: text('display'), unit: text('unit') };
      measurements.push({ ...found, values: Number(row['numbers']), patients });
    }
  }
  return { systems, measurements };
}

function countsSql(source: string, minimumPatients: number): string {
  const entry = (from: string): string =>
    `{'coding': ${from}.code.coding, 'is_number': ${from}.valueQuantity."value" IS NOT NULL, 'unit': COALESCE(${from}.valueQuantity.code, ${from}.valueQuantity.unit)}`;
  return `
    SELECT x.system, x.code, x.unit, MIN(x.display) AS display, COUNT(*) AS codings, COUNT(*) FILTER (x.is_number) AS numbers,
      COUNT(DISTINCT x.patient) AS patients, CAST(GROUPING(x.code) AS INTEGER) AS is_system
    FROM (
      SELECT c.patient, c.is_number, c.unit, c.coding."system" AS system, c.coding.code AS code, c.coding.display AS display
      FROM (
        SELECT e.patient, e.entry.is_number AS is_number, e.entry.unit AS unit, unnest(e.entry.coding) AS coding
        FROM (
          SELECT hash(r.subject.reference) AS patient,
            unnest(list_concat([${entry('r')}], list_transform(COALESCE(r.component, []), p -> ${entry('p')}))) AS entry
          FROM ${source} r
        ) e
      ) c
      WHERE c.coding.code IS NOT NULL
    ) x
    GROUP BY GROUPING SETS ((x.system), (x.system, x.code, x.unit))
    HAVING GROUPING(x.code) = 1 OR (COUNT(*) FILTER (x.is_number) > 0 AND COUNT(DISTINCT x.patient) >= ${minimumPatients})
    ORDER BY numbers DESC, x.system, x.code, x.unit`;
}
