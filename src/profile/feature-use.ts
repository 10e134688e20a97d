/**
 * Which features these records can fill: empty, constant or varying over the index discharges, and why one is not.
 *
 * In   flat tables and value sets; the matrix where there are index discharges; what the landing folder covers
 * Out  one entry per feature of the catalogue, in its order
 */
import { isCovered, type Coverage, type Feature, type FeatureMatrix } from '../features/index.ts';
import type { Warehouse } from '../warehouse/index.ts';

type FeatureState = 'varies' | 'constant' | 'empty' | 'unknown';

export interface FeatureUse {
  readonly feature: string;
  readonly family: string;
  /** constant: one and the same value wherever there is one. empty: no value anywhere. unknown: no index discharge to tell by. */
  readonly state: FeatureState;
  /** Index discharges without a value, 0 to 1; null without index discharges. */
  readonly missing: number | null;
  /** Why it does not vary; null where it does. */
  readonly reason: string | null;
}

/** How many records have a code of each value set, and how many values of each analyte have an accepted unit. */
export interface CodeOccurrence {
  readonly valueSets: ReadonlyMap<string, number>;
  readonly analytes: ReadonlyMap<string, number>;
  readonly recordsByType: ReadonlyMap<string, number>;
}

const occurrenceSql = `
  SELECT v.name, SUM(o.n) AS n
  FROM (
    SELECT system, code, COUNT(*) AS n FROM condition GROUP BY system, code
    UNION ALL SELECT system, code, COUNT(*) FROM procedure GROUP BY system, code
    UNION ALL SELECT system, code, COUNT(*) FROM medication_request GROUP BY system, code
    UNION ALL SELECT system, code, COUNT(*) FROM observation GROUP BY system, code
  ) o
  JOIN value_set v ON v.system = o.system AND v.code = o.code
  WHERE v.name NOT LIKE 'reason_%'
  GROUP BY v.name
  UNION ALL
  SELECT v.name, COUNT(*) FROM encounter e JOIN value_set v ON v.code = e.reason_code AND v.name LIKE 'reason_%' GROUP BY v.name`;
const analyteSql = `
  SELECT SUBSTR(v.name, 13) AS name, COUNT(*) AS n
  FROM observation o
  JOIN value_set v ON v.code = o.code AND v.system = o.system AND v.name LIKE 'observation_%'
  LEFT JOIN unit_conversion u ON u.analyte = SUBSTR(v.name, 13) AND u.written_unit = o.unit
  WHERE (o.value IS NOT NULL AND u.analyte IS NOT NULL) OR (o.value IS NULL AND o.value_code IS NOT NULL)
  GROUP BY v.name`;

export async function codeOccurrence(warehouse: Warehouse, recordsByType: ReadonlyMap<string, number>): Promise<CodeOccurrence> {
  const counts = async (sql: string, what: string): Promise<Map<string, number>> =>
    new Map((await warehouse.rows(sql, [], what)).map((row) => [String(row['name']), Number(row['n'])]));
  return {
    valueSets: await counts(occurrenceSql, 'codes of value sets'),
    analytes: await counts(analyteSql, 'values of analytes'),
    recordsByType,
  };
}

/** The value set that decides a feature, where one does. */
const deciding: Readonly<Record<string, string>> = {
  smoker: 'observation_smoking_status',
  stay_operation: 'operating_room_procedure',
  stay_ventilation: 'ventilation_procedure',
  stay_dialysis: 'dialysis_procedure',
  stay_transfusion: 'transfusion_procedure',
};

function valueSetOf(feature: string): string | null {
  if (deciding[feature] !== undefined) return deciding[feature];
  if (feature.startsWith('last_')) return feature.replace('last_', 'observation_');
  const isFlag = /^(charlson|elixhauser|medication|social|reason)_/.test(feature) && !/_(index|recorded)$/.test(feature);
  return isFlag ? feature : null;
}

export function featureUse(
  features: readonly Feature[],
  matrix: FeatureMatrix | null,
  occurrence: CodeOccurrence,
  coverage: Coverage,
): FeatureUse[] {
  return features.map((feature) => {
    const column = matrix?.columns[matrix.features.findIndex(({ name }) => name === feature.name)];
    const { state, missing, value } = stateOf(column);
    const reason = state === 'varies' ? null : (reasonOf(feature, occurrence, coverage) ?? otherReason(state, value));
    return { feature: feature.name, family: feature.family, state, missing, reason };
  });
}

function stateOf(column: Float64Array | undefined): { state: FeatureState; missing: number | null; value: number | null } {
  if (column === undefined || column.length === 0) return { state: 'unknown', missing: null, value: null };
  const values = column.filter((cell) => !Number.isNaN(cell));
  const missing = 1 - values.length / column.length;
  const [value] = values;
  if (value === undefined) return { state: 'empty', missing, value: null };
  return { state: values.every((cell) => cell === value) ? 'constant' : 'varies', missing, value };
}

function otherReason(state: FeatureState, value: number | null): string {
  if (state === 'unknown') return 'no index discharge to tell by';
  if (state === 'empty') return 'recorded for no index discharge in its lookback';
  return value === 0 ? 'in no index discharge and its lookback' : `${value} in every index discharge`;
}

function reasonOf(feature: Feature, { valueSets, analytes, recordsByType }: CodeOccurrence, coverage: Coverage): string | null {
  const notSearched = feature.needs.filter((type) => !coverage.types.includes(type));
  if (notSearched.length > 0) return `${notSearched.join(', ')} not searched, says the manifest`;
  const none = feature.needs.filter((type) => (recordsByType.get(type) ?? 0) === 0);
  if (none.length > 0) return `no ${none.join(', ')} record`;
  // Asked for a discharge far in the future: only a lookback over the whole record is still not covered.
  const future = Number.MAX_SAFE_INTEGER;
  if (!isCovered(feature, future, future, coverage)) return 'looks at the whole record, which was searched from a date only';
  const name = valueSetOf(feature.name);
  if (name === null) return null;
  if ((valueSets.get(name) ?? 0) === 0) return 'no code of its value set occurs';
  if (name.startsWith('observation_') && (analytes.get(name.replace('observation_', '')) ?? 0) === 0) {
    return 'measured, but no value has an accepted unit';
  }
  return null;
}
