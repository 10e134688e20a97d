/**
 * Calibration map: from the forest's output, which ranks well but is biased towards the middle, to a probability.
 *
 * In      outcome and out-of-bag forest output per training discharge; NaN (never out of bag) is left out
 * Map     risk = logistic(intercept + slope · logit(ε + (1 − 2ε) · output)), strictly increasing, so it changes no ranking; where another site
 *         recalibrated by isotonic steps (./recalibration.ts) that risk is read through a rising curve, which may tie risks.
 *         Squeezing the output by ε = 0.0001 gives outputs of exactly 0 and 1 log odds without making others equal
 * Choice  two parameters, not isotonic steps: few events cannot support more, and steps would tie risks
 * Choice  fewer than 20 discharges of either outcome, classes that do not overlap, or a slope that is not above 0: the slope stays 1
 *         and only the level is fitted; one outcome only: nothing is fitted. The map says which, and why
 * Source  Platt 1999; Steyerberg 2019, Clinical Prediction Models, ch. 15 (recalibration of level and spread)
 */
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { fitIntercept, fitLine } from '../util/logistic-line.ts';
import { curveAt } from './rising-curve.ts';

/** Share by which outputs are moved away from 0 and 1. */
export const CALIBRATION_EPSILON = 1e-4;
/** Discharges of either outcome below which no slope is fitted. */
export const MINIMUM_EVENTS = 20;

const rising = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value > values[i - 1]!);

export const CalibrationMapSchema = z.strictObject({
  kind: z.enum(['logistic', 'intercept-only', 'identity', 'isotonic']),
  intercept: z.number(),
  slope: z.number().positive(),
  epsilon: z.number().positive().max(0.01),
  /** Why this kind, in one sentence. */
  reason: z.string().min(1).max(500),
  /** Discharges it was fitted on, and events among them. */
  rows: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** Corners of a rising curve that the logistic risk is read through: another site's isotonic recalibration. */
  steps: z
    .strictObject({ risk: z.array(z.number().min(0).max(1)).min(1), value: z.array(z.number().positive().lt(1)).min(1) })
    .refine(({ risk, value }) => risk.length === value.length && rising(risk), 'expected rising corners')
    .optional(),
});
export type CalibrationMap = Readonly<z.infer<typeof CalibrationMapSchema>>;

/**
 * @param outcome       0 or 1 per discharge
 * @param forestOutput  out-of-bag output in [0, 1], or NaN, same length and order
 * @throws {ModelError} MODEL_CALIBRATION_INPUT for unequal lengths or values out of range
 */
export function fitCalibration(outcome: Uint8Array, forestOutput: Float64Array): CalibrationMap {
  if (outcome.length !== forestOutput.length) {
    throw inputError(`one output per outcome, found ${outcome.length} outcomes and ${forestOutput.length} outputs`);
  }
  const present: number[] = [];
  const logits: number[] = [];
  forestOutput.forEach((output, i) => {
    if (outcome[i]! > 1) throw inputError(`outcomes of 0 or 1, found ${outcome[i]} in row ${i}`);
    if (Number.isNaN(output)) return;
    if (!(output >= 0 && output <= 1)) throw inputError(`outputs in [0, 1], found ${output} in row ${i}`);
    present.push(outcome[i]!);
    logits.push(squeezedLogit(output, CALIBRATION_EPSILON));
  });
  const rows = present.length;
  const events = present.reduce((sum, o) => sum + o, 0);
  const [y, x, once] = [Uint8Array.from(present), Float64Array.from(logits), new Float64Array(rows).fill(1)];
  const map = (kind: CalibrationMap['kind'], intercept: number, slope: number, reason: string): CalibrationMap => ({
    kind,
    intercept,
    slope,
    epsilon: CALIBRATION_EPSILON,
    reason,
    rows,
    events,
  });
  if (events === 0 || events === rows) {
    return map('identity', 0, 1, `not fitted: ${events} events in ${rows} discharges, both outcomes are needed`);
  }
  const level = (why: string): CalibrationMap => map('intercept-only', fitIntercept(y, x, once) ?? 0, 1, `level only: ${why}`);
  if (Math.min(events, rows - events) < MINIMUM_EVENTS) {
    return level(`${events} events in ${rows} discharges, a slope needs ${MINIMUM_EVENTS} of either outcome`);
  }
  const fit = fitLine(y, x, once);
  if (fit === undefined) return level('the outputs of the two outcomes do not overlap, so no slope exists');
  if (!(fit.slope > 0))
    return level(`the fitted slope is ${fit.slope.toPrecision(3)}, out of bag the forest does not rank above chance`);
  return map(
    'logistic',
    fit.intercept,
    fit.slope,
    `level and slope fitted on ${rows} out-of-bag discharges with ${events} events`,
  );
}

/**
 * @param output  forest output in [0, 1]
 * @returns       risk, strictly between 0 and 1
 * @throws {ModelError} MODEL_CALIBRATION_INPUT when the output is not in [0, 1]
 */
export function applyCalibration(map: CalibrationMap, output: number): number {
  if (!(output >= 0 && output <= 1)) throw inputError(`a forest output in [0, 1], found ${output}`);
  const risk = 1 / (1 + Math.exp(-(map.intercept + map.slope * squeezedLogit(output, map.epsilon))));
  return Math.min(Math.max(map.steps === undefined ? risk : curveAt(map.steps, risk), Number.MIN_VALUE), 1 - 2 ** -53);
}

function squeezedLogit(output: number, epsilon: number): number {
  const p = epsilon + (1 - 2 * epsilon) * output;
  return Math.log(p) - Math.log1p(-p);
}

function inputError(expected: string): ModelError {
  return new ModelError('MODEL_CALIBRATION_INPUT', `calibration expected ${expected}`);
}
