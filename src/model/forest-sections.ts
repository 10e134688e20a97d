/**
 * The forest's arrays as bytes: fixed order, little-endian, each beginning at a multiple of 8.
 *
 * Choice  the layout follows from the number of trees and nodes alone. A file's own table must equal it, so sections that overlap,
 *         leave gaps or reach beyond the file cannot be expressed, and nothing is allocated before sizes are known to fit
 * Choice  thresholds stay 64-bit: a rounded threshold would send a row that lies on it the other way
 */
import type { FlatForest } from '../forest/flat-forest.ts';

type SectionType = 'int32' | 'float64' | 'uint8';
type SectionName = Exclude<keyof FlatForest, 'featureCount'>;
export interface Section {
  readonly name: SectionName;
  readonly type: SectionType;
  /** Bytes from the start of the first section. */
  readonly offset: number;
  /** Elements, not bytes. */
  readonly length: number;
}

const ORDER: readonly (readonly [SectionName, SectionType])[] = [
  ['treeStart', 'int32'],
  ['feature', 'int32'],
  ['left', 'int32'],
  ['right', 'int32'],
  ['threshold', 'float64'],
  ['value', 'float64'],
  ['cover', 'float64'],
  ['missingLeft', 'uint8'],
];
/** Of this machine. */
const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
const WIDTH = { int32: 4, float64: 8, uint8: 1 } as const;

export function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** The sections of a forest, and the bytes they take together, padding included. */
export function sectionLayout(trees: number, nodes: number): { readonly sections: Section[]; readonly byteLength: number } {
  let offset = 0;
  const sections = ORDER.map(([name, type]) => {
    const section: Section = { name, type, offset, length: name === 'treeStart' ? trees + 1 : nodes };
    offset = align8(offset + section.length * WIDTH[type]);
    return section;
  });
  return { sections, byteLength: offset };
}

/** Writes the forest's arrays into `target`, which begins at the first section and is zeroed. */
export function writeSections(forest: FlatForest, sections: readonly Section[], target: Uint8Array): void {
  for (const { name, type, offset } of sections) {
    const array = forest[name];
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
    target.set(swapOnBigEndian(bytes, WIDTH[type]), offset);
  }
}

/** Fresh arrays from bytes that begin at the first section and are known to hold all of them. */
export function readSections(sections: readonly Section[], source: Uint8Array, featureCount: number): FlatForest {
  const take = (name: SectionName): ArrayBuffer => {
    const { type, offset, length } = sections.find((s) => s.name === name)!;
    return swapOnBigEndian(new Uint8Array(source.subarray(offset, offset + length * WIDTH[type])), WIDTH[type]).buffer;
  };
  return {
    featureCount,
    treeStart: new Int32Array(take('treeStart')),
    feature: new Int32Array(take('feature')),
    threshold: new Float64Array(take('threshold')),
    missingLeft: new Uint8Array(take('missingLeft')),
    left: new Int32Array(take('left')),
    right: new Int32Array(take('right')),
    value: new Float64Array(take('value')),
    cover: new Float64Array(take('cover')),
  };
}

/** True when every byte between and after the sections is zero. */
export function paddingIsZero(sections: readonly Section[], source: Uint8Array): boolean {
  return sections.every(({ type, offset, length }) => {
    const end = offset + length * WIDTH[type];
    return source.subarray(end, align8(end)).every((byte) => byte === 0);
  });
}

function swapOnBigEndian(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  if (isBigEndian) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
