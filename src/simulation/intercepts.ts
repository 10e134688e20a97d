/**
 * Intercepts: solved so that the shares of the outcomes among index discharges hit their targets on this cohort.
 *
 * Why     no closed form: a return is itself a discharge with one more prior admission, and death ends a record, so the cohort that the rates
 *         are counted in moves with the intercepts. Each step simulates it whole
 * Method  per outcome, the log odds against none is moved to that of its target, divided by the slope seen between the last two steps (1 at
 *         first); steps and slopes are held within bounds, since rates are step functions of the intercepts
 * Choice  a small cohort cannot be steered to a fraction of a discharge, nor need it: its tolerance is a quarter of what chance alone moves
 * Choice  the first round within the tolerances ends it; after the last, the nearest round is taken if it is within three of them
 * Need    the callback must use the same random numbers at every call, or the rates are noise
 */
import { SimulationError } from '../errors.ts';
import { outcomes, type Intercepts, type Outcome, type ProcessDefinition } from './process.ts';

export interface Rates extends Readonly<Record<Outcome, number>> {
  /** Index discharges the shares are of; where given, a tolerance is never finer than a quarter of the share's own standard error. */
  readonly discharges?: number;
}

export interface SolveOptions {
  /** Largest absolute distance of each share from its target; default 0.002, 0.001 and 0.001. */
  readonly tolerance?: Partial<Readonly<Record<Outcome, number>>>;
  /** Simulations at most; default 20. */
  readonly maxIterations?: number;
  readonly onIteration?: (iteration: number, intercepts: Intercepts, rates: Rates) => void;
}

export interface SolvedIntercepts {
  readonly intercepts: Intercepts;
  /** What was reached with them. */
  readonly rates: Rates;
  readonly iterations: number;
}

/** An outcome with target 0: its probability is below 1e-13. */
const never = -30;
const smallestShare = 1e-5;
const largestStep = 2;
/** Rates jump, so a tolerance can fall between two jumps: after the last round the nearest counts if it is within this many tolerances. */
const nearEnough = 3;
const defaultTolerance: Readonly<Record<Outcome, number>> = { unplanned: 0.002, death: 0.001, planned: 0.001 };

/**
 * @param rates  shares among eligible index discharges when the cohort is simulated with these intercepts
 * @throws {SimulationError} SIM_INTERCEPTS with the rates that came nearest
 */
export async function solveIntercepts(
  definition: ProcessDefinition,
  rates: (intercepts: Intercepts) => Rates | Promise<Rates>,
  options: SolveOptions = {},
): Promise<SolvedIntercepts> {
  const { maxIterations = 20 } = options;
  const { targets } = definition;
  const rest = 1 - targets.unplanned - targets.death - targets.planned;
  const wanted = outcomes.filter((outcome) => targets[outcome] > 0);
  const current = Object.fromEntries(
    outcomes.map((outcome) => [
      outcome,
      targets[outcome] === 0 ? never : (definition.intercepts?.[outcome] ?? Math.log(targets[outcome] / rest)),
    ]),
  ) as Record<Outcome, number>;
  const slope: Record<Outcome, number> = { unplanned: 1, death: 1, planned: 1 };
  const lastGap: Partial<Record<Outcome, number>> = {};
  const lastStep: Partial<Record<Outcome, number>> = {};
  let best: SolvedIntercepts | null = null;
  let bestError = Infinity;
  for (let iteration = 1; iteration <= maxIterations; iteration += 1) {
    const intercepts = { ...current };
    const reached = await rates(intercepts);
    options.onIteration?.(iteration, intercepts, reached);
    if (reached.discharges === 0) {
      throw new SimulationError(
        'SIM_INTERCEPTS',
        `${definition.name}: expected index discharges to solve the intercepts on, found none; see readmission cohort for why, or give a process with frozen intercepts`,
      );
    }
    const error = Math.max(
      0,
      ...wanted.map((outcome) => Math.abs(reached[outcome] - targets[outcome]) / toleranceOf(outcome, reached)),
    );
    if (error < bestError) {
      best = { intercepts, rates: reached, iterations: iteration };
      bestError = error;
    }
    if (error <= 1) return best as SolvedIntercepts;
    const none = share(1 - reached.unplanned - reached.death - reached.planned);
    for (const outcome of wanted) {
      const gap = Math.log(share(reached[outcome]) / none) - Math.log(targets[outcome] / rest);
      const before = lastGap[outcome];
      const moved = lastStep[outcome];
      // A slope from a small step is mostly the noise of a step function.
      if (before !== undefined && moved !== undefined && Math.abs(moved) > 0.02) {
        slope[outcome] = clamp((gap - before) / moved, 0.4, 1.6);
      }
      const step = clamp(-gap / slope[outcome], -largestStep, largestStep);
      current[outcome] += step;
      lastGap[outcome] = gap;
      lastStep[outcome] = step;
    }
  }
  if (best !== null && bestError <= nearEnough) return best;
  const text = (values: Readonly<Record<Outcome, number>>): string =>
    outcomes.map((s) => `${s} ${values[s].toFixed(4)}`).join(', ');
  throw new SimulationError(
    'SIM_INTERCEPTS',
    `${definition.name}: expected shares of ${text(targets)} after ${maxIterations} simulations, found ${best === null ? 'none' : text(best.rates)}; ` +
      'use a larger cohort, other targets or a process with frozen intercepts',
    { details: best === null ? {} : { unplanned: best.rates.unplanned, death: best.rates.death, planned: best.rates.planned } },
  );

  function toleranceOf(outcome: Outcome, reached: Rates): number {
    const tolerance = options.tolerance?.[outcome] ?? defaultTolerance[outcome];
    if (reached.discharges === undefined) return tolerance;
    const target = targets[outcome];
    return Math.max(tolerance, 0.25 * Math.sqrt((target * (1 - target)) / reached.discharges));
  }
}

/** A share that has log odds. */
function share(value: number): number {
  return clamp(value, smallestShare, 1 - smallestShare);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
