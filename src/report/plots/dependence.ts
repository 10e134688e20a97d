/**
 * Dependence: how the attribution of one feature goes with its value.
 *
 * Choice  points are a sample of discharges, the bars the mean of all within bins of the value
 * Choice  a value with a long tail has a logarithmic axis, or all but the tail would be one line
 */
import * as Plot from '@observablehq/plot';
import type { ImportanceEvidence } from '../../evaluation/evidence.ts';
import type { Markup } from '../markup.ts';
import { unitText } from '../../util/unit-text.ts';
import { compact, count, isNumber } from '../number-text.ts';
import { blue, ink, muted, vermillion } from '../series-style.ts';
import { composeSvg, plotPart, textAt, type Drawing } from './svg.ts';

export type Dependence = ImportanceEvidence['dependence'][number];

const WIDTH = 420;
const HEIGHT = 250;
const TITLE = 40;
/** Half of the discharges below this share of the range is a long tail. */
const TAIL = 0.06;

export function dependenceSvg(drawing: Drawing, dependence: Dependence): string {
  return dependenceDrawing(drawing, dependence).text;
}

export function dependenceDrawing(drawing: Drawing, dependence: Dependence): Markup {
  const { name, sample, bins, missing } = dependence;
  const values = sample.flatMap(({ value, attribution }) => (isNumber(value) ? [{ value, attribution }] : []));
  const axis = valueAxis(dependence);
  const inside = ({ value }: { readonly value: number }): boolean => value >= axis.domain[0] && value <= axis.domain[1];
  const middle = bins.map((bin) => ({ ...bin, at: axis.middle(bin.from, bin.to) }));
  const part = plotPart({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 58,
    marginRight: 14,
    marginTop: 6,
    marginBottom: 42,
    x: { ...axis.scale, domain: axis.domain, label: axis.label, labelAnchor: 'center', labelArrow: 'none' },
    y: { label: 'Attribution', labelAnchor: 'center', labelArrow: 'none', grid: true, ticks: 5, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: ink }),
      Plot.dot(values.filter(inside), { x: 'value', y: 'attribution', r: 1.8, fill: blue, fillOpacity: 0.3 }),
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

interface ValueAxis {
  readonly domain: readonly [number, number];
  readonly label: string;
  readonly scale: Plot.ScaleOptions;
  /** Middle of a bin as it is seen. */
  readonly middle: (from: number, to: number) => number;
}

function valueAxis({ unit, sample, bins }: Dependence): ValueAxis {
  const values = sample.flatMap(({ value }) => (isNumber(value) ? [value] : []));
  const ends = bins.length > 0 ? bins.flatMap(({ from, to }) => [from, to]) : values;
  const label = unit === '' ? 'value' : unitText(unit);
  if (ends.length === 0) return { domain: [0, 1], label, scale: { ticks: 6 }, middle: (from, to) => (from + to) / 2 };
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  if (low >= 0 && high > 20 && (medianOf(bins) - low) / (high - low) < TAIL) {
    // log(1 + x): zero has its place.
    const warp = (x: number): number => Math.log1p(x);
    const all = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000].filter((tick) => tick >= low && tick <= high);
    const ticks = all.length > 6 ? all.filter((tick) => !String(tick).startsWith('3')) : all;
    return {
      domain: [low, high],
      label: `${label} (logarithmic)`,
      scale: { type: 'symlog', constant: 1, ticks, tickFormat: (tick: number) => count(tick) },
      middle: (from, to) => Math.expm1((warp(from) + warp(to)) / 2),
    };
  }
  const room = high > low ? (high - low) * 0.03 : 0.5;
  return { domain: [low - room, high + room], label, scale: { ticks: 6 }, middle: (from, to) => (from + to) / 2 };
}

/** Upper end of the bin that holds the middle discharge. */
function medianOf(bins: Dependence['bins']): number {
  const half = bins.reduce((sum, { rows }) => sum + rows, 0) / 2;
  let seen = 0;
  for (const { rows, to } of bins) {
    seen += rows;
    if (seen >= half) return to;
  }
  return Infinity;
}
