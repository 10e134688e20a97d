/**
 * The two logistic fits of calibration: outcome on one covariate x, with a free slope or with the slope fixed at 1.
 *
 * Method  Newton's method with step halving on the weighted log-likelihood, which is concave
 * Choice  no finite maximum means no answer (undefined), never a large number: with a free slope that is when the two classes do
 *         not overlap in x (a constant x included), with a fixed slope when only one class is present
 * Source  Albert and Anderson 1984, doi:10.1093/biomet/71.1.1 (existence of the estimate)
 */
export interface LogisticLine {
  readonly intercept: number;
  readonly slope: number;
}

const MAX_STEPS = 50;
/** Newton's decrement, in squared standard errors: the step that is this small leaves an error of about its square. */
const TOLERANCE = 1e-12;

/**
 * @param x       covariate per row, finite
 * @param weight  how often each row counts, whole numbers >= 0
 * @param start   where to begin; a near guess saves steps and does not change the answer beyond rounding
 */
export function fitLine(
  outcome: Uint8Array,
  x: Float64Array,
  weight: Float64Array,
  start: LogisticLine = { intercept: 0, slope: 1 },
): LogisticLine | undefined {
  if (!classesOverlap(outcome, x, weight)) return undefined;
  let a = start.intercept;
  let b = start.slope;
  let value = -Infinity;
  let stepA = 0;
  let stepB = 0;
  for (let step = 0, halvings = 0; step < MAX_STEPS; step++) {
    let likelihood = 0;
    // The logarithms of 256 factors, each from 1 to 2, are taken together: the logarithm of their product.
    let product = 1;
    let factors = 0;
    let ga = 0;
    let gb = 0;
    let haa = 0;
    let hab = 0;
    let hbb = 0;
    for (let i = 0; i < x.length; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const xi = x[i]!;
      const z = a + b * xi;
      const e = Math.exp(-Math.abs(z));
      const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
      if (outcome[i] === 1 ? z < 0 : z > 0) likelihood -= w * Math.abs(z);
      if (w > 256) likelihood -= w * Math.log1p(e);
      else {
        for (let k = 0; k < w; k++) product *= 1 + e;
        factors += w;
      }
      if (factors >= 256) {
        likelihood -= Math.log(product);
        product = 1;
        factors = 0;
      }
      const r = w * (outcome[i]! - p);
      const v = w * p * (1 - p);
      ga += r;
      gb += r * xi;
      haa += v;
      hab += v * xi;
      hbb += v * xi * xi;
    }
    likelihood -= Math.log(product);
    // A step may overshoot where the curve is flat: go half the way back until it no longer loses. Rounding is not a loss.
    if (likelihood < value - 1e-12 * Math.abs(value) && halvings < 30) {
      stepA /= 2;
      stepB /= 2;
      a -= stepA;
      b -= stepB;
      halvings++;
      continue;
    }
    halvings = 0;
    value = likelihood;
    const det = haa * hbb - hab * hab;
    if (!(det > 0)) return undefined;
    stepA = (hbb * ga - hab * gb) / det;
    stepB = (haa * gb - hab * ga) / det;
    a += stepA;
    b += stepB;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined;
    if (stepA * ga + stepB * gb <= TOLERANCE) return { intercept: a, slope: b };
  }
  return undefined;
}

/**
 * Intercept when x enters with slope 1 (an offset): how far predictions lie too low (> 0) or too high (< 0), in log odds.
 */
export function fitIntercept(outcome: Uint8Array, x: Float64Array, weight: Float64Array, start = 0): number | undefined {
  let events = 0;
  let total = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < x.length; i++) {
    const w = weight[i]!;
    if (w === 0) continue;
    events += w * outcome[i]!;
    total += w;
    low = Math.min(low, x[i]!);
    high = Math.max(high, x[i]!);
  }
  if (events === 0 || events === total) return undefined;
  // The mean prediction rises with the intercept, so the root lies where even the extreme x would give the event rate.
  const rate = Math.log(events / (total - events));
  let floor = rate - high;
  let ceiling = rate - low;
  let a = Math.min(Math.max(start, floor), ceiling);
  for (let step = 0; step < 200; step++) {
    let excess = -events;
    let information = 0;
    for (let i = 0; i < x.length; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const p = 1 / (1 + Math.exp(-(a + x[i]!)));
      excess += w * p;
      information += w * p * (1 - p);
    }
    if (excess > 0) ceiling = a;
    else floor = a;
    const newton = a - excess / information;
    // Newton where it stays inside the bracket, halving where it does not: it always arrives.
    const isNewton = newton >= floor && newton <= ceiling;
    const next = isNewton ? newton : (floor + ceiling) / 2;
    // A step of Newton leaves an error of about its square.
    if (Math.abs(next - a) <= (isNewton ? 1e-7 : 1e-12) * Math.max(1, Math.abs(a))) return next;
    a = next;
  }
  return undefined;
}

/** A finite maximum exists exactly when neither class lies wholly at or beyond the other. */
function classesOverlap(outcome: Uint8Array, x: Float64Array, weight: Float64Array): boolean {
  let minEvent = Infinity;
  let maxEvent = -Infinity;
  let minOther = Infinity;
  let maxOther = -Infinity;
  for (let i = 0; i < x.length; i++) {
    if (weight[i] === 0) continue;
    const xi = x[i]!;
    if (outcome[i] === 1) {
      if (xi < minEvent) minEvent = xi;
      if (xi > maxEvent) maxEvent = xi;
    } else {
      if (xi < minOther) minOther = xi;
      if (xi > maxOther) maxOther = xi;
    }
  }
  return maxOther > minEvent && maxEvent > minOther;
}
