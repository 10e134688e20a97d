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
export const dischargeRelations: readonly Relation[] = [
  'acute-encounter',
  'stay-encounter',
  'stay',
  'discharge',
  'index-discharge',
].map(file);
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
  'planned_by_type INTEGER, run_out_day INTEGER, lookback_ms BIGINT, covered_from_ms BIGINT, history_ms BIGINT, recorded_until_ms BIGINT';

/** How much of each patient's record is complete; see the coverage of a landing folder's manifest. */
export interface RecordSpan {
  /** Calendar date from which records were searched; null is from the beginning. */
  readonly from: string | null;
  /** Complete only for this many years before the earlier of death and the end of the records. */
  readonly historyYears?: number | undefined;
  /** The earlier of the transaction time and the last event: a server asked long after its records end adds nothing to them. */
  readonly recordedUntilMs: number;
}

/**
 * @param runOutDay  calendar days since 1970-01-01
 * @param span       absent where one discharge is scored: what a request covers is told feature by feature
 */
export function cohortDefinitionRow(definition: CohortDefinition, runOutDay: number, span?: RecordSpan): string {
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
    definition.lookbackDays * 86_400_000,
    span?.from ? Date.parse(`${span.from}T00:00:00Z`) : 'NULL',
    span?.historyYears === undefined ? 'NULL' : Math.round(span.historyYears * 365.25 * 86_400_000),
    span === undefined ? 'NULL' : span.recordedUntilMs,
  ].join(', ');
}

/**
 * Builds the cohort.
 *
 * @param runOut  last complete calendar day as yyyymmdd; undefined takes the earlier of the landing's transaction time and the last event
 * @throws {CohortError} COHORT_RUN_OUT when the run-out day lies past the transaction time, COHORT_EMPTY when no dated record is found and no run-out day is given, COHORT_ACCOUNTING when counts do not add up
 */
export async function buildCohort(
  warehouse: Warehouse,
  definition: CohortDefinition,
  options: {
    transactionTime: string;
    runOut?: number | undefined;
    /** Absent: every record is complete from the beginning. */
    coverage?: Omit<RecordSpan, 'recordedUntilMs'>;
  },
): Promise<Cohort> {
  const recordedDay = dayBefore(Date.parse(options.transactionTime));
  if (options.runOut !== undefined && options.runOut > recordedDay) {
    throw new CohortError(
      'COHORT_RUN_OUT',
      `expected a run-out day up to ${recordedDay}, the last whole day before the transaction time, found ${options.runOut}`,
    );
  }
  const recordedUntil = Math.min(await lastEvent(warehouse, options.runOut), Date.parse(options.transactionTime));
  const runOut = options.runOut ?? dayBefore(recordedUntil);
  const [day] = await warehouse.rows(`SELECT ymd_day(${runOut}) AS day`);
  await warehouse.run(`CREATE OR REPLACE TABLE cohort_definition (${cohortDefinitionColumns})`);
  const span = { from: null, ...options.coverage, recordedUntilMs: recordedUntil };
  await warehouse.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, Number(day?.['day']), span)})`);
  for (const relation of [...dischargeRelations, outcomeRelation]) await warehouse.create(relation);
  const attrition = (await warehouse.rows(attritionRelation.sql, [], attritionRelation.file)).map(toLine);
  checkAttrition(attrition);
  return { definition, runOut, attrition };
}

/** The last event seen, epoch ms; without any, the run-out day that was asked for stands in. */
async function lastEvent(warehouse: Warehouse, runOut: number | undefined): Promise<number> {
  const [row] = await warehouse.rows(
    `SELECT MAX(e.ms) AS ms FROM (
       SELECT MAX(GREATEST(period_start_ms, COALESCE(period_end_ms, period_start_ms))) AS ms FROM encounter
       UNION ALL SELECT MAX(effective_ms) FROM observation
       UNION ALL SELECT MAX(authored_ms) FROM medication_request) e`,
    [],
    'run-out',
  );
  const ms = row?.['ms'];
  if (typeof ms === 'number') return ms;
  if (runOut !== undefined) return Infinity;
  throw new CohortError('COHORT_EMPTY', 'expected dated encounters, found none; pull Encounter resources first');
}

/** The last calendar day that had ended by then, as yyyymmdd: a day half recorded cannot be the last day of a follow-up. */
function dayBefore(ms: number): number {
  return Number(new Date(ms + 1 - 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''));
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
