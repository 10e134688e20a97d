/**
 * The frame of a drawing: the picture, its legend, a caption that says how to read it, and its numbers to unfold.
 */
import { html, trusted, type Content, type Markup } from './markup.ts';
import { ink, type MarkerShape, type SeriesStyle } from './series-style.ts';
import { table, type Column } from './table.ts';

export interface FigureOptions {
  readonly title: Content;
  readonly svg: Markup;
  readonly legend?: Markup;
  /** How to read it, in sentences. */
  readonly reading: Content;
  readonly numbers?: Markup;
}

export function figureBlock({ title, svg, legend, reading, numbers }: FigureOptions): Markup {
  return html`<figure>
    ${legend}${svg}
    <figcaption><strong>${title}.</strong> ${reading}</figcaption>
    ${numbers}
  </figure> `;
}

/** Figures side by side where the page is wide enough. */
export function pair(...figures: readonly Markup[]): Markup {
  return html`<div class="pair">${figures}</div>`;
}

/** The most rows a folded table of a curve has; all points are in metrics.json. */
const SHOWN = 41;

/** The numbers of a drawing, folded away; long curves are thinned evenly, both ends kept. */
export function numbersTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], caption: string): Markup {
  const step = Math.max(1, Math.ceil((rows.length - 1) / (SHOWN - 1)));
  const shown = rows.filter((_, i) => i % step === 0 || i === rows.length - 1);
  const note = step > 1 ? `; one point in ${step}, all of them in metrics.json` : '';
  return html`<details>
    <summary>Numbers: ${caption}</summary>
    ${table({ caption: caption + note, columns, rows: shown })}
  </details> `;
}

export interface LegendEntry {
  readonly label: string;
  readonly style: Pick<SeriesStyle, 'colour' | 'dash' | 'width'>;
  readonly marker?: MarkerShape;
  /** The marker is filled. */
  readonly solid?: boolean;
}

export function legend(entries: readonly LegendEntry[]): Markup {
  return html`<ul class="legend">
    ${entries.map(({ label, style, marker, solid }) => html`<li>${stroke(style, marker, solid)}${label}</li>`)}
  </ul> `;
}

function stroke({ colour, dash, width }: LegendEntry['style'], marker?: MarkerShape, solid = false): Markup {
  const line =
    width > 0 ? `<path d="M0,6H34" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}" fill="none"/>` : '';
  const point =
    marker === undefined
      ? ''
      : `<path d="${shapes[marker]}" transform="translate(17,6)" fill="${solid ? colour : '#fff'}" stroke="${solid ? ink : colour}" stroke-width="${solid ? 0.8 : 1.5}"/>`;
  return trusted(`<svg width="34" height="12" aria-hidden="true">${line}${point}</svg>`);
}

/** The markers of the drawings, about 8 units wide. */
const shapes: Readonly<Record<MarkerShape, string>> = {
  circle: 'M3.6,0A3.6,3.6 0 1 1 -3.6,0A3.6,3.6 0 1 1 3.6,0Z',
  square: 'M-3.2,-3.2H3.2V3.2H-3.2Z',
  triangle: 'M0,-4.2L3.7,2.2H-3.7Z',
  diamond: 'M0,-4.6L3,0L0,4.6L-3,0Z',
  cross: 'M-1.4,-4.2H1.4V-1.4H4.2V1.4H1.4V4.2H-1.4V1.4H-4.2V-1.4H-1.4Z',
  star: 'M0,-4.6L1.1,-1.5L4.4,-1.4L1.7,0.6L2.7,3.7L0,1.8L-2.7,3.7L-1.7,0.6L-4.4,-1.4L-1.1,-1.5Z',
  wye: 'M0,0L-3.6,-3L-2,-4.4L0,-2.4L2,-4.4L3.6,-3L1.3,0.4V4.4H-1.3V0.4Z',
};

/** Said where a part of the report has nothing to show. */
export function notComputed(what: string): Markup {
  return html`<p class="absent">Not computed: ${what}</p> `;
}
