/**
 * The figures a report leads with: of patients held out by groups, and where there are none, of the first validation there is.
 */
import type { MetricInterval } from '../model/index.ts';
import { isNumber } from './number-text.ts';
import type { ReportMetrics } from './report-input.ts';

export type Figures = Readonly<Record<string, MetricInterval>>;

export interface Headline {
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  readonly description: string;
  /** By model, then by statistic. */
  readonly results: Readonly<Record<string, Figures>>;
  /** Paired differences in AUROC, forest minus the other, and their p value adjusted for all of them. */
  readonly differences: Readonly<Record<string, MetricInterval & { readonly pHolm?: number | null }>>;
}

/** @returns undefined where nothing was validated */
export function headlineOf(metrics: ReportMetrics): Headline | undefined {
  const validation = metrics.validations.find(({ name }) => name === 'grouped') ?? metrics.validations[0];
  const grouped = metrics.evidence?.grouped;
  if (grouped === undefined || grouped === null) {
    return validation === undefined ? undefined : { ...validation, differences: validation.differences ?? {} };
  }
  return { ...grouped, results: grouped.headline };
}

/** The baseline with the highest AUROC, of those that are not a constant. */
export function bestBaseline(results: Headline['results']): string | undefined {
  return Object.entries(results)
    .filter(([model, figures]) => model !== 'forest' && model !== 'prevalence' && isNumber(figures['auroc']?.estimate))
    .sort(([a, x], [b, y]) => (y['auroc']?.estimate ?? 0) - (x['auroc']?.estimate ?? 0) || (a < b ? -1 : 1))[0]?.[0];
}
