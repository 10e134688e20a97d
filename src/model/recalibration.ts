/**
 * Recalibration: what a model's risks must be mapped to at another site, fitted on that site's own discharges.
 *
 * In      outcome and the model's risk per local discharge
 * Map     intercept: logit(risk') = a + logit(risk); slope: a + b · logit(risk); isotonic: the least-squares rising curve through the
 *         observed outcomes, straight between the middles of its blocks
 * Choice  the result is a map of the forest's output like the one it replaces: level and slope fold into it, isotonic steps stand after it
 * Choice  refused below 20 discharges of either outcome for the intercept and slope, 100 for isotonic, whose steps rest on few each; and where
 *         the slope is not above 0: a model that ranks no better than chance is not mended by another scale
 * Source  Steyerberg 2019, Clinical Prediction Models, ch. 20; Zadrozny and Elkan 2002, doi:10.1145/775047.775151; pool-adjacent-violators,
 *         Barlow and others 1972
 */
import { ModelError } from '../errors.ts';
import { fitIntercept, fitLine } from '../util/logistic-line.ts';
import { MINIMUM_EVENTS, type CalibrationMap } from './calibration-map.ts';
import { risingCurve } from './rising-curve.ts';

export const recalibrationMethods = ['intercept', 'slope', 'isotonic'] as const;
export type RecalibrationMethod = (typeof recalibrationMethods)[number];

/** Discharges of either outcome below which no isotonic curve is fitted. */
export const MINIMUM_ISOTONIC_EVENTS = 100;

/**
 * @param map      of the model that gave the risks
 * @param outcome  0 or 1 per local discharge
 * @param risk     the model's risk in (0, 1), same length and order
 * @throws {ModelError} RECALIBRATION_TOO_FEW, RECALIBRATION_NO_SLOPE; RECALIBRATION_TWICE when isotonic steps are to be put on others
 */
export function recalibrated(
  map: CalibrationMap,
  outcome: Uint8Array,
  risk: Float64Array,
  method: RecalibrationMethod,
): CalibrationMap {
  const rows = outcome.length;
  const events = outcome.reduce((sum, y) => sum + y, 0);
  const needed = method === 'isotonic' ? MINIMUM_ISOTONIC_EVENTS : MINIMUM_EVENTS;
  if (Math.min(events, rows - events) < needed) {
    throw new ModelError(
      'RECALIBRATION_TOO_FEW',
      `recalibration by ${method} expected ${needed} discharges of either outcome, found ${events} events in ${rows}; ` +
        (method === 'intercept' ? 'gather more' : 'gather more, or use a simpler method'),
    );
  }
  if (map.steps !== undefined) {
    throw new ModelError(
      'RECALIBRATION_TWICE',
      'expected a model whose calibration has no isotonic steps; recalibrate the model it came from',
    );
  }
  const fitted = { rows, events };
  if (method === 'isotonic') {
    return {
      ...map,
      ...fitted,
      kind: 'isotonic',
      reason: `isotonic steps fitted on ${rows} local discharges with ${events} events, after the model's own map`,
      steps: risingCurve(outcome, risk),
    };
  }
  const logit = risk.map((p) => Math.log(p) - Math.log1p(-p));
  const once = new Float64Array(rows).fill(1);
  const line =
    method === 'intercept'
      ? { intercept: fitIntercept(outcome, logit, once) ?? NaN, slope: 1 }
      : (fitLine(outcome, logit, once) ?? { intercept: NaN, slope: NaN });
  if (!(line.slope > 0) || Number.isNaN(line.intercept)) {
    throw new ModelError(
      'RECALIBRATION_NO_SLOPE',
      `recalibration by ${method} expected risks that rank local discharges above chance, found ` +
        `${Number.isNaN(line.slope) ? 'no finite fit' : `a slope of ${line.slope.toPrecision(3)}`}; train a model on local records`,
    );
  }
  return {
    kind: map.kind === 'identity' ? 'logistic' : map.kind,
    ...fitted,
    epsilon: map.epsilon,
    intercept: line.intercept + line.slope * map.intercept,
    slope: line.slope * map.slope,
    reason: `${method === 'intercept' ? 'level' : 'level and slope'} fitted again on ${rows} local discharges with ${events} events`,
  };
}
