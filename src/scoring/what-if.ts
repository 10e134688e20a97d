/**
 * What if a feature had another value: output, attributions and risk beside those of the discharge as it is.
 *
 * In      values of one discharge, other values by feature name (null: missing)
 * Out     before, after and difference of output, risk and each attribution
 * Choice  a value the catalogue calls impossible is refused; one that training did not see is answered with a warning: a forest goes on flat
 * Choice  what is set is set alone: relatives (./relatives.ts) keep their values and are named
 */
import { ScoringError } from '../errors.ts';
import { isInRange, type Feature } from '../features/index.ts';
import { applyCalibration, bandOf } from '../model/index.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { explain, type Engine } from './answer-composition.ts';
import { modelOnly, type WhatIf } from './explanation.ts';
import { relativesOf } from './relatives.ts';

/**
 * @param values  one per feature of the model, NaN where missing; not changed
 * @param other   values by feature name, null for missing
 * @throws {ScoringError} EXPLAIN_FEATURE_UNKNOWN; EXPLAIN_VALUE_RANGE outside the catalogue's range; EXPLAIN_SET_EMPTY
 */
export function whatIf(engine: Engine, values: Float64Array, other: Readonly<Record<string, number | null>>): WhatIf {
  const { header } = engine.model;
  const { features } = engine.set;
  const changed = values.slice();
  const columns = Object.entries(other)
    .map(([name, value]) => {
      const c = columnOf(engine, name);
      changed[c] = value ?? Number.NaN;
      requirePossible(features[c] as Feature, value);
      return c;
    })
    .sort((a, b) => a - b);
  if (columns.length === 0) throw new ScoringError('EXPLAIN_SET_EMPTY', 'expected at least one feature to set, found none');
  const [before, after] = [explain(engine, values, true), explain(engine, changed, true)];
  const risk = beforeAfter(
    applyCalibration(header.calibration, before.output),
    applyCalibration(header.calibration, after.output),
  );
  const valueOf = (c: number): { before: number | null; after: number | null } => ({
    before: orNull(values[c] as number),
    after: orNull(changed[c] as number),
  });
  return {
    set: columns.map((c) => {
      const feature = features[c] as Feature;
      return {
        feature: feature.name,
        unit: feature.unit,
        ...valueOf(c),
        relatives: relativesOf(engine.set, feature).filter((name) => !Object.hasOwn(other, name)),
      };
    }),
    forestOutput: beforeAfter(before.output, after.output),
    risk,
    band: { before: bandOf(header, risk.before), after: bandOf(header, risk.after) },
    attributions: features.map(({ name, unit }, c) => ({
      feature: name,
      unit,
      value: valueOf(c),
      attribution: beforeAfter(
        (before.attributions as Float64Array)[c] as number,
        (after.attributions as Float64Array)[c] as number,
      ),
    })),
    warnings: columns
      .filter((c) => !Object.is(values[c], changed[c]))
      .flatMap((c) => warningsOf(engine, c, changed[c] as number)),
    caution: modelOnly,
  };
}

/** @throws {ScoringError} EXPLAIN_FEATURE_UNKNOWN */
export function columnOf({ set, model }: Engine, name: string): number {
  const column = set.features.findIndex((feature) => feature.name === name);
  if (column >= 0) return column;
  const near = didYouMean(
    name,
    set.features.map((feature) => feature.name),
  );
  throw new ScoringError(
    'EXPLAIN_FEATURE_UNKNOWN',
    `expected a feature of model "${model.header.name}", found "${name.slice(0, 100)}", which it does not read` +
      (near === '' ? '; its card lists them' : near),
  );
}

function requirePossible(feature: Feature, value: number | null): void {
  if (value === null || (Number.isFinite(value) && isInRange(feature, value))) return;
  const [low, high] = feature.range;
  throw new ScoringError(
    'EXPLAIN_VALUE_RANGE',
    `${feature.name}: expected ${low} to ${high} ${feature.unit} or missing, found a value outside`,
    { details: { feature: feature.name, low, high } },
  );
}

function warningsOf({ set, model }: Engine, c: number, value: number): string[] {
  const { min, max, missing } = model.header.features[c] as (typeof model.header.features)[number];
  const { name, unit } = set.features[c] as Feature;
  if (Number.isNaN(value)) {
    return missing === 0
      ? [`${name} was never missing in training: what the model says of a missing value rests on no discharge`]
      : [];
  }
  if (min === null || max === null) return [`${name} had no value in training: the model cannot tell one from another`];
  if (value >= min && value <= max) return [];
  return [`${name} = ${value} lies outside the training range of ${min} to ${max} ${unit}: the model answers as at its edge`];
}

function beforeAfter(before: number, after: number): { before: number; after: number; difference: number } {
  return { before, after, difference: after - before };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
