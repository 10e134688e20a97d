/**
 * Numbers, dates and names given as options: within bounds, or a usage error that says which.
 *
 * Choice  a parser of numbers carries its range, and the help tells it (./main.ts): no option can forget to
 */
import { Help, InvalidArgumentError, type Option } from 'commander';
import { didYouMean } from '../util/nearest-name.ts';

/** Lowest and highest number taken. */
export type Range = readonly [low: number, high: number];

/** A parser for commander. */
export function wholeNumber(low: number, high: number): ((text: string) => number) & { readonly range: Range } {
  const parse = (text: string): number => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}.`);
  };
  return Object.assign(parse, { range: [low, high] as const });
}

const capacity = wholeNumber(1, 100_000);

/** Discharges that can be looked at a day; the option may be given again. */
export const capacities = Object.assign(
  (text: string, before: number[] | undefined): number[] => [...(before ?? []), capacity(text)],
  { range: capacity.range },
);

/** One of a few names. */
export function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((known) => known === text);
    if (name !== undefined) return name;
    throw new InvalidArgumentError(`expected ${names.join(' or ')}${didYouMean(text, names)}`);
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

/** An option's line in the help: its range after the first clause, or before what stands in brackets at the end. */
export function optionHelp(option: Option): string {
  const text = new Help().optionDescription(option);
  const range = (option.parseArg as { range?: Range } | undefined)?.range;
  return range === undefined ? text : text.replace(/;|(?: \([^()]*\))*$/, `, ${range[0]} to ${range[1]}$&`);
}
