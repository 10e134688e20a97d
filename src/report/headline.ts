/**
 * The figures a report leads with: of patients held out by groups; of a model judged on other records, of those; of a recalibrated model, of the
 * discharges it was recalibrated on. Where a run has no evidence, of the first validation there is.
 */
import type { Evidence } from '../evaluation/evidence.ts';
import type { MetricInterval } from '../model/index.ts';
import { isNumber } from './number-text.ts';
import type { ReportMetrics, ReportPopulation } from './report-input.ts';

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
  return evidence?.local ?? evidence?.grouped ?? evidence?.external ?? undefined;
}

/** What the figures are of: patients held out at training, other records, or those the model was recalibrated on. */
export type Judged = 'held-out' | 'external' | 'local';

export function judgedKind({ evidence }: ReportMetrics): Judged {
  if ((evidence?.local ?? null) !== null) return 'local';
  return (evidence?.grouped ?? null) === null && (evidence?.external ?? null) !== null ? 'external' : 'held-out';
}

/** The discharges the figures are of. */
export function populationOf(metrics: ReportMetrics): ReportPopulation {
  return judgedKind(metrics) === 'local' ? (metrics.local ?? metrics) : metrics;
}

/** @returns undefined where nothing was validated */
export function headlineOf(metrics: ReportMetrics): Headline | undefined {
  const evidence = mainEvidence(metrics);
  if (evidence !== undefined) return { ...evidence, results: evidence.headline };
  const validation = metrics.validations.find(({ name }) => name === 'grouped') ?? metrics.validations[0];
  return validation === undefined ? undefined : { ...validation, differences: validation.differences ?? {} };
}

const judgedWords: Readonly<Record<Judged, string>> = {
  'held-out': 'held-out discharges',
  external: 'discharges of other records',
  local: 'local discharges',
};

/** The discharges judged, in words. */
export function judgedOn(metrics: ReportMetrics): string {
  return judgedWords[judgedKind(metrics)];
}

const notBaselines = new Set(['forest', 'prevalence', 'parent']);

/** The baseline with the highest AUROC, of those that are not a constant; the model before its recalibration, which ranks alike, is none. */
export function bestBaseline(results: Headline['results']): string | undefined {
  return Object.entries(results)
    .filter(([model, figures]) => !notBaselines.has(model) && isNumber(figures['auroc']?.estimate))
    .sort(([a, x], [b, y]) => (y['auroc']?.estimate ?? 0) - (x['auroc']?.estimate ?? 0) || (a < b ? -1 : 1))[0]?.[0];
}
