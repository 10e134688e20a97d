/**
 * Encounters as the cohort reads them, made from their recorded rows: one SQL text, run by DuckDB over a cohort and by SQLite over one
 * patient.
 *
 * In      recorded_encounter (rows of the mapped view of Encounter), condition, site_code
 * Out     encounter: the columns of the view, and kind, whole_id, disposition, admit_source, admit_priority, reason_source
 * Kind    the first rule of the mapping that holds, else what the class says (../mapping/mapped-views.ts)
 * Part    an encounter of the kind part-of belongs to the encounter that partOf names, up to three levels: whole_id. The whole lasts until its
 *         latest part ends; where it is finished without an end, that is its end. A part whose whole is not among the records, or is
 *         circular, is what it would be without the rules of this kind, so that it does not vanish
 * Reason  where no reason is coded, that of the condition which is the reason by reference or the admission diagnosis (reason_source "reason"),
 *         then that of the principal diagnosis ("diagnosis", which hospitals code after the discharge), then that of the first part
 */
import { sqlString } from '../views/index.ts';
import { snomed } from './code-systems.ts';
import { codedElements } from './code-meanings.ts';
import { meaningColumns, recordedEncounter, ruleColumn, SiteSystems } from './mapped-views.ts';
import type { EncounterRule, SiteMapping } from './site-mapping.ts';

/** Columns of recorded_encounter that only this module reads. */
function workingColumns(mapping: SiteMapping): ReadonlySet<string> {
  const meanings = codedElements.flatMap(({ element }) => Object.values(meaningColumns(element)));
  return new Set([
    'class_kind',
    'icd_reason_system',
    'icd_reason_code',
    'icd_reason_display',
    ...mapping.encounter.rules.map((_, i) => ruleColumn(i)),
    ...meanings,
  ]);
}

const reasonColumns = ['reason_system', 'reason_code', 'reason_display'] as const;
const reasons = [...reasonColumns, 'reason_source'];
const startColumns = ['ms', 'latest_ms', 'ymd', 'precision'].map((part) => `period_start_${part}`);
const endColumns = ['ms', 'latest_ms', 'ymd', 'precision'].map((part) => `period_end_${part}`);
const maximumDepth = 3;

/**
 * The SELECT that gives `encounter`.
 *
 * @param columns  columns of recorded_encounter, in order
 */
export function encounterSql(mapping: SiteMapping, columns: readonly string[]): string {
  const working = workingColumns(mapping);
  const kept = columns.filter((name) => !working.has(name) && !(reasonColumns as readonly string[]).includes(name));
  const hasParts = mapping.encounter.rules.some(({ kind }) => kind === 'part-of');
  const base = `WITH ${diagnosed()},\nread AS (${read(mapping, kept)})`;
  const names = [...kept, ...reasonColumns, 'reason_source', 'kind', 'whole_id', ...codedElements.map(({ column }) => column)];
  if (!hasParts) return `${base}\nSELECT ${names.map((name) => `x.${name}`).join(', ')} FROM read x`;
  return `${base},\n${parts(names, kindSql(mapping.encounter.rules))}`;
}

/** One coding of each condition that is the reason of an encounter without a coded one: SNOMED CT before ICD-10 before others. */
function diagnosed(): string {
  const named = `SELECT COALESCE(n.reason_condition_id, n.diagnosis_condition_id) FROM ${recordedEncounter} n
      WHERE n.reason_code IS NULL AND n.icd_reason_code IS NULL AND COALESCE(n.reason_condition_id, n.diagnosis_condition_id) IS NOT NULL`;
  return `diagnosed AS (
  SELECT d.condition_id, d.system, d.code, d.display
  FROM (
    SELECT c.condition_id, c.system, c.code, c.display, ROW_NUMBER() OVER (
      PARTITION BY c.condition_id
      ORDER BY CASE WHEN c.system = '${snomed}' THEN 0 WHEN c.system LIKE '%icd-10%' THEN 1 ELSE 2 END, c.system, c.code
    ) AS rank
    FROM condition c
    WHERE c.code IS NOT NULL AND COALESCE(c.verification_status, 'confirmed') NOT IN ('refuted', 'entered-in-error')
      AND c.condition_id IN (${named})
  ) d
  WHERE d.rank = 1
)`;
}

