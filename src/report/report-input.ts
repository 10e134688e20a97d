/**
 * What a report is drawn from: the content of metrics.json and what the model says about itself.
 *
 * Choice  metrics are accepted as they come back from disk: a number without a value is null, a part that was not computed is absent or null
 * Choice  the truth of planted records is stated here by its shape, so that the report needs no training to be read
 */
import type {
  CalibrationEvidence,
  Evidence,
  ImportanceEvidence,
  LeakageEvidence,
  LearningPoint,
} from '../evaluation/evidence.ts';
import type { AttritionStep, EventIncidence, MetricInterval, ModelHeader, Validation } from '../model/index.ts';

type Maybe = number | null;

export interface ReportValidation extends Validation {
  /** Paired differences in AUROC, forest minus the other. */
  readonly differences?: Readonly<Record<string, MetricInterval>> | null;
}

/** One line of the flow; `step`: 10 inpatient encounters, 15 kept out, 20 acute encounters, 25 joined, 30 stays, 40 excluded, 50 index discharges,
 *  60 patients, 70 outcome states, 71 rules that made a return planned. */
export interface ReportAttritionLine {
  readonly step: number;
  readonly label: string;
  readonly unit: string;
  readonly n: number;
  readonly title?: string;
  readonly note?: string;
}

interface ReportModelTruth {
  readonly auroc: MetricInterval;
  /** (AUROC - 0.5) / (oracle AUROC - 0.5). */
  readonly share: MetricInterval;
  readonly meanAbsoluteError: MetricInterval;
  readonly calibrationIntercept: MetricInterval;
  readonly calibrationSlope: MetricInterval;
  readonly correlation: Maybe;
  readonly groups: readonly {
    readonly n: number;
    readonly meanRisk: Maybe;
    readonly meanOracle: Maybe;
    readonly observed: Maybe;
  }[];
}

export interface ReportTruth {
  readonly discharges: number;
  readonly event: string;
  readonly events: number;
  readonly outcome: string;
  readonly labelDisagreements: number;
  readonly meanOracleRisk: Maybe;
  readonly oracleAuroc: MetricInterval;
  readonly models: Readonly<Record<string, ReportModelTruth>>;
  readonly explanations: {
    readonly rows: number;
    readonly families: readonly { readonly family: string; readonly attribution: Maybe; readonly contribution: Maybe }[];
    readonly familySpearman: MetricInterval;
    readonly covariates: readonly {
      readonly covariate: string;
      readonly family: string;
      readonly attribution: Maybe;
      readonly contribution: Maybe;
      readonly correlation: Maybe;
    }[];
    readonly unread: readonly string[];
    readonly signAgreement: Maybe;
    readonly weightedSignAgreement: Maybe;
    readonly noEffectShare: Maybe;
  } | null;
  /** Absent in metrics of before it was kept. */
  readonly intervals?: {
    readonly groups: readonly Readonly<Record<'n' | 'meanRisk' | 'meanLow' | 'meanHigh' | 'meanOracle', number>>[];
    readonly within: number;
    readonly shareWithin: Maybe;
    readonly meanWidth: Maybe;
  } | null;
  readonly permutedAuroc: MetricInterval | null;
  readonly limits: readonly string[];
}

/** Discharges a model is judged on, and how they were found. */
export interface ReportPopulation {
  readonly outcome: string;
  readonly discharges: number;
  readonly patients: number;
  /** Discharges by what followed first. */
  readonly states: Readonly<Record<string, number>>;
  readonly attrition?: readonly AttritionStep[] | null;
  readonly attritionLines?: readonly ReportAttritionLine[] | null;
  /** Last day of the records, as yyyymmdd. */
  readonly runOut?: number | null;
  readonly cumulativeIncidence?: readonly EventIncidence[] | null;
  /** SHA-256 of the manifest of the records judged, where they may be others than those of training. */
  readonly manifestSha256?: string;
  /** Discharges of patients whose ids occur in training, left out. */
  readonly seenLeftOut?: number;
  /** Discharges of patients whose ids occur in training, kept since they were said to be others. */
  readonly sameIdsKept?: number | null;
  /** Those that were judged, where some were left out or could have been. */
  readonly judged?: {
    readonly discharges: number;
    readonly patients: number;
    readonly synthetic: boolean;
    readonly states: Readonly<Record<string, number>>;
    readonly cumulativeIncidence: readonly EventIncidence[] | null;
  } | null;
}

