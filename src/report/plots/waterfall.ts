/**
 * Waterfall of one patient: from the average output, contribution by contribution, to the output for this discharge.
 *
 * Choice  the largest contributions have a row each, the others together one; the rows add up to the output exactly
 * Choice  upwards and downwards differ by colour, by hatch-free fill against outline, and by the sign that is written
 */
import * as Plot from '@observablehq/plot';
import { signed, decimal } from '../number-text.ts';
import { blue, faint, ink, muted, vermillion } from '../series-style.ts';
import { composeSvg, plotPart, textAt, textWidth, type Drawing } from './svg.ts';

export interface WaterfallOptions extends Drawing {
  /** Output of the forest without knowledge of the patient. */
  readonly baseValue: number;
  readonly contributions: readonly {
    readonly label: string;
    /** In units of the output. */
    readonly value: number;
  }[];
  /** Contributions with a row of their own; default 10. */
  readonly top?: number;
  /** Unit of the axis. */
  readonly unit?: string;
  /** Lines above the bars: what the output comes to, such as the calibrated risk; the first stands out. */
  readonly above?: readonly string[];
}

interface Bar {
  readonly at: number;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly total: boolean;
}

const ROW = 26;
const WIDTH = 860;
/** Height of a line above the bars. */
const ABOVE = 20;

export function waterfallSvg({
  baseValue,
  contributions,
  top = 10,
  unit = 'Output of the forest',
  above = [],
  ...drawing
}: WaterfallOptions): string {
  const sorted = contributions
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (a.label < b.label ? -1 : 1));
  // A row for "one other" would say less than that one's own.
  const shown = sorted.length === top + 1 ? sorted : sorted.slice(0, top);
  const rest = sorted.slice(shown.length);
  const steps = [
    ...shown,
    ...(rest.length === 0
      ? []
      : [{ label: `${rest.length} others together`, value: rest.reduce((sum, { value }) => sum + value, 0) }]),
  ];
  const bars: Bar[] = [{ at: 0, label: 'Average output', from: baseValue, to: baseValue, text: decimal(baseValue), total: true }];
  let level = baseValue;
  for (const { label, value } of steps) {
    bars.push({ at: bars.length, label, from: level, to: level + value, text: signed(value), total: false });
    level += value;
  }
  bars.push({ at: bars.length, label: 'Output for this discharge', from: level, to: level, text: decimal(level), total: true });

  const labelWidth = Math.ceil(Math.min(WIDTH * 0.45, Math.max(...bars.map(({ label }) => textWidth(label))) + 16));
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const room = Math.max(0.005, (Math.max(...ends) - Math.min(...ends)) * 0.12);
  const domain = [Math.min(...ends) - room, Math.max(...ends) + room];
  const height = bars.length * ROW + 50;
  const moves = bars.filter(({ total }) => !total);
  const part = plotPart({
    width: WIDTH - labelWidth,
    height,
    marginLeft: 8,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 44,
    x: { domain, label: unit, labelAnchor: 'center', labelArrow: 'none', ticks: 7, grid: true },
    y: { domain: [bars.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.ruleY([bars.length - 0.5], { stroke: ink }),
      Plot.ruleX([baseValue], { stroke: muted, strokeDasharray: '4 3' }),
      Plot.ruleX(bars.slice(0, -1), { x: 'to', y1: 'at', y2: (bar: Bar) => bar.at + 1, stroke: faint }),
      Plot.rect(moves, {
        x1: 'from',
        x2: 'to',
        y1: (bar: Bar) => bar.at - 0.32,
        y2: (bar: Bar) => bar.at + 0.32,
        fill: (bar: Bar) => (bar.to > bar.from ? vermillion : '#fff'),
        stroke: (bar: Bar) => (bar.to > bar.from ? vermillion : blue),
        strokeWidth: 1.5,
      }),
      Plot.dot(
        bars.filter(({ total }) => total),
        { x: 'to', y: 'at', symbol: 'diamond', r: 6, fill: ink },
      ),
      Plot.text(
        bars.filter(({ from, to, total }) => total || to >= from),
        { x: 'to', y: 'at', text: 'text', textAnchor: 'start', dx: 9 },
      ),
      Plot.text(
        moves.filter(({ from, to }) => to < from),
        { x: 'to', y: 'at', text: 'text', textAnchor: 'end', dx: -7 },
      ),
    ],
  });
  const fits = Math.floor(labelWidth / textWidth('n'));
  const labels = bars.map(({ at, label, total }) =>
    textAt(0, 4 + (at + 0.5) * ((height - 48) / bars.length) + 4, label.length > fits ? `${label.slice(0, fits - 1)}…` : label, {
      weight: total ? 'bold' : 'normal',
    }),
  );
  const top0 = above.length === 0 ? 0 : above.length * ABOVE + 10;
  const told = above.map((text, i) =>
    textAt(0, 15 + i * ABOVE, text, i === 0 ? { weight: 'bold', size: 14 } : { fill: muted, size: 12 }),
  );
  return composeSvg(drawing, [
    { x: 0, y: 0, part: { width: WIDTH, height: top0, body: told.join('') } },
    { x: 0, y: top0, part: { width: labelWidth, height, body: labels.join('') } },
    { x: labelWidth, y: top0, part },
  ]).text;
}
