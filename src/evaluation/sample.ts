/**
 * What a statistic is given and what it must be able to do: be computed once, and again on every resample.
 *
 * In      outcome (0 or 1) and risk per discharge, same length and order
 * Out     a statistic prepared on them: a function of how often each row was drawn. Sorting and logarithms are done once, so
 *         that a resample is one pass over the rows; a weight of 0 leaves a row out
 * Choice  on a resample a statistic without a value (one class only, say) is NaN and the draw is counted as unusable; on the
 *         data themselves the public functions throw instead
 */
import { EvaluationError } from '../errors.ts';

/** Value of a statistic when row i counts weight[i] times; weights are whole numbers >= 0. NaN where it has no value. */
export type WeightedMeasure = (weight: Float64Array) => number;

/** Prepares a statistic on one set of rows. */
export type Statistic = (outcome: Uint8Array, risk: Float64Array) => WeightedMeasure;

/** @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH */
export function requireSameLength(n: number, what: string, length: number): void {
  if (length !== n) {
    throw new EvaluationError(
      'EVALUATION_LENGTH_MISMATCH',
      `expected ${n} values of ${what}, one per outcome, found ${length}; pass arrays of one length and order`,
      { details: { expected: n, found: length } },
    );
  }
}

/**
 * @param kind  "score" accepts any finite number (LACE points, say), "probability" only [0, 1]
 * @throws {EvaluationError} EVALUATION_LENGTH_MISMATCH; EVALUATION_NAN for NaN or an infinity; EVALUATION_RANGE for no rows, an
 *         outcome other than 0 and 1, or a probability outside [0, 1]
 */
export function checkSample(outcome: Uint8Array, risk: Float64Array, kind: 'score' | 'probability'): void {
  const n = outcome.length;
  requireSameLength(n, 'risk', risk.length);
  if (n === 0) throw new EvaluationError('EVALUATION_RANGE', 'expected at least one row, found none');
  for (let i = 0; i < n; i++) {
    if (outcome[i]! > 1) throw outOfRange('an outcome of 0 or 1', outcome[i]!, i);
    const r = risk[i]!;
    if (!Number.isFinite(r)) {
      throw new EvaluationError(
        'EVALUATION_NAN',
        `expected finite risks, found ${r} in row ${i}; leave out rows without a risk and say how many`,
        { details: { row: i } },
      );
    }
    if (kind === 'probability' && (r < 0 || r > 1)) throw outOfRange('a probability in [0, 1]', r, i);
  }
}

function outOfRange(expected: string, found: number, row: number): EvaluationError {
  return new EvaluationError('EVALUATION_RANGE', `expected ${expected}, found ${found} in row ${row}`, { details: { row } });
}

/** Number of events. @throws {EvaluationError} EVALUATION_ONE_CLASS when every outcome is equal */
export function requireBothClasses(outcome: Uint8Array): number {
  let events = 0;
  for (const o of outcome) events += o;
  if (events === 0 || events === outcome.length) {
    throw new EvaluationError(
      'EVALUATION_ONE_CLASS',
      `expected both outcomes, found ${events} events in ${outcome.length} rows; this statistic needs some of each`,
      { details: { rows: outcome.length, events } },
    );
  }
  return events;
}

/** Each row once. */
export function unitWeights(n: number): Float64Array {
  return new Float64Array(n).fill(1);
}

/** Mean of a value per row, for resampling; NaN where no row counts. */
export function weightedMean(value: Float64Array): WeightedMeasure {
  return (weight) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < value.length; i++) {
      sum += weight[i]! * value[i]!;
      total += weight[i]!;
    }
    return sum / total;
  };
}
