/**
 * Monitoring: do today's discharges still look like those the model was trained on, and does it still promise what happens?
 *
 * In      a model folder whose metrics.json holds the distributions of its training rows; a study of later discharges
 * Out     stability of every feature and of the risk, shifts of missing shares, shares out of the training range, observed against expected
 *         events; what lies above the bounds
 * Choice  a shift counts only where it is above its bound and above what chance alone would make of as few rows
 * Choice  observed against expected leaves out patients the model was trained on: it knows how they fared
 * Choice  a ratio outside its bounds counts only where its interval leaves out 1
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import {
  bootstrapMeasures,
  calibrationInterceptStatistic,
  populationStability,
  referenceDistribution,
  type Figure,
  type ReferenceDistribution,
} from '../evaluation/index.ts';
import type { ModelFolder } from '../model/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import { modelRisks, unseenRows } from './model-risks.ts';
import { allRows, take } from './held-out.ts';
import type { Study } from './study.ts';

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
  observedToExpected: z.tuple([z.number().positive(), z.number().positive()]).default([0.8, 1.25]),
});
export type MonitorBounds = Readonly<z.infer<typeof BoundsSchema>>;
export const defaultBounds: MonitorBounds = BoundsSchema.parse({});

const ReferenceSchema = z.strictObject({
  rows: z.int().positive(),
  edges: z.array(z.number()),
  counts: z.array(z.int().nonnegative()),
  missing: z.int().nonnegative(),
});
const ReferencesSchema = z.strictObject({ risk: ReferenceSchema, features: z.record(z.string(), ReferenceSchema) });

/** Kept in metrics.json by training. */
export interface References {
  /** Of the risk, held out. */
  readonly risk: ReferenceDistribution;
  readonly features: Readonly<Record<string, ReferenceDistribution>>;
}

export interface FeatureDrift {
  readonly name: string;
  readonly family: string;
  readonly psi: number;
  readonly chance: number;
  readonly missing: number;
  readonly missingThen: number;
  readonly outOfRange: number;
}

export interface Monitoring {
  readonly discharges: number;
  readonly patients: number;
  /** First and last discharge, ISO dates. */
  readonly from: string;
  readonly to: string;
  readonly risk: { readonly psi: number; readonly chance: number; readonly mean: number };
  /** By falling PSI. */
  readonly features: readonly FeatureDrift[];
  readonly calibration: {
    readonly discharges: number;
    readonly events: number;
    readonly expected: number;
    readonly observedToExpected: Figure;
    /** Calibration in the large: 0 where risks are right on average. */
    readonly intercept: Figure;
  } | null;
  readonly bounds: MonitorBounds;
  readonly breaches: readonly {
    readonly what: string;
    readonly measure: string;
    readonly found: number;
    readonly bound: number;
  }[];
}

/** Distributions of the training rows, for later. */
export function trainingReferences(matrix: Pick<FeatureMatrix, 'features' | 'columns'>, risk: Float64Array): References {
  return {
    risk: referenceDistribution(risk),
    features: Object.fromEntries(
      matrix.features.map(({ name }, c) => [name, referenceDistribution(matrix.columns[c] as Float64Array)]),
    ),
  };
}

/** @throws {ModelError} MODEL_BOUNDS naming the key */
export function readBounds(path: string): MonitorBounds {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ModelError('MODEL_BOUNDS', `${path}: expected a JSON file of bounds, found none that can be read`, { cause });
  }
  const parsed = BoundsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ModelError('MODEL_BOUNDS', `${path}: ${issue?.path.join('.') || 'bounds'}: ${issue?.message}`);
}

