/**
 * Forest plot: estimates with their intervals, one row each, in one or more panels over the same rows.
 *
 * Choice  an interval that leaves the axis ends in an arrow head; a row without figures says why in its place
 * Choice  an estimate without an interval is a grey cross
 * Choice  the axis spans the estimates and most of the intervals: one tiny group must not flatten all others
 */
import * as Plot from '@observablehq/plot';
import type { MetricInterval } from '../../model/index.ts';
import type { Markup } from '../markup.ts';
import { decimal, isNumber, withInterval, type NumberText } from '../number-text.ts';
import { blue, faint, ink, muted, type MarkerShape } from '../series-style.ts';
import { composeSvg, plotPart, textAt, textWidth, type Drawing, type Part } from './svg.ts';

export interface ForestRow {
  readonly label: string;
  /** A line that heads the rows after it; it has no figures. */
  readonly heading?: boolean;
  /** Shown in place of figures: why there are none. */
  readonly note?: string;
  /** By panel; undefined where the panel does not apply, null where a figure has no value. */
  readonly figures: readonly (MetricInterval | null | undefined)[];
  readonly emphasis?: boolean;
}

export interface ForestPanel {
  readonly label: string;
  /** Line of no difference, or of chance. */
  readonly reference?: number;
  readonly colour?: string;
  readonly marker?: MarkerShape;
  readonly text?: NumberText;
  /** Text of an axis tick. */
  readonly tick?: (value: number) => string;
}

const ROW = 21;
const TOP = 8;
const BOTTOM = 44;

/**
 * @param width  of the whole drawing; labels take what they need, panels share the rest
 * @param texts  whether each interval is also written beside a single panel
 */
export function forestPanelsSvg(
  drawing: Drawing,
  panels: readonly ForestPanel[],
  rows: readonly ForestRow[],
  { width = 860, texts = false }: { readonly width?: number; readonly texts?: boolean } = {},
): Markup {
  const height = TOP + rows.length * ROW + BOTTOM;
  const longest = Math.max(60, ...rows.map(({ label, heading }) => (heading === true ? 0 : textWidth(label) + 14)));
  const labelWidth = Math.ceil(Math.min(longest, width * 0.42));
  const text = panels[0]?.text ?? decimal;
  const textsWidth = texts
    ? Math.ceil(1.15 * textWidth(withInterval({ estimate: -0.1, lower: -0.2, upper: -0.1 }, text))) + 16
    : 0;
  const panelWidth = Math.floor((width - labelWidth - textsWidth) / Math.max(1, panels.length));
  return composeSvg(drawing, [
    { x: 0, y: 0, part: labels(rows, width, labelWidth, height) },
    ...panels.map((panel, p) => ({ x: labelWidth + p * panelWidth, y: 0, part: panelPart(panel, p, rows, panelWidth, height) })),
    { x: 0, y: 0, part: words(rows, width, labelWidth, height) },
    ...(texts ? [{ x: width - textsWidth, y: 0, part: intervalTexts(rows, text, textsWidth, height) }] : []),
  ]);
}

export interface ForestPlotOptions extends Drawing {
  /** Unit of the axis: "difference in AUROC". */
  readonly label: string;
  readonly reference?: number;
  readonly text?: NumberText;
}

/** A forest plot of one statistic with its intervals in words: a comparison of models, of feature sets, of groups. */
export function forestPlotSvg(
  rows: readonly (Omit<ForestRow, 'figures'> & { readonly figure: MetricInterval | null | undefined })[],
  { label, reference, text, ...drawing }: ForestPlotOptions,
): string {
  const panel = { label, ...(reference === undefined ? {} : { reference }), ...(text === undefined ? {} : { text }) };
  return forestPanelsSvg(
    drawing,
    [panel],
    rows.map(({ figure, ...row }) => ({ ...row, figures: [figure] })),
    { texts: true },
  ).text;
}

