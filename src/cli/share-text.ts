/** Shares and values of features as the command line writes them. */
import type { ScoreAnswer } from '../scoring/index.ts';
import { unitText } from '../util/unit-text.ts';

/** 0.134 → "13.4 %". */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** How sure a risk is, in a sentence; nothing where the model does not say. */
export function intervalText(interval: ScoreAnswer['interval']): string[] {
  if (interval === null) return [];
  const { low, high, level, comparableDischarges } = interval;
  return [
    `${Number((100 * level).toPrecision(3))} % interval ${percentText(low)} to ${percentText(high)}: the average of discharges that score like this one, ` +
      `by ${comparableDischarges} of them in training`,
  ];
}

/** In per cent with two decimals, six characters: " 13.40". */
export function percentColumn(share: number): string {
  return (100 * share).toFixed(2).padStart(6);
}

/** A difference in percentage points with its sign, six characters: " +4.10". A small one keeps its sign: it is not none. */
export function pointsColumn(move: number): string {
  return `${move === 0 ? '' : move > 0 ? '+' : '−'}${(100 * Math.abs(move)).toFixed(2)}`.padStart(6);
}

/** A feature's value with at most six digits, and its unit. */
export function valueText(value: number | null, unit = ''): string {
  return value === null ? 'missing' : `${Number(value.toPrecision(6))}${unit === '' ? '' : ` ${unitText(unit)}`}`;
}

/** The first names, and how many more there are. */
export function namesText(names: readonly string[], most = 6): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** Rows with a line of their own; one other would take as much room as the sum of others. */
export function topAndRest<Row>(rows: readonly Row[], top: number): { shown: readonly Row[]; rest: readonly Row[] } {
  const count = rows.length === top + 1 ? rows.length : top;
  return { shown: rows.slice(0, count), rest: rows.slice(count) };
}
