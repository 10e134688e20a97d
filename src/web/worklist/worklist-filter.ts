/**
 * Which rows of the worklist are shown: a text and a band; ranks stay those of the whole list.
 */
import type { WorklistEntry } from '../../server/page/page-answers.ts';

export interface RankedEntry {
  /** Place in the whole list, from 1. */
  readonly rank: number;
  readonly entry: WorklistEntry;
  /** What the text is looked for in, in small letters. */
  readonly searched: string;
}

/** Highest risk first, whatever the order they came in; equal risks keep their order. */
export function rankEntries(entries: readonly WorklistEntry[]): RankedEntry[] {
  return [...entries]
    .sort((a, b) => b.risk - a.risk)
    .map((entry, i) => ({
      rank: i + 1,
      entry,
      searched: plain([entry.person.name, entry.person.id, entry.reason, ...entry.reasons.map(({ words }) => words)].join('\n')),
    }));
}

/** @param text  every word of it has to occur @param band  '' for all */
export function filterEntries(ranked: readonly RankedEntry[], text: string, band: string): readonly RankedEntry[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0 && band === '') return ranked;
  return ranked.filter(
    ({ entry, searched }) => (band === '' || entry.band === band) && words.every((word) => searched.includes(word)),
  );
}

/** Small letters without accents, so that "jose" finds "José". */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** The rows of one page, and which page that is: the last one where there are fewer. */
export function pageOf<T>(
  rows: readonly T[],
  page: number,
  size: number,
): { readonly rows: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { rows: rows.slice(at * size, (at + 1) * size), page: at, pages };
}
