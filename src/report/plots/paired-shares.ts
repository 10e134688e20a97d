/**
 * Two shares per row on one axis, joined: what a model's reasons say of each family against what is true of it.
 */
import * as Plot from '@observablehq/plot';
import type { Markup } from '../markup.ts';
import { blue, faint, ink, orange } from '../series-style.ts';
import { composeSvg, plotPart, textAt, textWidth, type Drawing } from './svg.ts';

export interface PairedShare {
  readonly label: string;
  readonly model: number;
  readonly truth: number;
}

const ROW = 24;
const WIDTH = 640;

export function pairedSharesSvg(drawing: Drawing, rows: readonly PairedShare[], label: string): Markup {
  const labelWidth = Math.ceil(Math.min(WIDTH * 0.4, Math.max(40, ...rows.map((row) => textWidth(row.label))) + 14));
  const height = rows.length * ROW + 54;
  const placed = rows.map((row, at) => ({ ...row, at }));
  const highest = Math.max(0.1, ...rows.flatMap(({ model, truth }) => [model, truth]));
  const part = plotPart({
    width: WIDTH - labelWidth,
    height,
    marginLeft: 10,
    marginRight: 14,
    marginTop: 8,
    marginBottom: 46,
    x: {
      domain: [0, highest * 1.05],
      label,
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
      tickFormat: (share: number) => `${Math.round(100 * share)} %`,
    },
    y: { domain: [rows.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.ruleX([0], { stroke: ink }),
      Plot.ruleY(placed, { y: 'at', x1: 'model', x2: 'truth', stroke: faint, strokeWidth: 3 }),
      Plot.dot(placed, { x: 'model', y: 'at', r: 4.5, fill: '#fff', stroke: blue, strokeWidth: 2 }),
      Plot.dot(placed, { x: 'truth', y: 'at', symbol: 'diamond', r: 4.5, fill: orange, stroke: ink, strokeWidth: 0.8 }),
    ],
  });
  const labels = rows.map((row, at) => textAt(0, 8 + (at + 0.5) * ROW + 4, row.label)).join('');
  return composeSvg(drawing, [
    { x: 0, y: 0, part: { width: labelWidth, height, body: labels } },
    { x: labelWidth, y: 0, part },
  ]);
}
