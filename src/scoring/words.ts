/**
 * Reasons in plain words: the catalogue's phrase with the value filled in.
 */
import type { Feature } from '../features/index.ts';

/** @param value  NaN where the value is missing */
export function featureWords(feature: Feature, value: number): string {
  if (Number.isNaN(value)) return `${plainName(feature.name)} not known`;
  if (value === 0 && feature.wordsAbsent !== undefined) return feature.wordsAbsent;
  const words = feature.words.replace('{value}', readable(value));
  return value === 1 ? words.replace(countedNoun, '$1') : words;
}

/** The first thing counted, without its plural ending. */
const countedNoun = /\b(stay|day|visit|drug|condition|procedure|encounter|item)s\b/;

function plainName(name: string): string {
  return name.replace(/^last_/, 'last ').replaceAll('_', ' ');
}

/** At most one decimal from 10 on, two below: 139.9, 2.66, 3. */
function readable(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)));
}