/** @throws {ModelError} MODEL_NO_REFERENCE where metrics.json holds no distributions of the training rows */
export function monitorModel(
  folder: ModelFolder,
  study: Study,
  options: { readonly bounds?: MonitorBounds; readonly seed: number; readonly draws: number },
): Monitoring {
  const bounds = options.bounds ?? defaultBounds;
  const references = referencesOf(folder);
  const { header } = folder.model;
  const { matrix } = study;
  const rows = allRows(matrix);
  const risk = modelRisks(folder.model, matrix, rows);
  const score = populationStability(references.risk, risk);
  const features = matrix.features
    .map(({ name, family }, c): FeatureDrift => {
      const column = matrix.columns[c] as Float64Array;
      const { min, max } = header.features[c] as { min: number | null; max: number | null };
      const stability = populationStability(references.features[name] as ReferenceDistribution, column);
      return { name, family, ...stability, outOfRange: outsideShare(column, min, max) };
    })
    .sort((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1));
  const calibration = calibrationNow(folder, study, risk, options);
  const times = [...matrix.dischargeMs].sort((a, b) => a - b);
  const date = (ms: number | undefined): string => new Date(ms as number).toISOString().slice(0, 10);
  return {
    discharges: rows.length,
    patients: new Set(matrix.patientIds).size,
    from: date(times[0]),
    to: date(times.at(-1)),
    risk: { psi: score.psi, chance: score.chance, mean: risk.reduce((sum, r) => sum + r, 0) / risk.length },
    features,
    calibration,
    bounds,
    breaches: breachesOf(score, features, calibration, bounds),
  };
}

function referencesOf({ model, metrics }: ModelFolder): References {
  const parsed = ReferencesSchema.safeParse(metrics['references']);
  const known = parsed.success && model.header.features.every(({ name }) => parsed.data.features[name] !== undefined);
  if (known) return parsed.data;
  throw new ModelError(
    'MODEL_NO_REFERENCE',
    `model ${model.header.name}: expected the distributions of its training rows in metrics.json, found none; train it with this release`,
  );
}

/** Share of the known values that lie outside the range of training; 0 where none is known or none was. */
function outsideShare(column: Float64Array, min: number | null, max: number | null): number {
  if (min === null || max === null) return 0;
  const known = column.filter((v) => !Number.isNaN(v));
  return known.length === 0 ? 0 : known.filter((v) => v < min || v > max).length / known.length;
}

function calibrationNow(
  folder: ModelFolder,
  study: Study,
  risk: Float64Array,
  { seed, draws }: { readonly seed: number; readonly draws: number },
): Monitoring['calibration'] {
  const { matrix } = study;
  const rows = unseenRows(folder.model, matrix);
  if (rows.length === 0) return null;
  const outcome = Uint8Array.from(rows, (row) => matrix.outcome[row] as number);
  const expectedRisk = take(risk, rows);
  const groups = Int32Array.from(rows, (row) => matrix.groups[row] as number);
  const { ratio, intercept } = bootstrapMeasures(
    {
      ratio: (weight) => {
        let [observed, expected] = [0, 0];
        for (let i = 0; i < weight.length; i += 1) {
          observed += (weight[i] as number) * (outcome[i] as number);
          expected += (weight[i] as number) * (expectedRisk[i] as number);
        }
        return observed / expected;
      },
      intercept: calibrationInterceptStatistic(outcome, expectedRisk),
    },
    groups,
    { seed, draws },
  );
  return {
    discharges: rows.length,
    events: outcome.reduce((sum, y) => sum + y, 0),
    expected: expectedRisk.reduce((sum, r) => sum + r, 0),
    observedToExpected: ratio,
    intercept,
  };
}

function breachesOf(
  score: { readonly psi: number; readonly chance: number },
  features: readonly FeatureDrift[],
  calibration: Monitoring['calibration'],
  bounds: MonitorBounds,
): Monitoring['breaches'] {
  const breaches: { what: string; measure: string; found: number; bound: number }[] = [];
  const above = (what: string, measure: string, found: number, bound: number): void => {
    if (found > bound) breaches.push({ what, measure, found, bound });
  };
  above('risk', 'population stability index', score.psi, Math.max(bounds.scorePsi, score.chance));
  for (const { name, psi, chance, missing, missingThen, outOfRange } of features) {
    above(name, 'population stability index', psi, Math.max(bounds.featurePsi, chance));
    above(name, 'change of the share missing', Math.abs(missing - missingThen), bounds.missingShift);
    above(name, 'share out of the training range', outOfRange, bounds.outOfRange);
  }
  const [low, high] = bounds.observedToExpected;
  const ratio = calibration?.observedToExpected;
  if (typeof ratio?.estimate === 'number' && ((ratio.lower ?? NaN) > 1 || (ratio.upper ?? NaN) < 1)) {
    const measure = 'observed for one expected event';
    if (ratio.estimate > high) breaches.push({ what: 'calibration', measure, found: ratio.estimate, bound: high });
    if (ratio.estimate < low) breaches.push({ what: 'calibration', measure, found: ratio.estimate, bound: low });
  }
  return breaches;
}
