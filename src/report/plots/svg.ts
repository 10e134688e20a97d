/**
 * Drawings by Observable Plot, as text: no browser, no page, the same bytes for the same data.
 *
 * In      options of a plot; a drawing has an id, unique in its page, a title and a description for those who cannot see it
 * Out     one SVG element that scales to its place, its parts laid beside or below each other
 * Choice  clip paths are numbered within a drawing: Plot numbers them over the life of the process
 * Choice  coordinates are rounded to a hundredth of a unit, which nobody sees and which halves the file
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeText, trusted, type Markup } from '../markup.ts';
import { ink } from '../series-style.ts';

export interface Drawing {
  /** Letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for a screen reader. */
  readonly description: string;
}

export interface Part {
  readonly width: number;
  readonly height: number;
  /** Elements inside a group. */
  readonly body: string;
}

const FONT = 'system-ui, -apple-system, &quot;Segoe UI&quot;, Roboto, &quot;Helvetica Neue&quot;, Arial, sans-serif';
const FONT_SIZE = 12;

export function plotPart(options: Plot.PlotOptions & { readonly width: number; readonly height: number }): Part {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document }) as unknown as { readonly innerHTML: string };
  const body = svg.innerHTML
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/ aria-(?:label|description|hidden)="[^"]*"/g, '')
    .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height)="[^"]*"/g, (attribute) =>
      attribute.replace(/\d+\.\d{3,}(?![\de])/g, (number) => String(Math.round(Number(number) * 100) / 100)),
    );
  return { width: options.width, height: options.height, body };
}

/** Parts at their places, as one picture. */
export function composeSvg(
  { id, title, description }: Drawing,
  placed: readonly { readonly x: number; readonly y: number; readonly part: Part }[],
): Markup {
  const width = Math.max(...placed.map(({ x, part }) => x + part.width));
  const height = Math.max(...placed.map(({ y, part }) => y + part.height));
  const bodies = placed.map(({ x, y, part }) => `<g transform="translate(${x},${y})">${part.body}</g>`).join('');
  return trusted(
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-text" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" style="max-width:100%;height:auto" text-anchor="middle" font-size="${FONT_SIZE}" ` +
      `font-family="${FONT}" fill="${ink}" color="${ink}"><title id="${id}-title">${escapeText(title)}</title>` +
      `<desc id="${id}-text">${escapeText(description)}</desc>${stableClips(id, bodies)}</svg>\n`,
  );
}

export function plotSvg(
  drawing: Drawing,
  options: Plot.PlotOptions & { readonly width: number; readonly height: number },
): Markup {
  return composeSvg(drawing, [{ x: 0, y: 0, part: plotPart(options) }]);
}

function stableClips(id: string, body: string): string {
  const names = new Map<string, string>();
  return body.replace(/plot-clip-\d+/g, (old) => {
    const name = names.get(old) ?? `${id}-clip-${names.size + 1}`;
    names.set(old, name);
    return name;
  });
}

/** A line of text in a part drawn by hand. */
export function textAt(
  x: number,
  y: number,
  text: string,
  {
    anchor = 'start',
    weight = 'normal',
    size = FONT_SIZE,
    fill = ink,
  }: {
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly weight?: 'normal' | 'bold';
    readonly size?: number;
    readonly fill?: string;
  } = {},
): string {
  return (
    `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${weight === 'bold' ? ' font-weight="600"' : ''} ` +
    `font-size="${size}" fill="${fill}">${escapeText(text)}</text>`
  );
}

/** Width of a text in the report's font, near enough to leave room for it. */
export function textWidth(text: string, size = FONT_SIZE): number {
  return text.length * size * 0.54;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
