/**
 * The figures a report leads with: of patients held out by groups or, of a model judged on other records, of those; where a run
 * has no evidence, of the first validation there is.
 */
import type { Evidence } from '../evaluation/evidence.ts';
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

/** The evidence the curves are drawn from. */
export function mainEvidence({ evidence }: ReportMetrics): Evidence | undefined {
  return evidence?.grouped ?? evidence?.external ?? undefined;
}

/** @returns undefined where nothing was validated */
export function headlineOf(metrics: ReportMetrics): Headline | undefined {
  const evidence = mainEvidence(metrics);
  if (evidence !== undefined) return { ...evidence, results: evidence.headline };
  const validation = metrics.validations.find(({ name }) => name === 'grouped') ?? metrics.validations[0];
  return validation === undefined ? undefined : { ...validation, differences: validation.differences ?? {} };
}

/** Whether the model was judged on records other than those it was made from. */
export function isExternal({ evidence }: ReportMetrics): boolean {
  return (evidence?.grouped ?? null) === null && (evidence?.external ?? null) !== null;
}

/** The discharges judged, in words. */
export function judgedOn(metrics: ReportMetrics): string {
  return isExternal(metrics) ? 'discharges of other records' : 'held-out discharges';
}

/** The baseline with the highest AUROC, of those that are not a constant. */
export function bestBaseline(results: Headline['results']): string | undefined {
  return Object.entries(results)
    .filter(([model, figures]) => model !== 'forest' && model !== 'prevalence' && isNumber(figures['auroc']?.estimate))
    .sort(([a, x], [b, y]) => (y['auroc']?.estimate ?? 0) - (x['auroc']?.estimate ?? 0) || (a < b ? -1 : 1))[0]?.[0];
}