function read(mapping: SiteMapping, kept: readonly string[]): string {
  const { rules } = mapping.encounter;
  const reason = reasonColumns.map(
    (name) =>
      `CASE WHEN r.reason_code IS NOT NULL THEN ${name === 'reason_system' ? `'${snomed}'` : `r.${name}`}
      WHEN r.icd_reason_code IS NOT NULL THEN ${name === 'reason_system' ? standardSystem(mapping) : `r.icd_${name}`}
      ELSE d.${name.replace('reason_', '')} END AS ${name}`,
  );
  const source = `CASE
    WHEN COALESCE(r.reason_code, r.icd_reason_code) IS NOT NULL THEN 'reason'
    WHEN d.condition_id IS NULL THEN NULL
    WHEN r.reason_condition_id IS NOT NULL THEN 'reason'
    ELSE 'diagnosis' END AS reason_source`;
  const meanings = codedElements.map(({ column }) => `${column}_.meaning AS ${column}`);
  const joins = codedElements.map(({ element, column }) => {
    const { system, code } = meaningColumns(element);
    return `LEFT JOIN site_code ${column}_ ON ${column}_.element = '${element}' AND ${column}_.system = COALESCE(r.${system}, '') AND ${column}_.code = r.${code}`;
  });
  return `
  SELECT ${[...kept.map((name) => `r.${name}`), ...reason, source, ...meanings].join(', ')},
    ${kindSql(rules)} AS kind,
    ${kindSql(rules, 'part-of')} AS own_kind,
    CAST(NULL AS VARCHAR) AS whole_id
  FROM ${recordedEncounter} r
  LEFT JOIN diagnosed d ON d.condition_id = CASE
    WHEN r.reason_code IS NULL AND r.icd_reason_code IS NULL THEN COALESCE(r.reason_condition_id, r.diagnosis_condition_id) END
  ${joins.join('\n  ')}`;
}

/** The standard URI of the system of an ICD-10 reason. */
function standardSystem(mapping: SiteMapping): string {
  const cases = new SiteSystems(mapping).aliases.map(({ from, to }) => `WHEN ${sqlString(from)} THEN ${sqlString(to)}`);
  return `CASE r.icd_reason_system ${cases.join(' ')} ELSE r.icd_reason_system END`;
}

/** @param without  rules of this kind are passed over */
function kindSql(rules: readonly EncounterRule[], without?: string): string {
  const cases = rules.flatMap((rule, i) =>
    rule.kind === without ? [] : [`WHEN ${[`r.${ruleColumn(i)}`, ...hoursSql(rule)].join(' AND ')} THEN '${rule.kind}'`],
  );
  return cases.length === 0 ? 'r.class_kind' : `CASE ${cases.join(' ')} ELSE r.class_kind END`;
}

function hoursSql({ hours }: EncounterRule): string[] {
  const ms = (value: number): string => String(Math.round(value * 3_600_000));
  const length = 'r.period_end_ms - r.period_start_ms';
  return [
    ...(hours?.atLeast === undefined ? [] : [`${length} >= ${ms(hours.atLeast)}`]),
    ...(hours?.below === undefined ? [] : [`${length} < ${ms(hours.below)}`]),
  ];
}

