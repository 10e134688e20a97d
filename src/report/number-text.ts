/**
 * Numbers as a reader of a journal expects them: fixed decimals, thousands apart, a true minus sign, an interval behind its estimate.
 *
 * Choice  a number that is not there says "n/a"; it is never a blank, a dash or a zero
 */
import type { MetricInterval } from '../model/index.ts';

export const NO_VALUE = 'n/a';

export type NumberText = (value: number | null | undefined) => string;

export function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** 3018 → "3,018". */
export function count(value: number | null | undefined): string {
  if (!isNumber(value)) return NO_VALUE;
  return minus(
    Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ','),
  );
}

/** A formatter with so many decimals. */
export function decimals(digits: number): NumberText {
  return (value) => {
    if (!isNumber(value)) return NO_VALUE;
    const text = value.toFixed(digits);
    return minus(Number(text) === 0 ? text.replace('-', '') : text);
  };
}

export const decimal = decimals(3);

/** A share as percent, on one line: 0.139 → "13.9 %". */
export const percent: NumberText = (value) => (isNumber(value) ? `${decimals(1)(100 * value)}\u00a0%` : NO_VALUE);

/** A difference with its sign: 0.03 → "+0.030". */
export const signed: NumberText = (value) => {
  const text = decimal(value);
  return isNumber(value) && value > 0 && Number(value.toFixed(3)) !== 0 ? `+${text}` : text;
};

/** A difference of two shares in percentage points, with its sign: 0.031 → "+3.1". */
export const points: NumberText = (value) => {
  if (!isNumber(value)) return NO_VALUE;
  const text = decimals(1)(100 * value);
  return value > 0 && text !== '0.0' ? `+${text}` : text;
};

/** Small sizes of any scale in three significant digits: attributions. */
export const compact: NumberText = (value) => {
  if (!isNumber(value)) return NO_VALUE;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  if (size < 0.0001) return minus(value.toExponential(1));
  return minus(value.toFixed(Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(size))))));
};

/** "0.712 (0.674 to 0.743)"; without an interval it says so. */
export function withInterval(figure: MetricInterval | null | undefined, text: NumberText = decimal): string {
  if (!isNumber(figure?.estimate)) return NO_VALUE;
  return `${text(figure.estimate)} (${intervalText(figure, text)})`;
}

/** "0.674 to 0.743", "67.4 to 74.3 %", that there is none, or that no resample differs. */
export function intervalText(figure: MetricInterval, text: NumberText = decimal): string {
  if (!isNumber(figure.lower) || !isNumber(figure.upper)) return 'no interval';
  if (figure.lower === figure.upper && figure.lower === figure.estimate) return 'constant';
  return `${text(figure.lower).replace(/\u00a0%$/, '')} to ${text(figure.upper)}`;
}

/** A p value: "0.032", "< 0.001". */
export function pValue(value: number | null | undefined): string {
  if (!isNumber(value)) return NO_VALUE;
  return value < 0.001 ? '< 0.001' : decimal(value);
}

function minus(text: string): string {
  return text.replace(/^-/, '\u2212').replace('e-', 'e\u2212');
}
