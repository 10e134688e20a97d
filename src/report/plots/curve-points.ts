/**
 * Curves of the evidence as points to draw and to tabulate.
 */
import type { Curve } from '../../evaluation/evidence.ts';
import { isNumber } from '../number-text.ts';

export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export type DrawnPoint = Readonly<Record<'x' | 'y', number>>;
export type BandPoint = Readonly<Record<'x' | 'lower' | 'upper', number>>;

export function curvePoints(curve: Curve): CurvePoint[] {
  return curve.x.map((x, i) => ({
    x,
    y: value(curve.y[i]),
    lower: value(curve.lower[i]),
    upper: value(curve.upper[i]),
  }));
}

/** Points with a value. */
export function linePoints(points: readonly CurvePoint[]): DrawnPoint[] {
  return points.flatMap(({ x, y }) => (y === null ? [] : [{ x, y }]));
}

/** Points with both ends of the band. */
export function bandPoints(points: readonly CurvePoint[]): BandPoint[] {
  return points.flatMap(({ x, lower, upper }) => (lower === null || upper === null ? [] : [{ x, lower, upper }]));
}

function value(number: number | null | undefined): number | null {
  return isNumber(number) ? number : null;
}
