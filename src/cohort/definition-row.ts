/**
 * The one-row table every cohort rule reads its options from.
 *
 * In   a cohort definition, the run-out day, how much of each record is complete
 * Out  columns and values of `cohort_definition`; switches are 0 or 1, times in days or milliseconds as their names say
 */
import type { CohortDefinition } from './definition.ts';

/** How much of each patient's record is complete; see the coverage of a landing folder's manifest. */
export interface RecordSpan {
  /** Calendar date from which records were searched; null is from the beginning. */
  readonly from: string | null;
  /** Complete only for this many years before the earlier of death and the end of the records. */
  readonly historyYears?: number | undefined;
  /** By `Patient/x`: the instant from which this record is complete, in place of historyYears before its end. */
  readonly completeFrom?: Readonly<Record<string, string>> | undefined;
  /** The earlier of the transaction time and the last event: a server asked long after its records end adds nothing to them. */
  readonly recordedUntilMs: number;
}

type Value = number | null;
type ValueOf = (definition: CohortDefinition, runOutDay: number, span: RecordSpan | undefined) => Value;

const hour = 3_600_000;
const day = 86_400_000;
const flag = (value: boolean): number => (value ? 1 : 0);

const columns: readonly (readonly [name: string, type: 'INTEGER' | 'BIGINT', valueOf: ValueOf])[] = [
  ['stitch_gap_ms', 'BIGINT', (d) => Math.round(d.stitching.gapHours * hour)],
  ['stitch_any_gap', 'INTEGER', (d) => flag(d.stitching.anyGap)],
  ['stitch_transfer_type', 'INTEGER', (d) => flag(d.stitching.transferType)],
  ['stitch_other_hospital', 'INTEGER', (d) => flag(d.stitching.otherHospital)],
  ['stitch_same_condition', 'INTEGER', (d) => flag(d.stitching.sameCondition)],
  ['open_encounter_ms', 'BIGINT', (d) => d.stitching.openEncounterDays * day],
  ['count_observation', 'INTEGER', (d) => flag(d.inpatientEquivalent.observation)],
  [
    'inpatient_from_ms',
    'BIGINT',
    (d) => (d.inpatientEquivalent.fromHours === null ? null : Math.round(d.inpatientEquivalent.fromHours * hour)),
  ],
  ['emergency_link_ms', 'BIGINT', (d) => Math.round(d.emergencyLinkHours * hour)],
  ['horizon_days', 'INTEGER', (d) => d.horizonDays],
  ['horizon_ms', 'BIGINT', (d) => d.horizonDays * day],
  ['horizon_elapsed', 'INTEGER', (d) => flag(d.horizonUnit === 'elapsed')],
  ['composite', 'INTEGER', (d) => flag(d.outcome.composite)],
  ['minimum_age', 'INTEGER', (d) => d.minimumAge],
  ['exclude_nursing', 'INTEGER', (d) => flag(d.exclude.nursing)],
  ['exclude_look_back', 'INTEGER', (d) => flag(d.exclude.lookBack)],
  ['exclude_sleep_study', 'INTEGER', (d) => flag(d.exclude.sleepStudy)],
  ['exclude_died_in_stay', 'INTEGER', (d) => flag(d.exclude.diedInStay)],
  ['exclude_against_advice', 'INTEGER', (d) => flag(d.exclude.againstAdvice)],
  ['exclude_transfer_out', 'INTEGER', (d) => flag(d.exclude.transferOut)],
  ['exclude_rehabilitation', 'INTEGER', (d) => flag(d.exclude.rehabilitation)],
  ['exclude_psychiatric', 'INTEGER', (d) => flag(d.exclude.psychiatric)],
  ['exclude_detoxification', 'INTEGER', (d) => flag(d.exclude.detoxification)],
  ['exclude_cancer_treatment', 'INTEGER', (d) => flag(d.exclude.cancerTreatment)],
  ['exclude_day_case', 'INTEGER', (d) => flag(d.exclude.dayCase)],
  ['planned_by_type', 'INTEGER', (d) => flag(d.plannedByType)],
  ['run_out_day', 'INTEGER', (_d, runOutDay) => runOutDay],
  // The end of that day.
  ['run_out_ms', 'BIGINT', (_d, runOutDay) => (runOutDay + 1) * day],
  ['lookback_ms', 'BIGINT', (d) => d.lookbackDays * day],
  ['covered_from_ms', 'BIGINT', (_d, _runOut, span) => (span?.from ? Date.parse(`${span.from}T00:00:00Z`) : null)],
  [
    'history_ms',
    'BIGINT',
    (_d, _runOut, span) => (span?.historyYears === undefined ? null : Math.round(span.historyYears * 365.25 * day)),
  ],
  ['recorded_until_ms', 'BIGINT', (_d, _runOut, span) => (span === undefined ? null : span.recordedUntilMs)],
];

/** Column definitions, joined by commas. */
export const cohortDefinitionColumns = columns.map(([name, type]) => `${name} ${type}`).join(', ');

/**
 * Values in the order of the columns, joined by commas.
 *
 * @param runOutDay  calendar days since 1970-01-01
 * @param span       absent where one discharge is scored: what a request covers is told feature by feature
 */
export function cohortDefinitionRow(definition: CohortDefinition, runOutDay: number, span?: RecordSpan): string {
  return columns.map(([, , valueOf]) => valueOf(definition, runOutDay, span) ?? 'NULL').join(', ');
}
