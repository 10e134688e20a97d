/**
 * Held-out risks: every model is fitted on training rows only and asked about test rows, the baselines beside the forest.
 *
 * In      a study, the rows to train on and the rows to predict
 * Out     per model the risk of each test row; the forest's calibrated on its own out-of-bag outputs
 * Choice  nothing is tuned or selected on test rows; early steps (reason rates, score lines, medians and penalty of the logistic regression,
 *         calibration) are fitted in the training rows
 */
import { fitLogistic, fitReasonLookup, fitScoreLine, logisticRisk, lookUpReasons, scoreRisk } from '../baseline/index.ts';
import { predictColumns, trainForest, type FlatForest, type ForestOptions, type TrainingRun } from '../forest/index.ts';
import { applyCalibration, fitCalibration } from '../model/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import { scoreNames, type ScoreName, type Study } from './study.ts';

export const modelNames = ['forest', 'logistic', 'prevalence', 'reason', ...scoreNames] as const;
export type ModelName = (typeof modelNames)[number];
/** A score is absent where it cannot be computed for every discharge, such as LACE over records without conditions; the lookup by reason where no
 *  discharge has one. */
export type Risks = Readonly<
  Record<'forest' | 'logistic' | 'prevalence', Float64Array> & Partial<Record<'reason' | ScoreName, Float64Array>>
>;

/** A forest of which some rows saw nothing, and what it says of them. */
export interface FittedForest {
  readonly forest: FlatForest;
  readonly train: Int32Array;
  /** Per row of `train`; NaN where the row was in every tree's sample. */
  readonly outOfBag: Float64Array;
  readonly test: Int32Array;
  /** Forest output per row of `test`, not calibrated. */
  readonly outputs: Float64Array;
}

export interface HeldOutRun extends TrainingRun {
  /** Sees the forest before it is let go. */
  readonly onForest?: (fitted: FittedForest) => void;
}

export async function heldOutRisks(
  study: Study,
  train: Int32Array,
  test: Int32Array,
  options: Partial<ForestOptions>,
  run: HeldOutRun = {},
): Promise<Risks> {
  const forest = await heldOutForest(study, train, test, options, run);
  const { matrix } = study;
  const table = trainingTable(matrix, train);
  const logistic = fitLogistic(table, { seed: options.seed ?? 1 });
  const reasons = (rows: Int32Array): (string | null)[] => Array.from(rows, (r) => matrix.reasons[r] as string | null);
  const lookup = fitReasonLookup(reasons(train), table.outcome);
  const score = (name: ScoreName): Float64Array => {
    const line = fitScoreLine(take(study.scores[name], train), table.outcome);
    return scoreRisk(line, take(study.scores[name], test));
  };
  const known = scoreNames.filter((name) => !study.scores[name].some((points) => Number.isNaN(points)));
  return {
    forest,
    logistic: logisticRisk(logistic, takeColumns(matrix.columns, test), test.length),
    prevalence: new Float64Array(test.length).fill(lookup.baseRate),
    ...(hasReasons(matrix) ? { reason: lookUpReasons(lookup, reasons(test)) } : {}),
    ...Object.fromEntries(known.map((name) => [name, score(name)])),
  };
}

/** Whether any discharge has a reason; a table of one's own need not. */
export function hasReasons({ reasons }: Pick<FeatureMatrix, 'reasons'>): boolean {
  return reasons.some((reason) => reason !== null);
}

/** The forest's risks alone, calibrated on its own out-of-bag outputs. */
export async function heldOutForest(
  { matrix }: Pick<Study, 'matrix'>,
  train: Int32Array,
  test: Int32Array,
  options: Partial<ForestOptions>,
  run: HeldOutRun = {},
): Promise<Float64Array> {
  const table = trainingTable(matrix, train);
  const { forest, outOfBag } = await trainForest(table, options, run);
  const map = fitCalibration(table.outcome, outOfBag);
  const outputs = predictColumns(forest, takeColumns(matrix.columns, test), test.length);
  run.onForest?.({ forest, train, outOfBag, test, outputs });
  return outputs.map((output) => applyCalibration(map, output));
}

export function trainingTable(
  matrix: FeatureMatrix,
  rows: Int32Array,
): {
  featureCount: number;
  rows: number;
  columns: Float64Array[];
  outcome: Uint8Array;
  groups: Int32Array;
} {
  return {
    featureCount: matrix.features.length,
    rows: rows.length,
    columns: takeColumns(matrix.columns, rows),
    outcome: Uint8Array.from(rows, (r) => matrix.outcome[r] as number),
    groups: Int32Array.from(rows, (r) => matrix.groups[r] as number),
  };
}

export function allRows(matrix: FeatureMatrix): Int32Array {
  return Int32Array.from({ length: matrix.rows }, (_, r) => r);
}

/** Values of the rows, in their order. */
export function take(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (r) => values[r] as number);
}

/** take of each column. */
export function takeColumns(columns: readonly Float64Array[], rows: Int32Array): Float64Array[] {
  return columns.map((column) => take(column, rows));
}
