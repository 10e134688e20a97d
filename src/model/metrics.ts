/**
 * What the card needs of a run's results; metrics.json may hold more.
 *
 * Choice  stated here by shape, not imported: the model folder is read without the code that computed its figures
 */
export interface MetricInterval {
  /** NaN or null where the statistic has no value. */
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

export type MetricIntervals = Readonly<Record<string, MetricInterval>>;

export interface Validation {
  /** "grouped", "temporal". */
  readonly name: string;
  /** How rows were held out, one sentence. */
  readonly description: string;
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  /** By model ("forest", "prevalence", "reason", "lace", "hospital"), then by metric ("auroc", "brier"). */
  readonly results: Readonly<Record<string, MetricIntervals>>;
}

export interface AttritionStep {
  readonly rule: string;
  readonly removed: number;
  readonly remaining: number;
}

/** A line of the flow from encounters to outcomes: 15 encounters kept out, 25 joined, 30 stays, 40 excluded, 50 index discharges. */
export interface AttritionDetail {
  readonly step: number;
  readonly label: string;
  readonly unit: string;
  readonly n: number;
  /** What the rule asks, in plain words. */
  readonly title?: string | undefined;
  /** Why n says less than it seems. */
  readonly note?: string | undefined;
}

/** Aalen-Johansen incidence of one kind of first event after discharge, the others competing. */
export interface EventIncidence {
  readonly state: string;
  readonly points: readonly (MetricInterval & { readonly day: number })[];
}

/** The model within one group of patients. */
export interface SubgroupResult {
  readonly group: string;
  /** The three counts are null together where they are withheld: too low, or what would give such a count away. */
  readonly rows: number | null;
  readonly patients: number | null;
  readonly events: number | null;
  /** Why there are no figures, where there are none. */
  readonly suppressed: string | null;
  readonly figures: MetricIntervals;
  /** Against the rest of the rows. */
  readonly differences: MetricIntervals;
}

export interface SubgroupResults {
  /** "sex", "age band", "race", "ethnicity", "specialty cohort". */
  readonly by: string;
  /** Rows whose group is not recorded; null where their number is withheld. */
  readonly notRecorded: number | null;
  /** Risk from which a row counts as flagged. */
  readonly threshold: number;
  readonly groups: readonly SubgroupResult[];
}

export interface ActionResult {
  readonly rule: string;
  readonly flagged: number;
  readonly truePositives: number;
  readonly sensitivity: MetricInterval;
  readonly specificity: MetricInterval;
  readonly ppv: MetricInterval;
  readonly numberNeededToEvaluate: MetricInterval;
  readonly flaggedPer100: MetricInterval;
}

/** Evidence of one set of held-out risks. */
export interface HeldOutEvidence {
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  readonly description: string;
  readonly headline: Readonly<Record<string, MetricIntervals>>;
  readonly differences: MetricIntervals;
  readonly calibration: {
    readonly intercept: MetricInterval;
    readonly slope: MetricInterval;
    readonly ici: MetricInterval;
    readonly e50: MetricInterval;
    readonly e90: MetricInterval;
    readonly emax: MetricInterval;
  };
  readonly decision: {
    readonly model: { readonly x: readonly number[]; readonly y: readonly (number | null)[] };
    readonly all: readonly number[];
  };
  readonly actions: readonly ActionResult[];
  readonly subgroups: readonly SubgroupResults[];
}

export interface LeakageResult {
  readonly check: string;
  readonly verdict: 'pass' | 'warn' | 'fail' | 'not-assessed';
  readonly finding: string;
}

export interface ModelMetrics {
  readonly validations: readonly Validation[];
  /** From all stays to the index discharges; absent or empty where it was not recorded. */
  readonly attrition?: readonly AttritionStep[] | undefined;
  /** The same flow from the first encounter on, with the words of each rule. */
  readonly attritionLines?: readonly AttritionDetail[] | undefined;
  /** Absent or null where outcomes are labels from a file. */
  readonly cumulativeIncidence?: readonly EventIncidence[] | null | undefined;
  /** Absent in models of before it was computed. */
  readonly evidence?:
    { readonly grouped?: HeldOutEvidence | null | undefined; readonly temporal?: HeldOutEvidence | null | undefined } | undefined;
  readonly leakage?: { readonly verdict: 'pass' | 'warn' | 'fail'; readonly checks: readonly LeakageResult[] } | null | undefined;
  /** How outcomes were planted; null or absent where records are as they were recorded. */
  readonly planting?: { readonly process: string } | null | undefined;
}
