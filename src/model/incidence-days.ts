/**
 * The days at which cumulative incidence is told in words and tables; curves are drawn from one estimate a day.
 */
import type { EventIncidence } from './metrics.ts';

/** Days told in reports on readmission, and the horizon. */
const usualDays = [7, 14, 30] as const;

/** @param horizonDays  1 or more  @returns  ascending, the last is the horizon */
export function toldDays(horizonDays: number): number[] {
  return [...new Set([...usualDays.filter((day) => day <= horizonDays), horizonDays])].sort((a, b) => a - b);
}

/** The told days of each curve, whose last point is that of the horizon. */
export function toldIncidence<Curve extends EventIncidence>(incidence: readonly Curve[]): Curve[] {
  return incidence.map((curve) => {
    const told = new Set(toldDays(curve.points.at(-1)?.day ?? 0));
    return { ...curve, points: curve.points.filter(({ day }) => told.has(day)) };
  });
}
