/**
 * Maximum-likelihood fits behind the calibration map: outcome on log odds x, level alone or level and spread.
 *
 * Method  Newton with step halving; both log-likelihoods are concave
 * Choice  where no finite maximum exists there is no answer; see Albert and Anderson 1984, doi:10.1093/biomet/71.1.1
 */
const MAX_STEPS = 100;

/**
 * Intercept with the slope held at 1: the mean risk becomes the event rate.
 *
 * @param y  0 or 1, both present
 */
export function fitLevel(y: readonly number[], x: readonly number[]): number {
  const events = y.reduce((sum, o) => sum + o, 0);
  const rate = Math.log(events / (y.length - events));
  // At the root no x can lie outside these, so halving always arrives where Newton would leave the bracket.
  let low = rate - x.reduce((a, b) => Math.max(a, b), -Infinity);
  let high = rate - x.reduce((a, b) => Math.min(a, b), Infinity);
  let a = (low + high) / 2;
  for (let step = 0; step < MAX_STEPS; step++) {
    let excess = -events;
    let information = 0;
    for (const xi of x) {
      const p = 1 / (1 + Math.exp(-(a + xi)));
      excess += p;
      information += p * (1 - p);
    }
    if (excess > 0) high = a;
    else low = a;
    const newton = a - excess / information;
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (Math.abs(next - a) <= 1e-13 * Math.max(1, Math.abs(a))) return next;
    a = next;
  }
  return a;
}

/** Intercept and slope; undefined when the two classes do not overlap in x (a constant x included). */
export function fitLevelAndSpread(
  y: readonly number[],
  x: readonly number[],
): { readonly intercept: number; readonly slope: number } | undefined {
  if (!overlap(y, x)) return undefined;
  let a = fitLevel(y, x);
  let b = 1;
  let at = derivatives(y, x, a, b);
  for (let step = 0; step < MAX_STEPS; step++) {
    const determinant = at.haa * at.hbb - at.hab * at.hab;
    if (!(determinant > 0)) return undefined;
    const da = (at.hbb * at.ga - at.hab * at.gb) / determinant;
    const db = (at.haa * at.gb - at.hab * at.ga) / determinant;
    let share = 1;
    let next = derivatives(y, x, a + da, b + db);
    for (; next.likelihood < at.likelihood - 1e-12 * Math.abs(at.likelihood) && share > 1e-9; share /= 2) {
      next = derivatives(y, x, a + (share / 2) * da, b + (share / 2) * db);
    }
    a += share * da;
    b += share * db;
    if (da * at.ga + db * at.gb <= 1e-14) return { intercept: a, slope: b };
    at = next;
  }
  return undefined;
}

interface Derivatives {
  readonly likelihood: number;
  readonly ga: number;
  readonly gb: number;
  readonly haa: number;
  readonly hab: number;
  readonly hbb: number;
}

function derivatives(y: readonly number[], x: readonly number[], a: number, b: number): Derivatives {
  let likelihood = 0;
  let ga = 0;
  let gb = 0;
  let haa = 0;
  let hab = 0;
  let hbb = 0;
  for (let i = 0; i < x.length; i++) {
    const xi = x[i]!;
    const z = a + b * xi;
    const p = 1 / (1 + Math.exp(-z));
    likelihood -= Math.log1p(Math.exp(-Math.abs(z))) + Math.max(y[i] === 1 ? -z : z, 0);
    const r = y[i]! - p;
    const v = p * (1 - p);
    ga += r;
    gb += r * xi;
    haa += v;
    hab += v * xi;
    hbb += v * xi * xi;
  }
  return { likelihood, ga, gb, haa, hab, hbb };
}

function overlap(y: readonly number[], x: readonly number[]): boolean {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ] as [[number, number], [number, number]];
  for (let i = 0; i < x.length; i++) {
    const k = y[i] as 0 | 1;
    low[k] = Math.min(low[k], x[i]!);
    high[k] = Math.max(high[k], x[i]!);
  }
  return high[0] > low[1] && high[1] > low[0];
}