/** Wholes with what their parts add. */
function parts(names: readonly string[], kind: string): string {
  // One level more than is followed: who still has a whole there is nested too deep, or in a circle.
  const levels = Array.from({ length: maximumDepth + 1 }, (_, i) => `w${i + 1}`);
  // Equalities alone: they are what both engines join by hash or index.
  const joins = levels.map((name, i) => {
    const below = i === 0 ? 'l' : `w${i}`;
    return `LEFT JOIN linkable ${name} ON ${name}.encounter_id = ${below}.link_id AND ${name}.patient_id = ${below}.patient_id`;
  });
  const tooDeep = `w${maximumDepth + 1}.encounter_id IS NOT NULL`;
  const nearestLast = levels.slice(0, maximumDepth).reverse();
  const linked = new Map([
    ['whole_id', `CASE WHEN ${tooDeep} THEN NULL ELSE COALESCE(${nearestLast.map((w) => `${w}.encounter_id`).join(', ')}) END`],
    ['kind', `CASE WHEN x.kind = 'part-of' AND (w1.encounter_id IS NULL OR ${tooDeep}) THEN x.own_kind ELSE x.kind END`],
  ]);
  const isLonger = "((x.period_end_ms IS NULL AND x.status = 'finished') OR e.period_end_ms > x.period_end_ms)";
  const whole = new Map([
    ...startColumns.map((name) => [name, `CASE WHEN x.period_start_ms IS NULL THEN s.${name} ELSE x.${name} END`] as const),
    ...endColumns.map((name) => [name, `CASE WHEN ${isLonger} THEN e.${name} ELSE x.${name} END`] as const),
    ...reasons.map((name) => [name, `CASE WHEN x.reason_code IS NULL THEN q.${name} ELSE x.${name} END`] as const),
  ]);
  return `linkable AS (
  SELECT r.encounter_id, r.patient_id, CASE WHEN ${kind} = 'part-of' AND r.part_of_id <> r.encounter_id THEN r.part_of_id END AS link_id
  FROM ${recordedEncounter} r
),
linked AS (
  SELECT ${columnsSql(names, linked)}
  FROM read x
  LEFT JOIN linkable l ON l.encounter_id = x.encounter_id
  ${joins.join('\n  ')}
),
first_part AS (${firstOfParts(startColumns, 'x.period_start_ms IS NOT NULL', 'x.period_start_ms')}),
last_part AS (${firstOfParts(endColumns, 'x.period_end_ms IS NOT NULL', 'x.period_end_ms DESC')}),
part_reason AS (${firstOfParts(reasons, 'x.reason_code IS NOT NULL', "CASE WHEN x.reason_source = 'reason' THEN 0 ELSE 1 END, x.period_start_ms")})
SELECT ${columnsSql(names, whole)}
FROM linked x
LEFT JOIN first_part s ON s.whole_id = x.encounter_id
LEFT JOIN last_part e ON e.whole_id = x.encounter_id
LEFT JOIN part_reason q ON q.whole_id = x.encounter_id`;
}

/** Per whole the columns of the part that comes first in this order; parts that did not take place are left out. */
function firstOfParts(columns: readonly string[], condition: string, order: string): string {
  return `
  SELECT p.whole_id, ${columns.map((name) => `p.${name}`).join(', ')}
  FROM (
    SELECT x.whole_id, ${columns.map((name) => `x.${name}`).join(', ')},
      ROW_NUMBER() OVER (PARTITION BY x.whole_id ORDER BY ${order}, x.encounter_id) AS rank
    FROM linked x
    WHERE x.whole_id IS NOT NULL AND ${condition} AND COALESCE(x.status, 'unknown') NOT IN ('cancelled', 'planned', 'entered-in-error')
  ) p
  WHERE p.rank = 1
`;
}

function columnsSql(names: readonly string[], made: ReadonlyMap<string, string>): string {
  return names
    .map((name) => {
      const sql = made.get(name);
      return sql === undefined ? `x.${name}` : `${sql} AS ${name}`;
    })
    .join(', ');
}

/** After `encounter`: what was recorded in a part counts for the whole. Statements, run in order; none where the mapping has no parts. */
export function partUpdates(mapping: SiteMapping): string[] {
  if (!mapping.encounter.rules.some(({ kind }) => kind === 'part-of')) return [];
  return ['condition', 'observation', 'procedure', 'medication_request'].map(
    (table) =>
      `UPDATE ${table} SET encounter_id = (SELECT w.whole_id FROM encounter w WHERE w.encounter_id = ${table}.encounter_id)
       WHERE encounter_id IN (SELECT w.encounter_id FROM encounter w WHERE w.whole_id IS NOT NULL)`,
  );
}
