/**
 * Cumulative incidence of each first event after discharge, the others competing.
 *
 * Choice  with an estimate for each day the curves are steps with bands; with a few days they are points, joined to guide the eye
 */
import * as Plot from '@observablehq/plot';
import type { EventIncidence } from '../../model/index.ts';
import type { Markup } from '../markup.ts';
import { isNumber } from '../number-text.ts';
import { ink, stateStyle } from '../series-style.ts';
import { plotSvg, type Drawing } from './svg.ts';

/** From this many days on an estimate for each day is taken to be a curve. */
const CURVE = 10;

/** Whether the points are drawn as a curve, without markers. */
export function isCurve(points: EventIncidence['points']): boolean {
  return points.length >= CURVE;
}

interface Point {
  readonly day: number;
  readonly y: number;
  readonly lower: number;
  readonly upper: number;
}

export function incidenceSvg(drawing: Drawing, incidence: readonly EventIncidence[]): Markup {
  const series = incidence.map(({ state, points }, place) => ({
    style: stateStyle(state, place),
    dense: isCurve(points),
    points: points.flatMap(({ day, estimate, lower, upper }): Point[] =>
      isNumber(estimate) ? [{ day, y: estimate, lower: lower ?? estimate, upper: upper ?? estimate }] : [],
    ),
  }));
  const all = series.flatMap(({ points }) => points);
  const horizon = Math.max(1, ...all.map(({ day }) => day));
  const highest = Math.max(0.01, ...all.map(({ upper }) => upper));
  const sparse = all.length > 0 && series.every(({ dense }) => !dense);
  return plotSvg(drawing, {
    width: 640,
    height: 340,
    marginLeft: 60,
    marginRight: 16,
    marginTop: 12,
    marginBottom: 46,
    x: {
      domain: [0, horizon * 1.02],
      label: 'Days after discharge',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: sparse ? [0, ...new Set(all.map(({ day }) => day))] : 7,
    },
    y: {
      domain: [0, highest * 1.08],
      label: 'Cumulative incidence',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
      tickFormat: (share: number) => `${+(100 * share).toFixed(1)} %`,
    },
    marks: [
      Plot.ruleY([0], { stroke: ink }),
      ...series.flatMap(({ style, points, dense }, s) => {
        const path = [{ day: 0, y: 0, lower: 0, upper: 0 }, ...points];
        const stroke = { x: 'day', y: 'y', stroke: style.colour, strokeWidth: style.width, strokeDasharray: style.dash };
        if (dense) {
          return [
            Plot.areaY(path, { x: 'day', y1: 'lower', y2: 'upper', fill: style.colour, fillOpacity: 0.15, curve: 'step-after' }),
            Plot.line(path, { ...stroke, curve: 'step-after' }),
          ];
        }
        // Bars of the states stand side by side.
        const aside = (s - (series.length - 1) / 2) * 5;
        return [
          Plot.line(path, { ...stroke, strokeOpacity: 0.7 }),
          Plot.ruleX(points, { x: 'day', y1: 'lower', y2: 'upper', stroke: style.colour, strokeWidth: 1.5, dx: aside }),
          Plot.dot(points, {
            x: 'day',
            y: 'y',
            symbol: style.marker,
            r: 4.2,
            fill: '#fff',
            stroke: style.colour,
            strokeWidth: 1.8,
            dx: aside,
          }),
        ];
      }),
    ],
  });
}