/** One model in one setting: held out at training ("grouped", "temporal"), elsewhere ("external", "before", "after"). */
export interface ReportSetting {
  readonly setting: string;
  readonly description: string;
  readonly rows: number;
  readonly patients: number;
  readonly events: number;
  readonly meanRisk: Maybe;
  readonly figures: Readonly<Record<string, MetricInterval>>;
}

/** How local risks were fitted anew, and what it did to them. */
export interface ReportRecalibration {
  readonly method: string;
  readonly discharges: number;
  readonly patients: number;
  readonly events: number;
  readonly caution?: string | null;
  readonly updateTest?: { readonly supported: string; readonly pUpdate: Maybe; readonly pSlope: Maybe } | null;
  readonly bands?: { readonly thresholds: string };
  /** Absent in folders of before it was kept. */
  readonly calibrationBefore?: CalibrationEvidence;
  /** After minus before. */
  readonly differences?: Readonly<Record<string, MetricInterval>> | null;
  readonly settings?: readonly ReportSetting[];
}

export interface ReportMetrics extends ReportPopulation {
  readonly featureSet: string;
  readonly seed: number;
  readonly draws: number;
  /** Of a model judged on other records: beside how it did when it was trained. */
  readonly settings?: readonly ReportSetting[] | null;
  /** Of a recalibrated model. */
  readonly recalibration?: ReportRecalibration | null;
  /** Of a recalibrated model: the discharges it was recalibrated on. */
  readonly local?: ReportPopulation | null;
  readonly validations: readonly ReportValidation[];
  readonly evidence?: {
    readonly grouped?: Evidence | null;
    readonly temporal?: Evidence | null;
    /** Of a model judged on records other than those it was made from. */
    readonly external?: Evidence | null;
    /** Of a recalibrated model: on the discharges it was recalibrated on, by maps that were not fitted on the patients they judge. */
    readonly local?: Evidence | null;
  } | null;
  /** AUROC over repeated validations, by model. */
  readonly repeated?: {
    readonly repeats: number;
    readonly folds: number;
    readonly models: Readonly<Record<string, { readonly mean: MetricInterval; readonly standardDeviation: Maybe } | undefined>>;
  } | null;
  readonly learningCurve?: readonly LearningPoint[] | null;
  readonly importance?: ImportanceEvidence | null;
  readonly leakage?: LeakageEvidence | null;
  readonly truth?: ReportTruth | null;
}

/** How the model was made; a ModelHeader fits. */
export type ReportHeader = Pick<
  ModelHeader,
  | 'name'
  | 'createdAt'
  | 'codeVersion'
  | 'features'
  | 'featureHash'
  | 'cohort'
  | 'mapping'
  | 'outcome'
  | 'training'
  | 'forest'
  | 'seed'
  | 'folds'
  | 'calibration'
  | 'bands'
  | 'baseRate'
  | 'parent'
>;

export interface ReportInput {
  readonly metrics: ReportMetrics;
  readonly header: ReportHeader;
  /** The file that holds the metrics; default metrics.json. */
  readonly metricsFile?: string;
  /** Limits the model card states. */
  readonly limits?: readonly string[];
  /** How outcomes were planted, as label and value; absent or null where records are as they were recorded. */
  readonly planting?: Readonly<Record<string, string | number | null>> | null;
  /** Further provenance, as label and value: hash of the model file, of card.json. */
  readonly provenance?: Readonly<Record<string, string | number | null>>;
  /** Commands that make this report again, in order. */
  readonly repeat?: readonly string[];
}
