/**
 * What the card needs of a run's results; metrics.json may hold more.
 */
export interface MetricInterval {
  /** NaN or null where the statistic has no value. */
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface Validation {
  /** "grouped", "temporal". */
  readonly name: string;
  /** How rows were held out, one sentence. */
  readonly description: string;
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  /** By model ("forest", "prevalence", "reason", "lace", "hospital"), then by metric ("auroc", "brier"). */
  readonly results: Readonly<Record<string, Readonly<Record<string, MetricInterval>>>>;
}

export interface AttritionStep {
  readonly rule: string;
  readonly removed: number;
  readonly remaining: number;
}

/** Aalen-Johansen incidence of one kind of first event after discharge, the others competing. */
export interface EventIncidence {
  readonly state: string;
  readonly points: readonly (MetricInterval & { readonly day: number })[];
}

export interface ModelMetrics {
  readonly validations: readonly Validation[];
  /** From all stays to the index discharges; absent or empty where it was not recorded. */
  readonly attrition?: readonly AttritionStep[];
  /** Absent or null where outcomes are labels from a file. */
  readonly cumulativeIncidence?: readonly EventIncidence[] | null;
}
