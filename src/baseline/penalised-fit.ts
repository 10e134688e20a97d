/**
 * The fit of an L2-penalised logistic regression.
 *
 * Objective  minimise over w and b  C · Σᵢ log(1 + exp(−sᵢ (xᵢ·w + b))) + ½ ‖w‖²,  sᵢ = ±1: scikit-learn's; b is not penalised.
 *            Computed after division by C, with λ = 1 / C
 * Method     Newton's method with step halving; the Cholesky factor of the second derivatives is kept as long as the steps shrink well
 *            with it, for making it costs as much as a dozen gradients. The gradient is always exact, so is what it ends at
 * Existence  the objective is strictly convex in w, and b is finite where both outcomes are present
 */
import { choleskyFactor, choleskySolve } from './cholesky.ts';
import type { SparseRows } from './standardisation.ts';

export interface PenalisedFit {
  /** Coefficient per column, then the intercept. */
  readonly weights: Float64Array;
  /** Second derivatives of the unpenalised part, where they were last made; a start for a neighbouring penalty. */
  readonly curvature: Float64Array;
}

const MAX_STEPS = 200;
/** A step that leaves more than this share of the decrement shows that the factor is too old. */
const GOOD_STEP = 0.1;

/**
 * @param outcome    0 or 1 per row, both present
 * @param c          C of the objective, > 0
 * @param tolerance  squared Newton decrement at which the fit is done, in units of the log-likelihood
 * @param start      fit of a neighbouring penalty on the same rows
 */
export function fitPenalised(
  x: SparseRows,
  outcome: Uint8Array,
  c: number,
  tolerance: number,
  start?: PenalisedFit,
): PenalisedFit {
  const n = x.columns + 1;
  const lambda = 1 / c;
  let weights = start?.weights.slice() ?? nullWeights(outcome, n);
  let curvature = start?.curvature ?? secondDerivatives(x, weights);
  let factor = penalisedFactor(curvature, n, lambda);
  let isFresh = start === undefined;
  let { value, gradient } = objective(x, outcome, weights, lambda);
  let before = Infinity;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    let move = choleskySolve(factor, gradient);
    let decrement = dot(move, gradient);
    if (decrement > tolerance && decrement > GOOD_STEP * before && !isFresh) {
      curvature = secondDerivatives(x, weights);
      factor = penalisedFactor(curvature, n, lambda);
      move = choleskySolve(factor, gradient);
      decrement = dot(move, gradient);
    }
    if (decrement <= tolerance) break;
    before = decrement;
    const taken = lineSearch(x, outcome, weights, move, lambda, value);
    // Rounding is all that is left to gain.
    if (taken === undefined) break;
    ({ weights, value, gradient } = taken);
    isFresh = false;
  }
  return { weights, curvature };
}

/** Log odds of each row. */
export function linearPredictor(x: SparseRows, weights: Float64Array): Float64Array {
  const eta = new Float64Array(x.rows);
  for (let r = 0; r < x.rows; r += 1) {
    let sum = weights[x.columns]!;
    for (let k = x.start[r]!; k < x.start[r + 1]!; k += 1) sum += x.value[k]! * weights[x.column[k]!]!;
    eta[r] = sum;
  }
  return eta;
}

/** Nothing but the base rate. */
function nullWeights(outcome: Uint8Array, n: number): Float64Array {
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const weights = new Float64Array(n);
  weights[n - 1] = Math.log(events / (outcome.length - events));
  return weights;
}

interface Position {
  readonly weights: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

function lineSearch(
  x: SparseRows,
  outcome: Uint8Array,
  weights: Float64Array,
  move: Float64Array,
  lambda: number,
  value: number,
): Position | undefined {
  for (let length = 1; length > 1e-9; length /= 2) {
    const next = weights.map((w, j) => w - length * move[j]!);
    const there = objective(x, outcome, next, lambda);
    if (there.value <= value + 1e-13 * Math.abs(value)) return { weights: next, ...there };
  }
  return undefined;
}

function objective(
  x: SparseRows,
  outcome: Uint8Array,
  weights: Float64Array,
  lambda: number,
): { value: number; gradient: Float64Array } {
  const eta = linearPredictor(x, weights);
  const last = x.columns;
  const gradient = weights.map((w, j) => (j === last ? 0 : lambda * w));
  let value = 0;
  for (let j = 0; j < last; j += 1) value += (lambda / 2) * weights[j]! ** 2;
  for (let r = 0; r < x.rows; r += 1) {
    const z = eta[r]!;
    const e = Math.exp(-Math.abs(z));
    const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    value += Math.log1p(e) + (outcome[r] === 1 ? Math.max(-z, 0) : Math.max(z, 0));
    const residual = p - outcome[r]!;
    for (let k = x.start[r]!; k < x.start[r + 1]!; k += 1) gradient[x.column[k]!]! += residual * x.value[k]!;
    gradient[last]! += residual;
  }
  return { value, gradient };
}

/** Lower triangle of Xᵀ W X, the intercept as the last row. */
function secondDerivatives(x: SparseRows, weights: Float64Array): Float64Array {
  const n = x.columns + 1;
  const out = new Float64Array(n * n);
  const { start, column, value } = x;
  const eta = linearPredictor(x, weights);
  const last = (n - 1) * n;
  for (let r = 0; r < x.rows; r += 1) {
    const e = Math.exp(-Math.abs(eta[r]!));
    const variance = e / (1 + e) ** 2;
    const from = start[r]!;
    const to = start[r + 1]!;
    for (let k = from; k < to; k += 1) {
      const scaled = variance * value[k]!;
      const row = column[k]! * n;
      // Cells of a row stand in ascending order of columns.
      for (let l = from; l <= k; l += 1) out[row + column[l]!]! += scaled * value[l]!;
      out[last + column[k]!]! += scaled;
    }
    out[last + n - 1]! += variance;
  }
  return out;
}

function penalisedFactor(curvature: Float64Array, n: number, lambda: number): Float64Array {
  const matrix = curvature.slice();
  for (let j = 0; j < n - 1; j += 1) matrix[j * n + j]! += lambda;
  // Where all rows are sure of their outcome nothing holds the intercept: a hair more keeps the system solvable, and moves no solution.
  for (let more = 1e-10; ; more *= 100) {
    const factor = choleskyFactor(matrix, n);
    if (factor !== undefined) return factor;
    for (let j = 0; j < n; j += 1) matrix[j * n + j]! += more;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j += 1) sum += a[j]! * b[j]!;
  return sum;
}
