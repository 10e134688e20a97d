/**
 * The discharges of a study that a model was judged on, where others were left out: how many, of whom, and what followed them.
 */
import { incidenceOf, type StateIncidence } from './incidence.ts';
import { countStates } from './run-metrics.ts';
import type { Study } from './study.ts';

export interface JudgedPopulation {
  readonly discharges: number;
  readonly patients: number;
  /** Whether the records are made up. */
  readonly synthetic: boolean;
  /** Discharges by what followed first. */
  readonly states: Readonly<Record<string, number>>;
  /** Of the patients judged, those discharges included that run-out keeps from the index; null where outcomes have no days. */
  readonly cumulativeIncidence: readonly StateIncidence[] | null;
}

/** @param rows  of the study's matrix */
export function judgedPopulation(study: Study, rows: Int32Array): JudgedPopulation {
  const { matrix, cohort, followUp } = study;
  const patients = new Set(Array.from(rows, (row) => matrix.patientIds[row] as string));
  return {
    discharges: rows.length,
    patients: patients.size,
    synthetic: study.manifest.synthetic,
    states: countStates(Array.from(rows, (row) => matrix.outcomeStates[row] as string)),
    cumulativeIncidence:
      followUp === undefined || followUp === null ? null : incidenceOf(followUp, cohort.definition, 'daily', patients),
  };
}
