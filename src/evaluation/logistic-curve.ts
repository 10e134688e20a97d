/**
 * Logistic regression on a few terms, fitted again on every resample.
 *
 * Method  Newton's method with step halving on the weighted log-likelihood, which is concave; Cholesky for the steps
 * Choice  no answer (undefined) where the information is singular, the steps do not settle, or the curve separates the classes (one class
 *         only included): then no finite coefficients are best
 */

const maxSteps = 60;
/** Newton's decrement, in squared standard errors: the step that is this small leaves an error of about its square. */
const tolerance = 1e-12;
/** A log-likelihood above this is that of rows told apart without error. */
const separated = -1e-6;

/**
 * @param design  row by row, `terms` numbers each, the intercept among them
 * @param weight  how often each row counts, whole numbers >= 0
 * @param start   coefficients to begin from; a near guess saves steps and does not change the answer beyond rounding
 * @returns       coefficients, fresh
 */
export function fitLogistic(
  outcome: Uint8Array,
  design: Float64Array,
  terms: number,
  weight: Float64Array,
  start?: Float64Array,
): Float64Array | undefined {
  const b = start === undefined ? new Float64Array(terms) : start.slice();
  const gradient = new Float64Array(terms);
  const information = new Float64Array(terms * terms);
  const step = new Float64Array(terms);
  let best = -Infinity;
  for (let round = 0, halvings = 0; round < maxSteps; round++) {
    const likelihood = derivatives(outcome, design, terms, weight, b, gradient, information);
    if (!Number.isFinite(likelihood) || likelihood > separated) return undefined;
    // A step may overshoot where the curve is flat: go half the way back until it no longer loses. Rounding is not a loss.
    if (likelihood < best - 1e-12 * Math.abs(best) && halvings < 30) {
      for (let j = 0; j < terms; j++) {
        step[j]! /= 2;
        b[j]! -= step[j]!;
      }
      halvings++;
      continue;
    }
    halvings = 0;
    best = likelihood;
    step.set(gradient);
    if (!solveInPlace(information, step, terms)) return undefined;
    let decrement = 0;
    for (let j = 0; j < terms; j++) {
      decrement += step[j]! * gradient[j]!;
      b[j]! += step[j]!;
    }
    if (decrement <= tolerance) return b;
  }
  return undefined;
}

/** Fitted probability of each row of a design. */
export function logisticCurve(design: Float64Array, coefficients: Float64Array, into: Float64Array): void {
  const terms = coefficients.length;
  for (let i = 0; i < into.length; i++) {
    let z = 0;
    for (let j = 0, at = i * terms; j < terms; j++) z += coefficients[j]! * design[at + j]!;
    into[i] = 1 / (1 + Math.exp(-z));
  }
}

/** Log-likelihood; writes its gradient and the lower half of the information. */
function derivatives(
  outcome: Uint8Array,
  design: Float64Array,
  terms: number,
  weight: Float64Array,
  b: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): number {
  gradient.fill(0);
  information.fill(0);
  let likelihood = 0;
  for (let i = 0, at = 0; i < outcome.length; i++, at += terms) {
    const w = weight[i]!;
    if (w === 0) continue;
    let z = 0;
    for (let j = 0; j < terms; j++) z += b[j]! * design[at + j]!;
    const e = Math.exp(-Math.abs(z));
    const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    likelihood += w * ((outcome[i] === 1 ? Math.min(z, 0) : Math.min(-z, 0)) - Math.log1p(e));
    const r = w * (outcome[i]! - p);
    const v = w * p * (1 - p);
    for (let j = 0; j < terms; j++) {
      const xj = design[at + j]!;
      gradient[j]! += r * xj;
      const vx = v * xj;
      for (let k = 0; k <= j; k++) information[j * terms + k]! += vx * design[at + k]!;
    }
  }
  return likelihood;
}

/** Solves a x = y by Cholesky, the lower half of `a` and `y` overwritten; false where `a` is not positive definite. */
function solveInPlace(a: Float64Array, y: Float64Array, size: number): boolean {
  for (let j = 0; j < size; j++) {
    const whole = a[j * size + j]!;
    for (let k = 0; k < j; k++) {
      let sum = a[j * size + k]!;
      for (let m = 0; m < k; m++) sum -= a[j * size + m]! * a[k * size + m]!;
      a[j * size + k] = sum / a[k * size + k]!;
    }
    let rest = whole;
    for (let m = 0; m < j; m++) rest -= a[j * size + m]! ** 2;
    // What is left of a term after the terms before it, against the term itself: below this it is rounding.
    if (!(rest > 1e-13 * whole)) return false;
    a[j * size + j] = Math.sqrt(rest);
  }
  for (let j = 0; j < size; j++) {
    for (let m = 0; m < j; m++) y[j]! -= a[j * size + m]! * y[m]!;
    y[j]! /= a[j * size + j]!;
  }
  for (let j = size - 1; j >= 0; j--) {
    for (let m = j + 1; m < size; m++) y[j]! -= a[m * size + j]! * y[m]!;
    y[j]! /= a[j * size + j]!;
  }
  return true;
}
