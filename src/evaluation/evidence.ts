/**
 * Evidence: everything that is said about a set of held-out risks, as plain data. What metrics.json holds, the report draws and the
 * card quotes.
 *
 * In      nothing: these are types
 * Choice  every figure carries the interval of resampled patients beside its estimate; a figure that has no value is null in JSON (NaN in memory)
 * Choice  curves are on fixed grids (shares, thresholds), so that models and draws can be laid on one another
 */

/** An estimate with the ends of its 95 % interval; null in JSON where it has no value. */
export interface Figure {
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A paired difference with its two-sided p value from the same draws; `pHolm` is adjusted for all differences of its table. */
export interface Difference extends Figure {
  readonly p: number | null;
  readonly pHolm: number | null;
}

/** A curve y(x) with a pointwise 95 % band; arrays of one length. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
}

/** Rows of one group of equal risk: mean risk and observed share with a Wilson interval. */
export interface ObservedGroup extends Figure {
  readonly rows: number;
  readonly events: number;
  readonly meanRisk: number;
}

export interface CalibrationEvidence {
  readonly intercept: Figure;
  readonly slope: Figure;
  /** Events for one that the risks foretell; absent in evidence of before it was kept. */
  readonly observedToExpected?: Figure;
  /** Mean, median, 90th percentile and maximum of |smoothed observed share - risk| over the rows (Austin and Steyerberg 2019). */
  readonly ici: Figure;
  readonly e50: Figure;
  readonly e90: Figure;
  readonly emax: Figure;
  /** Smoothed observed share by risk. */
  readonly smooth: Curve;
  /** At most ten, about equal but where neighbours with few events were joined. */
  readonly groups: readonly ObservedGroup[];
  /**
   * Rows by risk, bins of [0, 1] up to the last used one: `from` inclusive, `to` exclusive but for the last. Of equal width but where neighbours
   * with few events or others were joined (../util/disclosure.ts).
   */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly events: number; readonly others: number }[];
}

/** Brier score = reliability - resolution + uncertainty (+ the two within-bin terms, in `withinBin`). */
export interface BrierEvidence {
  readonly brier: Figure;
  readonly scaled: Figure;
  readonly logLoss: Figure;
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly withinBin: number;
}

/** Net benefit by threshold probability; `all` is treating everybody, treating nobody is 0. */
export interface DecisionEvidence {
  readonly model: Curve;
  readonly all: readonly number[];
  /** Net benefit of each baseline at the same thresholds. */
  readonly baselines: Readonly<Record<string, readonly number[]>>;
  /** The same with their bands. */
  readonly baselineCurves: Readonly<Record<string, Curve>>;
}

/** What acting on a rule means. */
export interface ActionEvidence {
  /** "risk of at least 20 %", "the 3 highest of each day, of 12.4 on average": days with discharges. */
  readonly rule: string;
  /** The threshold on the risk, or null where the rule is a capacity. */
  readonly threshold: number | null;
  readonly capacityPerDay: number | null;
  readonly flagged: number;
  readonly truePositives: number;
  readonly sensitivity: Figure;
  readonly specificity: Figure;
  readonly ppv: Figure;
  readonly npv: Figure;
  /** Discharges to look at for one true positive, 1 / PPV. */
  readonly numberNeededToEvaluate: Figure;
  readonly flaggedPer100: Figure;
}

/** The model within one group of patients. */
export interface SubgroupEvidence {
  readonly group: string;
  /** The three counts are null together: too low, or what would give such a count away (../util/disclosure.ts). */
  readonly rows: number | null;
  readonly patients: number | null;
  readonly events: number | null;
  /** Why there are no figures, where there are none; without numbers. */
  readonly suppressed: string | null;
  /** auroc, brier, calibrationIntercept, calibrationSlope, fnr, fpr, ppv; not the last three where counts are withheld. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** fnr, fpr, ppv and auroc minus those of the rest of the rows, on the same draws. */
  readonly differences: Readonly<Record<string, Figure>>;
  /** Why there are no differences, where there are none. */
  readonly differencesSuppressed: string | null;
}

