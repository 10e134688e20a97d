/**
 * The cohort: stays, index discharges and outcomes, made by the SQL files of this folder over flat tables.
 *
 * In      a warehouse with flat tables and terminology, a cohort definition, the run-out day
 * Out     relations acute_encounter, stay_encounter, stay, discharge, index_discharge, outcome; attrition as rows
 * Checks  stays = index discharges + excluded stays, and index discharges = sum of outcome states, on every run
 */
import { CohortError } from '../errors.ts';
import { readRelation, type Relation, type Row, type Warehouse } from '../warehouse/index.ts';
import type { CohortDefinition } from './definition.ts';

const file = (name: string): Relation => readRelation(new URL(`./sql/${name}.sql`, import.meta.url));

/** From encounters to index discharges, in order; also run over one patient when a score is asked for. */
export const dischargeRelations: readonly Relation[] = ['acute-encounter', 'stay-encounter', 'stay', 'discharge', 'index-discharge'].map(file);
/** What followed; only where the future is known. */
export const outcomeRelation: Relation = file('outcome');
const attritionRelation: Relation = file('attrition');

export interface AttritionLine {
  readonly step: number;
  readonly label: string;
  readonly unit: string;
  readonly n: number;
}

export interface Cohort {
  readonly definition: CohortDefinition;
  /** Last calendar day, yyyymmdd, on which records are complete. */
  readonly runOut: number;
  readonly attrition: readonly AttritionLine[];
}

/** Columns of the one-row table every cohort rule reads its options from. */
export const cohortDefinitionColumns =
  'stitch_gap_ms BIGINT, stitch_any_gap INTEGER, horizon_days INTEGER, minimum_age INTEGER, exclude_sleep_study INTEGER, ' +
  'exclude_against_advice INTEGER, exclude_transfer_out INTEGER, exclude_detoxification INTEGER, exclude_cancer_treatment INTEGER, ' +
  'planned_by_type INTEGER, run_out_day INTEGER';

/** @param runOutDay  calendar days since 1970-01-01 */
export function cohortDefinitionRow(definition: CohortDefinition, runOutDay: number): string {
  const flag = (value: boolean): number => (value ? 1 : 0);
  const { stitching, exclude } = definition;
  return [
    Math.round(stitching.gapHours * 3_600_000),
    flag(stitching.anyGap),
    definition.horizonDays,
    definition.minimumAge,
    flag(exclude.sleepStudy),
    flag(exclude.againstAdvice),
    flag(exclude.transferOut),
    flag(exclude.detoxification),
    flag(exclude.cancerTreatment),
    flag(definition.plannedByType),
    runOutDay,
  ].join(', ');
}

/**
 * Builds the cohort.
 *
 * @param runOut  last complete calendar day as yyyymmdd; undefined takes the earlier of the landing's transaction time and the last event
 * @throws {CohortError} COHORT_EMPTY when no inpatient encounter is found, COHORT_ACCOUNTING when counts do not add up
 */
export async function buildCohort(
  warehouse: Warehouse,
  definition: CohortDefinition,
  options: { transactionTime: string; runOut?: number | undefined },
): Promise<Cohort> {
  const runOut = options.runOut ?? (await lastCompleteDay(warehouse, options.transactionTime));
  const [day] = await warehouse.rows(`SELECT ymd_day(${runOut}) AS day`);
  await warehouse.run(`CREATE OR REPLACE TABLE cohort_definition (${cohortDefinitionColumns})`);
  await warehouse.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, Number(day?.['day']))})`);
  for (const relation of [...dischargeRelations, outcomeRelation]) await warehouse.create(relation);
  const attrition = (await warehouse.rows(attritionRelation.sql, [], attritionRelation.file)).map(toLine);
  checkAttrition(attrition);
  return { definition, runOut, attrition };
}

/** The earlier of the transaction time and the last event seen, as yyyymmdd. */
async function lastCompleteDay(warehouse: Warehouse, transactionTime: string): Promise<number> {
  const [row] = await warehouse.rows(
    `SELECT CAST(ms_ymd(LEAST(MAX(e.ms), fhir_ms('${new Date(transactionTime).toISOString()}'))) AS INTEGER) AS ymd FROM (
       SELECT MAX(GREATEST(period_start_ms, COALESCE(period_end_ms, period_start_ms))) AS ms FROM encounter
       UNION ALL SELECT MAX(effective_ms) FROM observation
       UNION ALL SELECT MAX(authored_ms) FROM medication_request) e`,
    [],
    'run-out',
  );
  const ymd = row?.['ymd'];
  if (typeof ymd !== 'number') {
    throw new CohortError('COHORT_EMPTY', 'expected dated encounters, found none; pull Encounter resources first');
  }
  return ymd;
}

function toLine(row: Row): AttritionLine {
  return { step: Number(row['step']), label: String(row['label']), unit: String(row['unit']), n: Number(row['n']) };
}

function checkAttrition(lines: readonly AttritionLine[]): void {
  const sum = (step: number): number => lines.filter((line) => line.step === step).reduce((total, line) => total + line.n, 0);
  const [stays, excluded, index, outcomes] = [sum(30), sum(40), sum(50), sum(70)];
  if (stays === index + excluded && index === outcomes) return;
  throw new CohortError(
    'COHORT_ACCOUNTING',
    `expected stays = index + excluded and index = outcomes, found ${stays}, ${index}, ${excluded}, ${outcomes}; this is a defect, please report it`,
  );
}
