/**
 * Interval of a proportion by Wilson's score method: stays within [0, 1] and keeps its coverage for few events.
 *
 * Choice  rows are taken as independent; where patients repeat, the interval is a little narrow
 * Source  Wilson 1927, doi:10.1080/01621459.1927.10502953; Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E
 */
import { EvaluationError } from '../errors.ts';

/** Standard normal quantile of a two-sided 95 % interval. */
export const Z95 = 1.959963984540054;

/**
 * @param events  whole number in [0, n]
 * @param n       rows; with none the interval is [0, 1]
 * @param z       standard normal quantile, default for 95 %
 * @throws {EvaluationError} EVALUATION_RANGE
 */
export function wilsonInterval(events: number, n: number, z = Z95): { readonly lower: number; readonly upper: number } {
  if (!(events >= 0 && events <= n)) {
    throw new EvaluationError('EVALUATION_RANGE', `expected events between 0 and ${n} rows, found ${events}`);
  }
  if (n === 0) return { lower: 0, upper: 1 };
  const p = events / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    lower: events === 0 ? 0 : Math.max(0, (centre - half) / scale),
    upper: events === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}