export interface SubgroupTable {
  /** "sex", "age band", "race", "ethnicity", "specialty cohort". */
  readonly by: string;
  /** Rows whose group is not recorded; null where there are some, and their number would tell of a few patients. */
  readonly notRecorded: number | null;
  /** Risk from which a row counts as flagged in fnr, fpr and ppv. */
  readonly threshold: number;
  readonly groups: readonly SubgroupEvidence[];
}

/** Evidence of one set of held-out risks. */
export interface Evidence {
  readonly rows: number;
  readonly events: number;
  readonly patients: number;
  /** How the rows were held out, one sentence. */
  readonly description: string;
  readonly bootstrap: { readonly draws: number; readonly seed: number; readonly unit: 'patients' };
  /** By model ("forest", "logistic", "reason", ...), then metric ("auroc", "withinReasonAuroc", "averagePrecision", "brier", ...). */
  readonly headline: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** Paired differences in AUROC, forest minus the other. */
  readonly differences: Readonly<Record<string, Difference>>;
  /** DeLong's interval of the forest's AUROC, which takes rows as independent: beside the bootstrap, for comparison with other reports. */
  readonly delong: Figure;
  readonly roc: Curve;
  readonly precisionRecall: Curve;
  /** Share of events found (y) among the share of rows with the highest risk (x). */
  readonly gains: Curve;
  readonly calibration: CalibrationEvidence;
  readonly brier: BrierEvidence;
  readonly decision: DecisionEvidence;
  readonly actions: readonly ActionEvidence[];
  readonly subgroups: readonly SubgroupTable[];
}

/** How AUROC grows with the patients learnt from. */
export interface LearningPoint {
  readonly share: number;
  readonly patients: number;
  readonly events: number;
  readonly auroc: Figure;
}

/** What the model rests on, from attributions of held-out rows. */
export interface ImportanceEvidence {
  readonly rows: number;
  readonly features: readonly {
    readonly name: string;
    readonly family: string;
    /** Mean |attribution|, in units of the forest's output. */
    readonly attribution: Figure;
    /** Fall in AUROC when the column is dealt anew among held-out rows; null where it was not computed. */
    readonly permutation: Figure | null;
  }[];
  readonly families: readonly { readonly family: string; readonly attribution: Figure; readonly permutation: Figure | null }[];
  /** The strongest features against their attribution: a sample of rows and the mean attribution by bins of the value. */
  readonly dependence: readonly {
    readonly name: string;
    readonly unit: string;
    /** Of made-up patients only: points are rows. */
    readonly sample: readonly { readonly value: number | null; readonly attribution: number }[];
    readonly bins: readonly {
      readonly from: number;
      readonly to: number;
      readonly rows: number;
      readonly mean: number;
      readonly meanOutput: number;
    }[];
    readonly missing: { readonly rows: number; readonly mean: number | null };
  }[];
  /**
   * Strongest pairs of the strongest features. `strength` is the mean over the rows asked of |v(both) - v(first) - v(second) + v(none)|, v the
   * expected output when only those columns are known: what knowing both adds to knowing each, in units of the forest's output.
   */
  readonly pairs: readonly { readonly first: string; readonly second: string; readonly strength: number }[];
}

/** One check for leakage. */
export interface LeakageCheck {
  /** "single-feature", "reason-only", "as-of", "duplicate-patients", "calendar-time", "record-length", "label-permutation". */
  readonly check: string;
  readonly verdict: 'pass' | 'warn' | 'fail' | 'not-assessed';
  /** What was found, one sentence, no identifiers. */
  readonly finding: string;
  /** The bound the finding was held against, in words. */
  readonly bound: string;
  readonly figures: Readonly<Record<string, number | null>>;
  /** Features concerned. */
  readonly features: readonly string[];
}

export interface LeakageEvidence {
  readonly checks: readonly LeakageCheck[];
  readonly verdict: 'pass' | 'warn' | 'fail';
}
