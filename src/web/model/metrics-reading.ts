/**
 * Reads the metrics of a model as they come over the wire: an open JSON document of which any part may be absent or null.
 *
 * Choice  what is not of the expected form is absent; nothing stands in for it
 */
import type { Estimate } from '../text/number-text.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface CurvePoint extends Readonly<Record<'lower' | 'upper' | 'y', number | null>> {
  readonly x: number;
}

export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== null) : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A part of a document by its path; undefined where it ends before. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => {
    const object = objectOf(part);
    return object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
  }, value);
}

/** An estimate with its interval; null without an estimate. */
export function figureOf(value: unknown): Estimate | null {
  const estimate = numberOf(at(value, 'estimate'));
  return estimate === null ? null : { estimate, lower: numberOf(at(value, 'lower')), upper: numberOf(at(value, 'upper')) };
}

/** Columns x, y, lower, upper as points; those without x are left out. */
export function curveOf(value: unknown): CurvePoint[] {
  const column = (name: string): readonly unknown[] => {
    const found = at(value, name);
    return Array.isArray(found) ? found : [];
  };
  const [y, lower, upper] = [column('y'), column('lower'), column('upper')];
  return column('x').flatMap((x, i) =>
    numberOf(x) === null ? [] : [{ x: x as number, y: numberOf(y[i]), lower: numberOf(lower[i]), upper: numberOf(upper[i]) }],
  );
}

export interface MainEvidence {
  readonly evidence: Json;
  /** In words, which discharges were judged. */
  readonly judged: string;
  readonly rows: number;
  readonly events: number;
  readonly patients: number | null;
  readonly description: string | null;
  readonly gains: readonly CurvePoint[];
}

const settings = [
  ['local', 'the discharges it was recalibrated on'],
  ['grouped', 'held-out patients of the training records'],
  ['external', 'discharges of other records'],
] as const;

/** The evidence the page's figures are of, as the report chooses it; null where the model has none. */
export function mainEvidence(metrics: unknown): MainEvidence | null {
  for (const [key, judged] of settings) {
    const evidence = objectOf(at(metrics, 'evidence', key));
    const [rows, events] = [numberOf(evidence?.['rows']), numberOf(evidence?.['events'])];
    if (evidence === null || rows === null || events === null) continue;
    const { patients, description, gains } = evidence;
    return {
      evidence,
      judged,
      rows,
      events,
      patients: numberOf(patients),
      description: textOf(description),
      gains: curveOf(gains),
    };
  }
  return null;
}
