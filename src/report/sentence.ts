/**
 * Texts of a run as they stand in a sentence or a table: begun with a capital, their numbers short.
 */
import { count } from './number-text.ts';

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Long decimals within a text, and per cent on one line: "risk of at least 0.13949635520212061" → "risk of at least 0.139". */
export function shortNumbers(text: string): string {
  return text.replace(/\d+\.\d{4,}/g, (number) => Number(number).toFixed(3)).replace(/(\d) %/g, '$1\u00a0%');
}

const counted = 'discharges|patients|events|rows|records|encounters|stays|local|out-of-bag|test|further|of';

/** Counts within a text with their thousands apart: "of 3018 discharges" → "of 3,018 discharges". Years and dates stay as they are. */
export function groupedCounts(text: string): string {
  return text.replace(
    new RegExp(
      `(?<![\\w.,:/-])(?<!\\b(?:seed|since|year|in|before|after) )(\\d{5,}|\\d{4}(?=\\)|[ \\u00a0](?:${counted})\\b))(?![\\w.:/-]|,\\d)`,
      'g',
    ),
    (digits) => count(Number(digits)),
  );
}

/** The name of a feature set: "set “default”"; a list of names that would fill the page is told, not shown. */
export function featureSetText(set: string): string {
  const names = set.split(',').length;
  return names > 5 ? `a list of ${names} names` : `set “${set}”`;
}

/** A key in words: "withinReasonAuroc" → "within reason auroc"; names with underscores stay as they are. */
export function keyWords(key: string): string {
  return key.includes('_') ? key : key.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}
