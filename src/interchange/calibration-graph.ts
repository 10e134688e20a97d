/**
 * The calibration map as standard operators: from the forest's output to the risk, as applyCalibration computes it.
 *
 * Map     risk = logistic(intercept + slope · logit(ε + (1 − 2ε) · output)); isotonic steps after it are a sum of ramps,
 *         value_0 + Σ rise_i · clip(risk − corner_i, 0, width_i), which is level outside the corners and straight between them
 * Choice  always in double, whatever the rows are: near 0 and 1 a logit of float32 is off by more than the risk may be
 */
import type { CalibrationMap } from '../model/index.ts';
import type { GraphNode, Tensor } from './onnx-format.ts';

export interface CalibrationGraph {
  readonly nodes: readonly GraphNode[];
  readonly constants: Readonly<Record<string, Tensor>>;
}

const LEAST = Number.MIN_VALUE;
const MOST = 1 - 2 ** -53;

/** @param input  name of a double [N, 1] in [0, 1]  @param output  name of the risk, a double [N, 1] */
export function calibrationGraph(map: CalibrationMap, input: string, output: string): CalibrationGraph {
  const nodes: GraphNode[] = [];
  const constants: Record<string, Tensor> = {};
  const constant = (name: string, dims: readonly number[], values: readonly number[]): string => {
    constants[name] = { type: 'double', dims, values };
    return name;
  };
  const step = (op: string, inputs: readonly string[], to: string): string => {
    nodes.push({ op, inputs, outputs: [to] });
    return to;
  };
  const squeeze = step('Mul', [input, constant('squeeze_factor', [1], [1 - 2 * map.epsilon])], 'squeezed_part');
  const squeezed = step('Add', [squeeze, constant('squeeze_least', [1], [map.epsilon])], 'squeezed');
  const rest = step('Sub', [constant('one', [1], [1]), squeezed], 'squeezed_rest');
  const logit = step('Sub', [step('Log', [squeezed], 'log_squeezed'), step('Log', [rest], 'log_rest')], 'logit');
  const line = step('Mul', [logit, constant('slope', [1], [map.slope])], 'sloped');
  const logistic = step('Sigmoid', [step('Add', [line, constant('intercept', [1], [map.intercept])], 'line')], 'logistic');
  const risk = map.steps === undefined ? logistic : ramps(map.steps, logistic);
  const least = step('Max', [risk, constant('least_risk', [1], [LEAST])], 'risk_from_least');
  step('Min', [least, constant('most_risk', [1], [MOST])], output);
  return { nodes, constants };

  function ramps({ risk: corners, value }: NonNullable<CalibrationMap['steps']>, from: string): string {
    const count = corners.length - 1;
    const first = constant('first_value', [1], [value[0]!]);
    // A curve of one corner is level: a single ramp without a rise.
    const widths = count === 0 ? [1] : corners.slice(1).map((corner, i) => corner - corners[i]!);
    const rises = count === 0 ? [0] : widths.map((width, i) => (value[i + 1]! - value[i]!) / width);
    const past = step('Sub', [from, constant('corners', [1, widths.length], corners.slice(0, widths.length))], 'past_corner');
    const above = step('Max', [past, constant('zero', [1], [0])], 'above_corner');
    const within = step('Min', [above, constant('widths', [1, widths.length], widths)], 'within_ramp');
    const sum = step('MatMul', [within, constant('rises', [widths.length, 1], rises)], 'ramps');
    return step('Add', [sum, first], 'curve');
  }
}
