/**
 * The mark of a band: a shape that differs in form, not in colour alone, with its place among the bands.
 */
export type BandShape = 'circle' | 'diamond' | 'triangle' | 'square';

export interface BandMark {
  readonly shape: BandShape;
  /** 0 lowest; null where the model's bands are not known. */
  readonly rank: number | null;
}

const byWord: Readonly<Record<string, BandShape>> = { low: 'circle', moderate: 'diamond', medium: 'diamond', high: 'triangle' };

/** @param bands  names of the model's bands, lowest first; empty where they are not known */
export function bandMark(band: string, bands: readonly string[]): BandMark {
  const place = bands.indexOf(band);
  if (place < 0) return { shape: Object.hasOwn(byWord, band) ? (byWord[band] as BandShape) : 'square', rank: null };
  if (place === bands.length - 1 && bands.length > 1) return { shape: 'triangle', rank: place };
  return { shape: place === 0 ? 'circle' : 'diamond', rank: place };
}

/** Markers of about 12 by 12 around the origin. */
export const bandPaths: Readonly<Record<BandShape, string>> = {
  circle: 'M5,0A5,5 0 1 1 -5,0A5,5 0 1 1 5,0Z',
  diamond: 'M0,-6.4L6.4,0L0,6.4L-6.4,0Z',
  triangle: 'M0,-6L6.6,5.4H-6.6Z',
  square: 'M-4.8,-4.8H4.8V4.8H-4.8Z',
};