function labels(rows: readonly ForestRow[], width: number, labelWidth: number, height: number): Part {
  const body = rows.map(({ label, heading, emphasis }, r) => {
    const y = TOP + (r + 0.5) * ROW;
    if (heading === true) return r > 0 ? `<path d="M0,${y - ROW / 2}H${width}" stroke="${faint}"/>` : '';
    const fits = Math.floor(labelWidth / textWidth('n'));
    const shown = label.length > fits ? `${label.slice(0, Math.max(1, fits - 1))}…` : label;
    return textAt(8, y + 4, shown, { weight: emphasis === true ? 'bold' : 'normal' });
  });
  return { width, height, body: body.join('') };
}

/** Headings and notes, over all panels and on white, so that no line of a panel runs through the words. */
function words(rows: readonly ForestRow[], width: number, labelWidth: number, height: number): Part {
  const body = rows.map(({ label, note, heading }, r) => {
    const y = TOP + (r + 0.5) * ROW;
    const text = heading === true ? label : note;
    if (text === undefined) return '';
    const x = heading === true ? 0 : labelWidth + 14;
    const room = Math.min(width - x, Math.ceil(textWidth(text) * (heading === true ? 1.1 : 1)) + 6);
    return (
      `<rect x="${x}" y="${y - 9}" width="${room}" height="18" fill="#fff"/>` +
      textAt(x, y + 4, text, heading === true ? { weight: 'bold' } : { fill: muted })
    );
  });
  return { width, height, body: body.join('') };
}

function intervalTexts(rows: readonly ForestRow[], text: NumberText, width: number, height: number): Part {
  const body = rows.map(({ heading, figures, note, emphasis }, r) =>
    heading === true || note !== undefined
      ? ''
      : textAt(width - 2, TOP + (r + 0.5) * ROW + 4, withInterval(figures[0], text), {
          anchor: 'end',
          weight: emphasis === true ? 'bold' : 'normal',
        }),
  );
  return { width, height, body: body.join('') };
}

interface PanelRow {
  readonly at: number;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly emphasis: boolean;
  /** Whether there is an interval. */
  readonly sure: boolean;
}

