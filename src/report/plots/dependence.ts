/**
 * Dependence: how the attribution of one feature goes with its value.
 *
 * Choice  points are a sample of discharges, the line the mean of all within bins of the value
 * Choice  the axis ends where the bins end, so that one extreme value does not press all others together
 */
import * as Plot from '@observablehq/plot';
import type { ImportanceEvidence } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { compact, count, isNumber } from '../number-text.ts';
import { blue, ink, muted, vermillion } from '../series-style.ts';
import { composeSvg, plotPart, textAt, type Drawing } from './svg.ts';

export type Dependence = ImportanceEvidence['dependence'][number];

const WIDTH = 420;
const HEIGHT = 250;
const TITLE = 40;

export function dependenceSvg(drawing: Drawing, dependence: Dependence): string {
  return dependenceDrawing(drawing, dependence).text;
}

export function dependenceDrawing(drawing: Drawing, { name, unit, sample, bins, missing }: Dependence): Markup {
  const middle = bins.map((bin) => ({ ...bin, at: (bin.from + bin.to) / 2 }));
  const values = sample.flatMap(({ value, attribution }) => (isNumber(value) ? [{ value, attribution }] : []));
  const low = Math.min(...bins.map(({ from }) => from), ...(bins.length === 0 ? values.map(({ value }) => value) : []));
  const high = Math.max(...bins.map(({ to }) => to), ...(bins.length === 0 ? values.map(({ value }) => value) : []));
  const room = high > low ? (high - low) * 0.03 : 0.5;
  const domain = Number.isFinite(low) ? [low - room, high + room] : [0, 1];
  const part = plotPart({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 58,
    marginRight: 12,
    marginTop: 6,
    marginBottom: 42,
    x: { domain, label: unit === '' ? 'value' : unit, labelAnchor: 'center', labelArrow: 'none', ticks: 6 },
    y: { label: 'Attribution', labelAnchor: 'center', labelArrow: 'none', grid: true, ticks: 5, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: ink }),
      Plot.dot(
        values.filter(({ value }) => value >= (domain[0] as number) && value <= (domain[1] as number)),
        { x: 'value', y: 'attribution', r: 1.8, fill: blue, fillOpacity: 0.3 },
      ),
      Plot.line(middle, { x: 'at', y: 'mean', stroke: vermillion, strokeWidth: 1.2, strokeDasharray: '3 2' }),
      Plot.ruleY(middle, { y: 'mean', x1: 'from', x2: 'to', stroke: vermillion, strokeWidth: 3 }),
      Plot.dot(
        middle.filter(({ from, to }) => from === to),
        { x: 'at', y: 'mean', symbol: 'square', r: 4, fill: vermillion },
      ),
    ],
  });
  const absent =
    missing.rows === 0
      ? 'never missing'
      : `missing in ${count(missing.rows)} rows, mean attribution ${missing.mean === null ? 'n/a' : compact(missing.mean)}`;
  const title = {
    width: WIDTH,
    height: TITLE,
    body: textAt(58, 15, name, { weight: 'bold', size: 13 }) + textAt(58, 31, absent, { fill: muted, size: 11 }),
  };
  return composeSvg(drawing, [
    { x: 0, y: 0, part: title },
    { x: 0, y: TITLE, part },
  ]);
}
