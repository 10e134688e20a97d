/**
 * Calibration: the observed share against the risk, and below it, on the same axis, how many discharges have that risk.
 *
 * Choice  both axes end where the risks end, not at 1: readmission risks are low, and a square of [0, 1] would hide the curve in a corner
 * Choice  bars of joined bins are as high as their discharges per narrowest bin, so that areas can be compared
 * Choice  discharges with the event stand above the line of the histogram, those without below, on one scale
 */
import * as Plot from '@observablehq/plot';
import type { CalibrationEvidence } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { isNumber } from '../number-text.ts';
import { blue, ink, muted, orange, vermillion } from '../series-style.ts';
import { calibrationFrame } from './calibration-frame.ts';
import { bandPoints, curvePoints, linePoints } from './curve-points.ts';
import { composeSvg, plotPart, type Drawing } from './svg.ts';

export interface OracleGroup {
  /** Discharges of the group. */
  readonly n?: number;
  readonly meanRisk: number | null;
  readonly meanOracle: number | null;
}

const WIDTH = 640;
const margins = { marginLeft: 56, marginRight: 16 };

/** @param oracle  by groups of rising risk, the mean true risk, where it is known */
export function calibrationSvg(drawing: Drawing, evidence: CalibrationEvidence, oracle: readonly OracleGroup[] = []): Markup {
  const points = curvePoints(evidence.smooth);
  const groups = evidence.groups.filter(({ estimate }) => isNumber(estimate));
  const narrowest = Math.min(...evidence.histogram.map(widthOf));
  const bars = evidence.histogram.map((bar) => {
    const share = narrowest / widthOf(bar);
    return { ...bar, events: bar.events * share, others: bar.others * share };
  });
  const known = oracle.filter(({ meanRisk, meanOracle }) => isNumber(meanRisk) && isNumber(meanOracle));
  const end = axisEnd([
    ...linePoints(points).flatMap(({ x, y }) => [x, y]),
    ...groups.flatMap(({ meanRisk, upper, estimate }) => [meanRisk, upper ?? estimate ?? 0]),
    ...bars.filter(({ events, others }) => events + others > 0).map(({ to }) => to),
  ]);
  const x = { domain: [0, end], label: null, grid: true, ticks: 6, tickFormat: percentTick };
  const curve = plotPart({
    width: WIDTH,
    height: 420,
    ...margins,
    marginTop: 12,
    marginBottom: 26,
    x,
    y: { ...x, label: 'Observed share with the event', labelAnchor: 'center', labelArrow: 'none' },
    marks: [
      ...calibrationFrame(end),
      Plot.areaY(bandPoints(points), { x: 'x', y1: 'lower', y2: 'upper', fill: blue, fillOpacity: 0.18, clip: true }),
      Plot.line(linePoints(points), { x: 'x', y: 'y', stroke: blue, strokeWidth: 2.4, clip: true }),
      Plot.ruleX(
        groups.filter(({ lower, upper }) => isNumber(lower) && isNumber(upper)),
        { x: 'meanRisk', y1: 'lower', y2: 'upper', stroke: ink, strokeWidth: 1.2 },
      ),
      Plot.dot(groups, { x: 'meanRisk', y: 'estimate', symbol: 'square', r: 4, fill: '#fff', stroke: ink, strokeWidth: 1.5 }),
      Plot.dot(known, { x: 'meanRisk', y: 'meanOracle', symbol: 'diamond', r: 4.5, fill: orange, stroke: ink, strokeWidth: 0.8 }),
    ],
  });
  const tallest = Math.max(1, ...bars.map(({ events, others }) => Math.max(events, others)));
  const lowest = Math.max(1, ...bars.map(({ others }) => others));
  const highest = Math.max(lowest * 0.25, ...bars.map(({ events }) => events));
  const histogram = plotPart({
    width: WIDTH,
    height: 160,
    ...margins,
    marginTop: 6,
    marginBottom: 44,
    x: { ...x, grid: false, label: 'Risk', labelAnchor: 'center', labelArrow: 'none' },
    y: {
      domain: [-lowest * 1.05, highest * 1.25],
      label: bars.length === 0 ? 'Discharges' : `Discharges per ${pointsText(narrowest)}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 4,
      tickFormat: (n: number) => String(Math.abs(n)),
    },
    marks: [
      Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'events', fill: vermillion, fillOpacity: 0.75, inset: 0.4 }),
      Plot.rectY(bars, {
        x1: 'from',
        x2: 'to',
        y: (bar: { others: number }) => -bar.others,
        fill: blue,
        fillOpacity: 0.35,
        inset: 0.4,
      }),
      Plot.ruleY([0], { stroke: ink }),
      Plot.text(
        [
          { y: highest * 0.85, text: 'with the event' },
          { y: -tallest * 0.75, text: 'without' },
        ],
        { x: end, y: 'y', text: 'text', textAnchor: 'end', dx: -4, fill: muted },
      ),
    ],
  });
  return composeSvg(drawing, [
    { x: 0, y: 0, part: curve },
    { x: 0, y: curve.height, part: histogram },
  ]);
}

function widthOf({ from, to }: { readonly from: number; readonly to: number }): number {
  return to - from;
}

/** "2 points of risk": the width of a bin, which differences of binary fractions give only nearly. */
function pointsText(width: number): string {
  const points = Number((100 * width).toPrecision(3));
  return `${points} ${points === 1 ? 'point' : 'points'} of risk`;
}

/** The next twentieth beyond all values, at most 1. */
export function axisEnd(values: readonly number[]): number {
  const largest = Math.max(0.1, ...values.filter((value) => Number.isFinite(value)));
  return Math.min(1, Math.ceil(largest * 20 + 1e-9) / 20);
}

export function percentTick(value: number): string {
  return `${Math.round(value * 100)} %`;
}