function panelPart(panel: ForestPanel, p: number, rows: readonly ForestRow[], width: number, height: number): Part {
  const present = rows.flatMap(({ figures, note, heading, emphasis }, at): PanelRow[] => {
    const figure = figures[p];
    if (heading === true || note !== undefined || !isNumber(figure?.estimate)) return [];
    const { estimate } = figure;
    return [
      {
        at,
        estimate,
        lower: figure.lower ?? estimate,
        upper: figure.upper ?? estimate,
        emphasis: emphasis === true,
        sure: isNumber(figure.lower) && isNumber(figure.upper),
      },
    ];
  });
  const domain = axisDomain(present, panel.reference);
  const [from, to] = domain;
  const colour = panel.colour ?? blue;
  const absent = rows.flatMap(({ note, heading, figures }, at) => {
    if (heading === true) return [];
    if (note !== undefined) return [];
    return figures[p] === undefined || isNumber(figures[p]?.estimate) ? [] : [{ at, text: 'n/a' }];
  });
  const axis = axisOf(domain, width, panel.tick);
  return plotPart({
    width,
    height,
    marginLeft: axis.margin,
    marginRight: axis.margin,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: {
      domain,
      label: panel.label,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: axis.ticks,
      tickFormat: axis.text,
      grid: true,
    },
    y: { domain: [rows.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.ruleY([rows.length - 0.5], { stroke: ink }),
      ...(panel.reference === undefined ? [] : [Plot.ruleX([panel.reference], { stroke: muted, strokeDasharray: '4 3' })]),
      Plot.ruleY(present, {
        y: 'at',
        x1: (d: PanelRow) => Math.max(from, Math.min(to, d.lower)),
        x2: (d: PanelRow) => Math.min(to, Math.max(from, d.upper)),
        stroke: colour,
        strokeWidth: (d: PanelRow) => (d.emphasis ? 2.4 : 1.5),
      }),
      Plot.text(
        present.filter((d) => d.lower < from),
        { x: from, y: 'at', text: () => '◂', fill: colour, dx: -2 },
      ),
      Plot.text(
        present.filter((d) => d.upper > to),
        { x: to, y: 'at', text: () => '▸', fill: colour, dx: 2 },
      ),
      Plot.dot(
        present.filter((d) => d.sure && d.estimate >= from && d.estimate <= to),
        {
          x: 'estimate',
          y: 'at',
          symbol: panel.marker ?? 'square',
          r: 3.8,
          fill: (d: PanelRow) => (d.emphasis ? colour : '#fff'),
          stroke: colour,
        },
      ),
      // Without an interval an estimate is no more than a hint.
      Plot.dot(
        present.filter((d) => !d.sure && d.estimate >= from && d.estimate <= to),
        { x: 'estimate', y: 'at', symbol: 'times', r: 4, stroke: muted, strokeWidth: 1.5 },
      ),
      Plot.text(absent, {
        y: 'at',
        text: 'text',
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: 6,
        fill: muted,
        fontStyle: 'italic',
        stroke: '#fff',
        strokeWidth: 4,
      }),
    ],
  });
}

function axisDomain(rows: readonly PanelRow[], reference: number | undefined): [number, number] {
  const inner = [...rows.map(({ estimate }) => estimate), ...(reference === undefined ? [] : [reference])];
  if (inner.length === 0) return [0, 1];
  const ends = (of: readonly number[], share: number): number => {
    const sorted = [...of].sort((a, b) => a - b);
    return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  };
  const lows = rows.map(({ lower }) => lower);
  const highs = rows.map(({ upper }) => upper);
  const all = [Math.min(...inner, ...lows), Math.max(...inner, ...highs)] as const;
  const most = [Math.min(...inner, ends(lows, 0.1)), Math.max(...inner, ends(highs, 0.9))] as const;
  const [low, high] = all[1] - all[0] <= 1.6 * (most[1] - most[0]) ? all : most;
  const room = Math.max((high - low) * 0.06, 1e-4);
  return [low - room, high + room];
}

/** Room that a tick and its text take at least, in units of the drawing. */
const TICK_ROOM = 42;
/** Least room beside the axis. */
const MARGIN = 14;

interface Axis {
  readonly ticks: readonly number[];
  readonly text: (value: number) => string;
  /** On both sides, so that no text leaves its panel: the next one begins there. */
  readonly margin: number;
}

function axisOf(domain: readonly [number, number], width: number, given: ForestPanel['tick']): Axis {
  const textOf = (ticks: readonly number[]): Axis['text'] => given ?? plainTicks(ticks);
  const widest = (ticks: readonly number[]): number => Math.max(0, ...ticks.map((tick) => textWidth(textOf(ticks)(tick))));
  const first = widest(axisTicks(domain, width - 2 * MARGIN));
  const margin = Math.max(MARGIN, Math.ceil(first / 2) + 4);
  const ticks = axisTicks(domain, width - 2 * margin, Math.max(TICK_ROOM, first + 8));
  return { ticks, text: textOf(ticks), margin };
}

/** As many decimals as the finest of them needs. */
function plainTicks(ticks: readonly number[]): Axis['text'] {
  const decimals = Math.max(0, ...ticks.map((tick) => /\.(\d+)$/.exec(tick.toFixed(8).replace(/0+$/, ''))?.[1]?.length ?? 0));
  return (value) => value.toFixed(decimals).replace('-', '−');
}

/** Round values along the axis: as many as there is room for, and never one alone, which would tell no scale. */
export function axisTicks([from, to]: readonly [number, number], width: number, room = TICK_ROOM): number[] {
  const most = Math.max(3, Math.floor(width / room));
  const power = 10 ** Math.floor(Math.log10((to - from) / most));
  const steps = [1, 2, 5, 10, 20, 50].map((nice) => nice * power);
  const within = (step: number): number[] => {
    const first = Math.ceil(from / step - 1e-9);
    const last = Math.floor(to / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(12)));
  };
  const all = steps.map(within);
  const fit = all.findIndex((ticks) => ticks.length <= most);
  // One step finer where the coarser one leaves a single value.
  return (all[fit]?.length ?? 0) >= 2 ? (all[fit] as number[]) : (all[fit - 1] ?? all[0] ?? []);
}
