/**
 * A drawing by Observable Plot in the page: as wide as its place, told in words to who cannot see it, its numbers beside it to unfold.
 *
 * Choice  Plot writes a style element into each drawing; it is taken out before the drawing is in the page, whose policy allows no inline style.
 *         The same rules are in ../style/plots.css
 */
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import * as Plot from '@observablehq/plot';
import { useWidth } from './hooks.ts';

export interface DrawingProps {
  /** What the picture shows, in a sentence or two. */
  readonly words: string;
  /** Options for a width in CSS pixels; drawn again where this function is another. */
  readonly draw: (width: number) => Plot.PlotOptions;
  /** For drawings whose words stand beside them already. */
  readonly hidden?: boolean;
}

export function Drawing({ words, draw, hidden = false }: DrawingProps): VNode {
  const [place, width] = useWidth<HTMLDivElement>();
  const holder = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = holder;
    if (current === null || width === 0) return;
    const svg = Plot.plot({ ...draw(width), width, className: 'plot' });
    for (const style of svg.querySelectorAll('style')) style.remove();
    // The words are of the whole; names of its parts say nothing to who cannot see them.
    for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    if (hidden) svg.setAttribute('aria-hidden', 'true');
    else {
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', words);
    }
    current.replaceChildren(svg);
  }, [width, draw, words, hidden]);
  return (
    <div class="drawing" ref={place}>
      <div ref={holder} />
    </div>
  );
}

export interface FigureProps extends DrawingProps {
  readonly title: string;
  /** How to read it. */
  readonly reading: ComponentChildren;
  readonly legend?: ComponentChildren;
  /** The numbers, as a table. */
  readonly numbers?: ComponentChildren;
}

export function Figure({ title, reading, legend, numbers, ...drawing }: FigureProps): VNode {
  return (
    <figure>
      {legend}
      <Drawing {...drawing} />
      <figcaption>
        <strong>{title}.</strong> {reading}
      </figcaption>
      {numbers === undefined ? null : (
        <details>
          <summary>Numbers: {title}</summary>
          {numbers}
        </details>
      )}
    </figure>
  );
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly dash?: string;
  readonly width?: number;
}

export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }): VNode {
  return (
    <ul class="legend">
      {entries.map(({ label, colour, dash = '', width = 2 }) => (
        <li key={label}>
          <svg width="34" height="12" aria-hidden="true">
            <path d="M0,6H34" stroke={colour} stroke-width={width} stroke-dasharray={dash} fill="none" />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
