/**
 * What a run says in metrics.json: the study it rests on, and the evidence gathered on it. The report is drawn from this alone.
 */
import { outcomeOf, type AttritionLine } from '../cohort/index.ts';
import type { HeldOutEvidence } from './held-out-evidence.ts';
import type { StateIncidence } from './incidence.ts';
import type { Study } from './study.ts';
import type { ValidationOptions } from './validation.ts';

export type RunEvidence = Pick<HeldOutEvidence, 'validations' | 'repeated' | 'importance' | 'learningCurve' | 'leakage'> & {
  readonly evidence: Partial<HeldOutEvidence['evidence']>;
};

/** The discharges of a study: what they are judged by, how they were found, what followed. */
export interface PopulationMetrics {
  /** In words. */
  readonly outcome: string;
  readonly discharges: number;
  readonly patients: number;
  /** Discharges by what followed first. */
  readonly states: Readonly<Record<string, number>>;
  readonly attrition: readonly { readonly rule: string; readonly removed: number; readonly remaining: number }[];
  readonly attritionLines: readonly AttritionLine[];
  /** Last complete day, yyyymmdd. */
  readonly runOut: number;
  /** Share with each kind of first event by each day to the horizon; null with a researcher's own labels. */
  readonly cumulativeIncidence: readonly StateIncidence[] | null;
}

export interface RunMetrics extends RunEvidence, PopulationMetrics {
  /** How the outcomes were planted; null where records are as they were recorded. */
  readonly planting: { readonly process: string; readonly processSha256: string; readonly seed: number } | null;
  readonly featureSet: string;
  readonly seed: number;
  /** Bootstrap draws. */
  readonly draws: number;
}

export function runMetrics(study: Study, run: RunEvidence, options: Pick<ValidationOptions, 'seed' | 'draws'>): RunMetrics {
  const { planting } = study.manifest;
  const { validations, evidence, repeated, importance, learningCurve, leakage } = run;
  return {
    ...populationMetrics(study),
    planting:
      planting === undefined ? null : { process: planting.process, processSha256: planting.processSha256, seed: planting.seed },
    featureSet: study.features.name,
    seed: options.seed,
    draws: options.draws ?? 1000,
    validations,
    evidence,
    repeated,
    importance,
    learningCurve,
    leakage,
  };
}

export function populationMetrics({ matrix, cohort, incidence }: Study): PopulationMetrics {
  return {
    outcome: outcomeOf(cohort.definition).description,
    discharges: matrix.rows,
    patients: new Set(matrix.patientIds).size,
    states: countStates(matrix.outcomeStates),
    attrition: attritionSteps(cohort.attrition),
    attritionLines: cohort.attrition,
    runOut: cohort.runOut,
    cumulativeIncidence: incidence,
  };
}

/** Discharges by what followed first. */
export function countStates(states: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The flow as rules with what each removed: 30 stays, 40 the exclusions; of a table its rows alone, 50. */
export function attritionSteps(lines: readonly AttritionLine[]): { rule: string; removed: number; remaining: number }[] {
  const stays = lines.find((line) => line.step === 30);
  let remaining = stays?.n ?? lines.find((line) => line.step === 50)?.n ?? 0;
  const start = { rule: stays === undefined ? 'rows of the table' : 'stays', removed: 0, remaining };
  return [
    start,
    ...lines
      .filter((line) => line.step === 40)
      .map((line) => {
        remaining -= line.n;
        return { rule: line.label, removed: line.n, remaining };
      }),
  ];
}
