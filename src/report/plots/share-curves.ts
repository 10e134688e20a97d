/**
 * Curves of two shares on the unit square: ROC, precision and recall, cumulative gains.
 */
import * as Plot from '@observablehq/plot';
import type { Curve } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { blue, ink, muted } from '../series-style.ts';
import { bandPoints, curvePoints, linePoints } from './curve-points.ts';
import { plotSvg, type Drawing } from './svg.ts';

const WIDTH = 440;
const HEIGHT = 390;

export function rocSvg(drawing: Drawing, curve: Curve): Markup {
  return unitSquare(drawing, curve, {
    x: 'False positive rate (1 − specificity)',
    y: 'Sensitivity',
    reference: [
      [0, 0],
      [1, 1],
    ],
    note: { x: 0.62, y: 0.53, text: 'chance' },
  });
}

/** @param prevalence  share of events: the precision of a model without knowledge */
export function precisionRecallSvg(drawing: Drawing, curve: Curve, prevalence: number): Markup {
  return unitSquare(drawing, curve, {
    x: 'Recall (sensitivity)',
    y: 'Precision (PPV)',
    reference: [
      [0, prevalence],
      [1, prevalence],
    ],
    note: { x: 0.02, y: prevalence - 0.035, text: 'prevalence' },
  });
}

/** @param prevalence  share of events: a model without error has found all of them at this share of the discharges */
export function gainsSvg(drawing: Drawing, curve: Curve, prevalence: number): Markup {
  return unitSquare(drawing, curve, {
    x: 'Share of discharges, highest risk first',
    y: 'Share of events found',
    reference: [
      [0, 0],
      [1, 1],
    ],
    note: { x: 0.62, y: 0.53, text: 'chance' },
    best: [
      [0, 0],
      [prevalence, 1],
      [1, 1],
    ],
  });
}

type Line = readonly (readonly [number, number])[];

function unitSquare(
  drawing: Drawing,
  curve: Curve,
  given: {
    readonly x: string;
    readonly y: string;
    readonly reference: Line;
    readonly note: { readonly x: number; readonly y: number; readonly text: string };
    readonly best?: Line;
  },
): Markup {
  const points = curvePoints(curve);
  const tick = (value: number): string => value.toFixed(1);
  return plotSvg(drawing, {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    marginBottom: 46,
    marginRight: 14,
    marginTop: 12,
    x: { domain: [0, 1], label: given.x, labelAnchor: 'center', labelArrow: 'none', grid: true, tickFormat: tick, ticks: 5 },
    y: { domain: [0, 1], label: given.y, labelAnchor: 'center', labelArrow: 'none', grid: true, tickFormat: tick, ticks: 5 },
    marks: [
      Plot.ruleY([0], { stroke: ink }),
      Plot.ruleX([0], { stroke: ink }),
      Plot.line(given.reference.map(toXy), { x: 'x', y: 'y', stroke: muted, strokeDasharray: '5 4' }),
      ...(given.best === undefined
        ? []
        : [Plot.line(given.best.map(toXy), { x: 'x', y: 'y', stroke: muted, strokeDasharray: '1 3', strokeWidth: 1.5 })]),
      Plot.areaY(bandPoints(points), { x: 'x', y1: 'lower', y2: 'upper', fill: blue, fillOpacity: 0.18 }),
      Plot.line(linePoints(points), { x: 'x', y: 'y', stroke: blue, strokeWidth: 2.4 }),
      Plot.text([given.note], { x: 'x', y: 'y', text: 'text', textAnchor: 'start', fill: muted }),
    ],
  });
}

function toXy([x, y]: readonly [number, number]): { x: number; y: number } {
  return { x, y };
}
