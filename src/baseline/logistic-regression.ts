/**
 * Logistic regression on the same features as the forest: the comparator that reviews of readmission models ask for.
 *
 * In      feature columns with gaps, outcome and patient number per training discharge
 * Out     a model; risks of other discharges
 * Rules   imputation, indicators and scales of ./standardisation.ts; objective and penalty of ./penalised-fit.ts
 * Choice  C comes from a short grid by patient-grouped cross-validation inside the training rows: the least log loss of held-out
 *         rows, of equal ones the strongest penalty. Each inner fold learns its own medians and scales
 * Choice  the grid is walked from the strongest penalty on, each fit starting at the one before, and left when two in a row are worse
 * Choice  with one outcome only in the training rows, every discharge gets the base rate with half an event more
 * Source  objective as LogisticRegression(C) of scikit-learn; Christodoulou 2019, doi:10.1016/j.jclinepi.2019.02.004 (why it stands here)
 */
import { randomStream } from '../util/random.ts';
import { fitPenalised, linearPredictor, type PenalisedFit } from './penalised-fit.ts';
import { learnStandardisation, standardise, type StandardColumn } from './standardisation.ts';

export interface LogisticModel {
  readonly columns: readonly StandardColumn[];
  /** Per column, of values with mean 0 and standard deviation 1. */
  readonly coefficients: Float64Array;
  /** Log odds where every column is at its mean. */
  readonly intercept: number;
  /** C of the objective; null where there was nothing to fit. */
  readonly c: number | null;
}

export interface LogisticTable {
  /** Feature columns, NaN where missing. */
  readonly columns: readonly Float64Array[];
  /** 0 or 1 per row. */
  readonly outcome: Uint8Array;
  /** Patient number per row. */
  readonly groups: Int32Array;
}

export interface LogisticOptions {
  /** For the inner folds. */
  readonly seed: number;
  /** C to choose from, ascending; default penaltyGrid. One value is taken as it is. */
  readonly grid?: readonly number[];
  /** Inner folds; default 3. */
  readonly innerFolds?: number;
}

/** From all but the base rate to hardly any shrinkage, for columns with standard deviation 1 and some thousand rows. */
export const penaltyGrid: readonly number[] = [0.0001, 0.001, 0.01, 0.1, 1];

const FINAL_TOLERANCE = 1e-18;
/** A thousandth of a difference in log-likelihood that would mean anything. */
const INNER_TOLERANCE = 1e-4;

/** O(rows x columns²) where columns are dense, far less where most cells are at their median. */
export function fitLogistic(table: LogisticTable, options: LogisticOptions): LogisticModel {
  const { outcome } = table;
  if (!hasBoth(outcome)) {
    const rate = (outcome.reduce((sum, y) => sum + y, 0) + 0.5) / (outcome.length + 1);
    return { columns: [], coefficients: new Float64Array(), intercept: Math.log(rate / (1 - rate)), c: null };
  }
  const grid = options.grid ?? penaltyGrid;
  const c = grid.length === 1 ? (grid[0] as number) : choosePenalty(table, grid, options);
  const columns = learnStandardisation(table.columns);
  const { weights } = fitPenalised(standardise(columns, table.columns, outcome.length), outcome, c, FINAL_TOLERANCE);
  const coefficients = weights.subarray(0, columns.length);
  const intercept = columns.reduce((sum, { mean }, j) => sum + coefficients[j]! * mean, weights[columns.length]!);
  return { columns, coefficients, intercept, c };
}

/** Risk in [0, 1] per row. @param columns  as many and in the order that were learnt from  @param rows  their length */
export function logisticRisk(model: LogisticModel, columns: readonly Float64Array[], rows: number): Float64Array {
  const origin = model.columns.reduce((sum, { mean }, j) => sum - model.coefficients[j]! * mean, model.intercept);
  const weights = Float64Array.of(...model.coefficients, origin);
  return linearPredictor(standardise(model.columns, columns, rows), weights).map((z) => 1 / (1 + Math.exp(-z)));
}

function choosePenalty(table: LogisticTable, grid: readonly number[], options: LogisticOptions): number {
  const parts = innerParts(table, options);
  // Too few events to tell penalties apart: shrink most.
  if (parts.length === 0) return grid[0] as number;
  const fits: (PenalisedFit | undefined)[] = parts.map(() => undefined);
  let best = { c: grid[0] as number, loss: Infinity };
  let worse = 0;
  for (const c of grid) {
    let loss = 0;
    for (const [k, { x, outcome, test, testOutcome }] of parts.entries()) {
      const fit = fitPenalised(x, outcome, c, INNER_TOLERANCE, fits[k]);
      fits[k] = fit;
      linearPredictor(test, fit.weights).forEach((z, i) => {
        loss += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(testOutcome[i] === 1 ? -z : z, 0);
      });
    }
    worse = loss < best.loss ? 0 : worse + 1;
    if (loss < best.loss) best = { c, loss };
    if (worse === 2) break;
  }
  return best.c;
}

/** Inner training and test rows, standardised by the inner training rows; parts that lack an outcome are left out. */
function innerParts(
  table: LogisticTable,
  { seed, innerFolds = 3 }: LogisticOptions,
): {
  x: ReturnType<typeof standardise>;
  outcome: Uint8Array;
  test: ReturnType<typeof standardise>;
  testOutcome: Uint8Array;
}[] {
  const fold = table.groups.map((group) => randomStream(seed, group).below(innerFolds));
  return Array.from({ length: innerFolds }, (_, k) => {
    const part = (inside: boolean): { columns: Float64Array[]; outcome: Uint8Array; rows: number } => {
      const isWanted = (_value: number, r: number): boolean => (fold[r] === k) === inside;
      const outcome = table.outcome.filter(isWanted);
      return { columns: table.columns.map((column) => column.filter(isWanted)), outcome, rows: outcome.length };
    };
    const [train, test] = [part(false), part(true)];
    const columns = learnStandardisation(train.columns);
    return {
      x: standardise(columns, train.columns, train.rows),
      outcome: train.outcome,
      test: standardise(columns, test.columns, test.rows),
      testOutcome: test.outcome,
    };
  }).filter(({ outcome, testOutcome }) => hasBoth(outcome) && testOutcome.length > 0);
}

function hasBoth(outcome: Uint8Array): boolean {
  return outcome.includes(0) && outcome.includes(1);
}
