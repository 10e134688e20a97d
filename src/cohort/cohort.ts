/**
 * The cohort: stays, index discharges and outcomes, made by the SQL files of this folder over flat tables.
 *
 * In      a warehouse with flat tables and terminology, a cohort definition, the run-out day
 * Out     relations inpatient_encounter, acute_encounter, stay_encounter, stay, discharge, index_discharge, outcome; attrition as rows
 * Checks  the accounting identities of attrition.ts, on every run
 * Choice  where a labels file is given, its labels are the outcome: run-out keeps nothing out, a discharge without a label is left out
 */
import { CohortError } from '../errors.ts';
import { readRelation, type Relation, type Warehouse } from '../warehouse/index.ts';
import { readAttrition, type AttritionLine } from './attrition.ts';
import { cohortDefinitionColumns, cohortDefinitionRow, type RecordSpan } from './definition-row.ts';
import type { CohortDefinition } from './definition.ts';
import { describeLabels, loadLabels } from './labels.ts';

const file = (name: string): Relation => readRelation(new URL(`./sql/${name}.sql`, import.meta.url));

/** From encounters to index discharges, in order; also run over one patient when a score is asked for. */
export const dischargeRelations: readonly Relation[] = [
  'inpatient-encounter',
  'acute-encounter',
  'stay-encounter',
  'stay',
  'discharge',
  'index-discharge',
].map(file);
/** What followed; only where the future is known. */
export const outcomeRelation: Relation = file('outcome');
/** A researcher's labels in its place. */
const labelledOutcomeRelation: Relation = { ...file('labelled-outcome'), name: 'outcome' };

export interface Cohort {
  readonly definition: CohortDefinition;
  /** Last calendar day, yyyymmdd, on which records are complete. */
  readonly runOut: number;
  readonly attrition: readonly AttritionLine[];
}

/**
 * Builds the cohort.
 *
 * @param runOut  last complete calendar day as yyyymmdd; undefined takes the earlier of the landing's transaction time and the last event
 * @throws {CohortError} COHORT_RUN_OUT when the run-out day lies past the transaction time, COHORT_EMPTY when no dated record is found and no run-out day is given, COHORT_ACCOUNTING when counts do not add up,
 *         COHORT_LABELS_* as loadLabels
 */
export async function buildCohort(
  warehouse: Warehouse,
  definition: CohortDefinition,
  options: {
    transactionTime: string;
    runOut?: number | undefined;
    /** Absent: every record is complete from the beginning. */
    coverage?: Omit<RecordSpan, 'recordedUntilMs'>;
    /** File of labels that take the place of the outcome. */
    labels?: string | undefined;
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
  const lastDay = options.labels === undefined ? Number(day?.['day']) : noRunOutDay;
  await warehouse.run(`INSERT INTO cohort_definition VALUES (${cohortDefinitionRow(definition, lastDay, span)})`);
  await loadRecordStarts(warehouse, options.coverage?.completeFrom ?? {});
  for (const relation of dischargeRelations) {
    if (relation.name === 'index_discharge' && options.labels !== undefined) await applyLabels(warehouse, options.labels);
    await warehouse.create(relation);
  }
  await warehouse.create(options.labels === undefined ? outcomeRelation : labelledOutcomeRelation);
  const { labels: _earlier, ...rules } = definition;
  const used = options.labels === undefined ? rules : { ...rules, labels: await describeLabels(options.labels) };
  return { definition: used, runOut, attrition: await readAttrition(warehouse, used) };
}

/** Columns of record_start: patients whose record is complete from an instant of its own. */
export const recordStartColumns = 'patient_id VARCHAR, complete_from_ms BIGINT';

async function loadRecordStarts(warehouse: Warehouse, completeFrom: Readonly<Record<string, string>>): Promise<void> {
  await warehouse.run(`CREATE OR REPLACE TABLE record_start (${recordStartColumns})`);
  const starts = Object.fromEntries(Object.entries(completeFrom).map(([patient, instant]) => [patient, Date.parse(instant)]));
  const rows = 'SELECT j.key, CAST(j.value AS BIGINT) FROM json_each(CAST(? AS JSON)) j';
  await warehouse.run(`INSERT INTO record_start ${rows}`, [JSON.stringify(starts)], 'record_start');
}

/** Later than every calendar day. */
const noRunOutDay = 3_000_000;

async function applyLabels(warehouse: Warehouse, path: string): Promise<void> {
  await loadLabels(warehouse, path);
  await warehouse.run(
    "UPDATE discharge SET exclusion = 'no-label' WHERE exclusion IS NULL AND stay_id NOT IN (SELECT stay_id FROM stay_label)",
    [],
    'labels',
  );
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
