/**
 * Risk profile: the risk of one discharge over the values of one feature, all others fixed.
 *
 * Choice  a forest's answer is steps, and steps are drawn: a line through points would show values that the model never gives
 * Choice  the axis of risk begins at 0, so that a feature of little weight looks like one; the axis of values ends a little beyond the outermost
 *         steps, as the risk is flat from there to the ends of the training range
 */
import * as Plot from '@observablehq/plot';
import { unitText } from '../../util/unit-text.ts';
import { compact, percent } from '../number-text.ts';
import { blue, ink, muted, vermillion } from '../series-style.ts';
import { composeSvg, plotPart, textAt, type Drawing } from './svg.ts';

export interface RiskProfileOptions extends Drawing {
  readonly feature: string;
  readonly unit: string;
  /** Of rising values. */
  readonly steps: readonly { readonly from: number; readonly to: number; readonly risk: number }[];
  /** The discharge as it is; null where its value is missing. */
  readonly own: { readonly value: number | null; readonly risk: number };
  /** Risk where the value is missing. */
  readonly missing: number;
  /** Event share of the training discharges. */
  readonly baseRate: number;
}

const WIDTH = 640;
const HEIGHT = 320;
const TITLE = 40;
const LEFT = 62;

export function riskProfileSvg({ feature, unit, steps, own, missing, baseRate, ...drawing }: RiskProfileOptions): string {
  const domain = valueAxis(steps, own.value);
  const [low, high] = domain;
  const seen = steps
    .filter(({ from, to }) => to >= low && from <= high)
    .map(({ from, to, risk }) => ({ from: Math.max(from, low), to: Math.min(to, high), risk }));
  // A vertical joins two steps where one ends.
  const joints = seen.slice(1).map((step, i) => ({ at: step.from, before: seen[i]!.risk, after: step.risk }));
  const here = own.value === null ? [] : [{ value: own.value, risk: own.risk, text: `this discharge: ${percent(own.risk)}` }];
  const top = Math.max(baseRate, own.risk, ...steps.map(({ risk }) => risk));
  const toRight = own.value === null || own.value < low + 0.65 * (high - low);
  const part = plotPart({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: LEFT,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 44,
    x: {
      domain,
      label: unit === '' ? feature : `${feature} (${unitText(unit)})`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 7,
    },
    y: {
      domain: [0, Math.min(1, 1.15 * top)],
      label: 'Calibrated risk',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 5,
      tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %`,
    },
    marks: [
      Plot.ruleY([0], { stroke: ink }),
      Plot.ruleY([baseRate], { stroke: muted, strokeDasharray: '4 3' }),
      Plot.ruleX(joints, { x: 'at', y1: 'before', y2: 'after', stroke: blue, strokeWidth: 1 }),
      Plot.ruleY(seen, { y: 'risk', x1: 'from', x2: 'to', stroke: blue, strokeWidth: 3 }),
      // A step too narrow to be seen as a line.
      Plot.dot(
        seen.filter(({ from, to }) => to - from < 0.01 * (high - low)),
        { x: 'to', y: 'risk', symbol: 'square', r: 3, fill: blue },
      ),
      Plot.dot(here, { x: 'value', y: 'risk', symbol: 'diamond', r: 7, fill: vermillion, stroke: '#fff', strokeWidth: 1 }),
      Plot.text(here, {
        x: 'value',
        y: 'risk',
        text: 'text',
        dy: -15,
        dx: toRight ? 4 : -4,
        textAnchor: toRight ? 'start' : 'end',
        fontWeight: 'bold',
        stroke: '#fff',
        fill: ink,
      }),
    ],
  });
  const told =
    `${own.value === null ? `missing here: ${percent(own.risk)}` : `were it missing: ${percent(missing)}`}; dashed: base rate ${percent(baseRate)}; ` +
    `training range ${compact(steps[0]?.from)} to ${compact(steps.at(-1)?.to)}`;
  const title = {
    width: WIDTH,
    height: TITLE,
    body:
      textAt(LEFT, 15, `Risk of this discharge over ${feature}`, { weight: 'bold', size: 13 }) +
      textAt(LEFT, 31, told, { fill: muted, size: 11 }),
  };
  return composeSvg(drawing, [
    { x: 0, y: 0, part: title },
    { x: 0, y: TITLE, part },
  ]).text;
}

/** From a little before the first change of risk to a little after the last, within the training range, with the own value. */
function valueAxis(steps: RiskProfileOptions['steps'], own: number | null): [number, number] {
  const [first, last] = [steps[0]?.from ?? 0, steps.at(-1)?.to ?? 1];
  const changes = steps.slice(1).map(({ from }) => from);
  const room = changes.length < 2 ? last - first : 0.12 * (changes.at(-1)! - changes[0]!);
  const low = Math.min(own ?? Infinity, Math.max(first, (changes[0] ?? first) - room));
  const high = Math.max(own ?? -Infinity, Math.min(last, (changes.at(-1) ?? last) + room));
  const margin = high > low ? 0.02 * (high - low) : 0.5;
  return [low - margin, high + margin];
}
