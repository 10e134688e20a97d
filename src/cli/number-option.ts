/**
 * Numbers given as options: whole, within bounds, or a usage error that says which.
 */
import { InvalidArgumentError } from 'commander';

/** A parser for commander. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}.`);
  };
}

/** A calendar date `YYYY-MM-DD` as yyyymmdd. */
export function calendarDate(text: string): number {
  const day = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError('expected a calendar date YYYY-MM-DD.');
  }
  return Number(text.replaceAll('-', ''));
}
