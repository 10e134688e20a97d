/**
 * Figures, counts and lists as the words of a card.
 */
import type { MetricInterval, MetricIntervals } from './metrics.ts';
import { NOT_AVAILABLE } from './card-field.ts';

export function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A figure with its 95 % interval: "0.712 (0.674 to 0.743)". */
export function intervalText(value: MetricInterval | undefined, digits = 3): string {
  if (value === undefined || !isNumber(value.estimate)) return NOT_AVAILABLE;
  const estimate = value.estimate.toFixed(digits);
  if (!isNumber(value.lower) || !isNumber(value.upper)) return `${estimate} (interval ${NOT_AVAILABLE})`;
  return `${estimate} (${value.lower.toFixed(digits)} to ${value.upper.toFixed(digits)})`;
}

/** A share in percent, at least one digit after the point. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

const metricWords: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  withinReasonAuroc: 'AUROC within one reason',
  averagePrecision: 'average precision',
  brier: 'Brier score',
  scaledBrier: 'scaled Brier score',
  logLoss: 'log loss',
  calibrationIntercept: 'calibration intercept',
  calibrationSlope: 'calibration slope',
  ici: 'mean calibration error (ICI)',
  e50: 'median calibration error (E50)',
  e90: '90th percentile of calibration error (E90)',
  emax: 'largest calibration error (Emax)',
  observedToExpected: 'observed for one expected event',
  fnr: 'false negative rate',
  fpr: 'false positive rate',
  ppv: 'positive predictive value',
};

/** The metric in words; a name this build does not know stays as it is. */
export function metricText(name: string): string {
  return Object.hasOwn(metricWords, name) ? (metricWords[name] as string) : name;
}

/** "AUROC 0.712 (0.674 to 0.743), Brier score 0.111 (0.101 to 0.121)". */
export function figuresText(figures: MetricIntervals, names: readonly string[] = Object.keys(figures)): string {
  const known = names.filter((name) => Object.hasOwn(figures, name));
  return known.length === 0
    ? NOT_AVAILABLE
    : known.map((name) => `${metricText(name)} ${intervalText(figures[name])}`).join(', ');
}

/** Said in place of a count that is withheld because it tells of a few patients, or gives such a count away. */
export const WITHHELD = 'withheld';

/** "1 patient", "2 patients"; thousands are not divided. */
export function countText(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** "a, b and c". */
export function listText(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? 'none') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
