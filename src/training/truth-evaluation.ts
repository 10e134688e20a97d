/**
 * What a known truth lets us say of a model: how much of what can be known it knows, and whether its reasons are the true ones.
 *
 * In   a study on planted records, their truth, held-out (or external) risks and attributions
 * Out  the oracle beside the models, calibration against the oracle's risk, explanations against true contributions
 */
import { outcomeOf } from '../cohort/index.ts';
import {
  compareExplanations,
  compareIntervals,
  compareWithOracle,
  groupNumbers,
  type ExplanationTruth,
  type Interval,
  type IntervalTruth,
  type RiskTruth,
  type Statistic,
} from '../evaluation/index.ts';
import { readFamilies } from '../features/index.ts';
import type { HeldOutAttributions } from './held-out-attributions.ts';
import type { HeldOutIntervals } from './held-out-intervals.ts';
import type { Risks } from './held-out.ts';
import type { Study } from './study.ts';
import { matchTruth, type Truth } from './truth-table.ts';
import { targetOf } from './truth-target.ts';

export interface TruthEvaluation {
  readonly discharges: number;
  /** The drawn event that the oracle foretells, in words. */
  readonly event: string;
  /** Discharges for which that event was drawn. */
  readonly events: number;
  /** What the label says, in words. */
  readonly outcome: string;
  /** Discharges whose label is not the drawn event; then the label's rules are not those of the process. */
  readonly labelDisagreements: number;
  readonly meanOracleRisk: number;
  readonly oracleAuroc: Interval;
  /** By name as in ./held-out.ts, without the prevalence. */
  readonly models: Readonly<Record<string, RiskTruth>>;
  readonly explanations: ExplanationTruth;
  /** Of the forest's risks; null where there are too few events for intervals, or none were asked for. */
  readonly intervals: IntervalTruth | null;
  /** AUROC of forests trained on labels dealt out by chance; should hold 0.5. Null where nothing was trained. */
  readonly permutedAuroc: Interval | null;
  /** What these figures cannot say. */
  readonly limits: readonly string[];
}

export const truthLimits: readonly string[] = [
  'The outcomes are planted: additive on the log-odds scale but for a few products. Such a truth favours logistic regression.',
  'These figures say how much of a known truth is found again; they cannot rank methods for real hospitals, nor foretell a figure there.',
  'The oracle knows the covariates, the process and the earlier outcomes of the patient, not the frailty: on average no forecast is better.',
  'Attributions are in probability and true contributions in log odds: only order and direction are compared.',
];

/**
 * @param input.rows   row of the matrix behind each risk
 * @param input.auroc  the statistic that also judges the models elsewhere
 * @param input.fold   fold of each risk, where several models gave them
 * @throws {SimulationError} SIM_TRUTH_UNMATCHED
 */
export function evaluateTruth(
  study: Study,
  truth: Truth,
  input: {
    readonly risks: Partial<Risks>;
    readonly rows: Int32Array;
    readonly auroc: Statistic;
    readonly fold?: Int32Array;
    /** Of the forest's risks, per row of `rows`. */
    readonly intervals?: HeldOutIntervals | null;
    readonly attributions: HeldOutAttributions;
    readonly permutedAuroc: Interval | null;
  },
  options: { readonly seed: number; readonly draws: number },
): TruthEvaluation {
  const { matrix } = study;
  const { rows, auroc } = input;
  const fold = input.fold === undefined ? {} : { fold: input.fold };
  const { event, outcome, oracle, limits } = targetOf(matchTruth(truth, matrix, rows), study.cohort.definition);
  // A constant has neither order nor slope to compare.
  const { prevalence: _constant, ...risks } = input.risks;
  const compared = compareWithOracle({ outcome, oracle, risks, groups: patientsOf(study, rows), auroc, ...fold }, options);
  return {
    outcome: outcomeOf(study.cohort.definition).description,
    discharges: rows.length,
    event,
    events: outcome.reduce((sum, y) => sum + y, 0),
    labelDisagreements: outcome.reduce((sum, y, i) => sum + (y === matrix.outcome[rows[i] as number] ? 0 : 1), 0),
    meanOracleRisk: oracle.reduce((sum, p) => sum + p, 0) / oracle.length,
    ...compared,
    intervals:
      input.intervals === undefined || input.intervals === null || input.risks.forest === undefined
        ? null
        : compareIntervals(input.risks.forest, input.intervals, oracle),
    explanations: explanationsOf(study, truth, input.attributions, options),
    permutedAuroc: input.permutedAuroc,
    limits: [...truthLimits, ...limits],
  };
}

function explanationsOf(
  study: Study,
  truth: Truth,
  { rows, columns }: HeldOutAttributions,
  options: { readonly seed: number; readonly draws: number },
): ExplanationTruth {
  const { matrix } = study;
  const { contributions } = matchTruth(truth, matrix, rows);
  const familyOf = new Map(readFamilies().flatMap(({ features }) => features.map(({ name, family }) => [name, family] as const)));
  return compareExplanations(
    matrix.features.map(({ name, family }, f) => ({ name, family, attribution: columns[f] as Float64Array })),
    Object.entries(contributions).map(([covariate, contribution]) => ({
      covariate,
      family: familyOf.get(covariate) ?? 'outside the catalogue',
      contribution,
    })),
    patientsOf(study, rows),
    options,
  );
}

function patientsOf(study: Study, rows: Int32Array): Int32Array {
  return groupNumbers(Array.from(rows, (row) => study.matrix.patientIds[row] as string));
}
