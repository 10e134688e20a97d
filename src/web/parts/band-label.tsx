/**
 * A band in its word with its shape.
 */
import type { VNode } from 'preact';
import { bandMark, bandPaths } from '../text/band-shape.ts';

export function BandLabel({ band, bands }: { readonly band: string; readonly bands: readonly string[] }): VNode {
  const { shape } = bandMark(band, bands);
  return (
    <span class={`band band-${shape}`}>
      <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
        <path d={bandPaths[shape]} />
      </svg>
      {band}
    </span>
  );
}
