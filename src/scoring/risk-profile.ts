/**
 * Risk profile: the risk of one discharge over the values of one feature, all others fixed (individual conditional expectation).
 *
 * In      values of one discharge, a feature
 * Out     the exact steps of the risk over the feature's training range, and the risk where it is missing
 * Choice  exact instead of a grid: between two thresholds a forest's output is constant, so one question for each says all, and no grid point
 *         hides a step; neighbours of equal output are one step
 * Source  Goldstein et al. 2015, doi:10.1080/10618600.2014.907095
 */
import { ScoringError } from '../errors.ts';
import type { Feature } from '../features/index.ts';
import { applyCalibration } from '../model/index.ts';
import type { Engine } from './answer-composition.ts';
import { modelOnly, type RiskProfile } from './explanation.ts';
import { columnOf } from './what-if.ts';

/**
 * @param values  one per feature of the model, NaN where missing; not changed
 * @throws {ScoringError} EXPLAIN_FEATURE_UNKNOWN; EXPLAIN_PROFILE_EMPTY where training saw no value of the feature
 */
export function riskProfile(engine: Engine, values: Float64Array, name: string): RiskProfile {
  const { forest, header } = engine.model;
  const c = columnOf(engine, name);
  const { min, max } = header.features[c] as (typeof header.features)[number];
  if (min === null || max === null) {
    throw new ScoringError(
      'EXPLAIN_PROFILE_EMPTY',
      `expected a feature with values in training, found ${name} missing in every discharge`,
    );
  }
  const row = values.slice();
  const at = (value: number): { forestOutput: number; risk: number } => {
    row[c] = value;
    const forestOutput = engine.predictor.predict(row);
    return { forestOutput, risk: applyCalibration(header.calibration, forestOutput) };
  };
  const thresholds = new Set(
    [...forest.threshold.keys()].filter((n) => forest.feature[n] === c).map((n) => forest.threshold[n]!),
  );
  const ends = [...[...thresholds].filter((t) => t >= min && t < max).sort((a, b) => a - b), max];
  const steps: { from: number; to: number; forestOutput: number; risk: number }[] = [];
  for (const [i, to] of ends.entries()) {
    const found = at(to);
    const last = steps.at(-1);
    if (last?.forestOutput === found.forestOutput) last.to = to;
    else steps.push({ from: i === 0 ? min : ends[i - 1]!, to, ...found });
  }
  const own = values[c] as number;
  const { unit } = engine.set.features[c] as Feature;
  return {
    feature: name,
    unit,
    range: { from: min, to: max },
    own: { value: Number.isNaN(own) ? null : own, ...at(own) },
    missing: at(Number.NaN),
    steps: steps.map(({ from, to, ...rest }, i) => ({ from, to, value: roundest(from, to, i === 0), ...rest })),
    caution: modelOnly,
  };
}

/** The number of fewest digits above `low` (or at it) up to `high`, the nearest to their middle among these. */
export function roundest(low: number, high: number, withLow: boolean): number {
  const middle = low / 2 + high / 2;
  for (let digits = -6; digits <= 12; digits += 1) {
    const value = Number((Math.round(middle * 10 ** digits) / 10 ** digits).toFixed(Math.max(0, digits)));
    if ((value > low || (withLow && value === low)) && value <= high) return value === 0 ? 0 : value;
  }
  return high;
}
