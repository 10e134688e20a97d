/**
 * Bounds of monitoring: how far discharges may move from those of training before somebody must look.
 *
 * Choice  a shift counts only where it is above its bound and above what chance alone would make of as few patients
 * Choice  observed events for one expected count only where their interval leaves out 1, and where they lie further from the expected ones than 1.96
 *         standard deviations of what right risks would give: resampling shows no chance where there is no event at all
 * Choice  defaults: PSI 0.25 is the usual mark of a shift that asks for action (Siddiqi 2006); the others are this package's
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { Z95, type Figure, type OutOfRange, type Stability } from '../evaluation/index.ts';

const pair = z
  .tuple([z.number().positive(), z.number().positive()])
  .refine(([low, high]) => low < high, 'expected the lower bound first');

const BoundsSchema = z.strictObject({
  /** Population stability index of the risk. */
  scorePsi: z.number().positive().default(0.25),
  /** Population stability index of a feature. */
  featurePsi: z.number().positive().default(0.25),
  /** Change of the share missing in a feature, either way. */
  missingShift: z.number().positive().max(1).default(0.1),
  /** Share of known values outside the range of the training rows, in one feature. */
  outOfRange: z.number().positive().max(1).default(0.05),
  /** Observed events for one expected. */
  observedToExpected: pair.default([0.8, 1.25]),
});
export type MonitorBounds = Readonly<z.infer<typeof BoundsSchema>>;
export const defaultBounds: MonitorBounds = BoundsSchema.parse({});

export interface FeatureDrift extends Stability, OutOfRange {
  readonly name: string;
  readonly family: string;
}

export interface ObservedEvents {
  readonly events: number;
  readonly expected: number;
  /** Standard deviation of the events where every risk is right. */
  readonly spread: number;
  /** Events for one expected, with the interval of resampled patients. */
  readonly ratio: Figure;
}

export interface Breach {
  readonly what: string;
  readonly measure: string;
  readonly found: number;
  readonly bound: number;
}

/** @throws {ModelError} MODEL_BOUNDS naming the key */
export function readBounds(path: string): MonitorBounds {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ModelError(
      'MODEL_BOUNDS',
      `${path}: expected a JSON file of bounds, found none that can be read; see readmission monitor --starter-bounds`,
      { cause },
    );
  }
  const parsed = BoundsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ModelError(
    'MODEL_BOUNDS',
    `${path}: ${issue?.path.join('.') || 'bounds'}: ${issue?.message}; see readmission monitor --starter-bounds`,
  );
}

/** What lies above the bounds: the risk, the events, each feature. */
export function breachesOf(
  score: Pick<Stability, 'psi' | 'chance'> | null,
  features: readonly FeatureDrift[],
  outcomes: ObservedEvents | null,
  bounds: MonitorBounds,
): Breach[] {
  const breaches: Breach[] = [];
  const above = (what: string, measure: string, found: number, bound: number, chance: number): void => {
    if (found > bound && found > chance) breaches.push({ what, measure, found, bound });
  };
  if (score !== null) above('risk', 'population stability index', score.psi, bounds.scorePsi, score.chance);
  const { estimate, lower, upper } = outcomes?.ratio ?? { estimate: null, lower: null, upper: null };
  const far = outcomes !== null && Math.abs(outcomes.events - outcomes.expected) > Z95 * outcomes.spread;
  if (far && estimate !== null && lower !== null && upper !== null && (lower > 1 || upper < 1)) {
    const [low, high] = bounds.observedToExpected;
    const measure = 'observed events for one expected';
    if (estimate > high) breaches.push({ what: 'calibration', measure, found: estimate, bound: high });
    if (estimate < low) breaches.push({ what: 'calibration', measure, found: estimate, bound: low });
  }
  for (const { name, psi, chance, missing, missingThen, missingChance, outOfRange, outOfRangeChance } of features) {
    above(name, 'population stability index', psi, bounds.featurePsi, chance);
    above(name, 'change of the share missing', Math.abs(missing - missingThen), bounds.missingShift, missingChance);
    above(name, 'share out of the training range', outOfRange, bounds.outOfRange, outOfRangeChance);
  }
  return breaches;
}

/** One sentence a breach. */
export function breachText({ what, measure, found, bound }: Breach): string {
  return `${what}: ${measure} ${found.toFixed(3)}, bound ${bound}`;
}
