/**
 * Statistics on arrays: discrimination, calibration, intervals, splits. Knows neither patients' records nor models.
 */
export { flagShares, flaggedAtThreshold, flaggedWithinCapacity } from './action.ts';
export { bootstrapIntervals, bootstrapMeasures, byCopying, drawPanel, measureOnce } from './bootstrap.ts';
export type { BootstrapOptions, Interval } from './bootstrap.ts';
export {
  CALIBRATION_CLAMP,
  calibrationIntercept,
  calibrationInterceptStatistic,
  calibrationSlope,
  calibrationSlopeStatistic,
} from './calibration.ts';
export { chiSquareTail } from './chi-square.ts';
export { calibrationCurve } from './calibration-curve.ts';
export type { CalibrationGroup } from './calibration-curve.ts';
export { brierDecomposition } from './brier-decomposition.ts';
export type { BrierDecomposition } from './brier-decomposition.ts';
export { bootstrapDifferences, bootstrapP } from './comparison.ts';
export { compareRisks } from './comparison-table.ts';
export type { ComparisonInput, ComparisonTable } from './comparison-table.ts';
export { cumulativeIncidence, type CumulativeIncidenceOptions, type IncidencePoint } from './cumulative-incidence.ts';
export { delongInterval, delongTest } from './delong.ts';
export type { DelongInterval, DelongTest } from './delong.ts';
export { duplicateCheck } from './duplicate-check.ts';
export { auroc, aurocStatistic, averagePrecision, averagePrecisionStatistic } from './discrimination.ts';
export type {
  ActionEvidence,
  BrierEvidence,
  CalibrationEvidence,
  Curve,
  DecisionEvidence,
  Difference,
  Evidence,
  Figure,
  ImportanceEvidence,
  LeakageCheck,
  LeakageEvidence,
  LearningPoint,
  ObservedGroup,
  SubgroupEvidence,
  SubgroupTable,
} from './evidence.ts';
export type { EvidenceInput, RisksInput } from './evidence-input.ts';
export { FOLD_RULE, assignFolds } from './folds.ts';
export { gatherEvidence } from './gather-evidence.ts';
export type { EvidenceOptions } from './gather-evidence.ts';
export { groupNumbers } from '../util/group-numbers.ts';
export { benjaminiHochberg, holm } from './multiplicity.ts';
export { decisionThresholds, netBenefit, netBenefitOfAll } from './net-benefit.ts';
export { clockCheck, columnAuroc, leakageBounds, singleFeatureCheck, type AuditedColumn } from './leakage-checks.ts';
export { observedToExpectedStatistic } from './observed-to-expected.ts';
export { operatingPoint } from './operating-point.ts';
export type { OperatingPoint } from './operating-point.ts';
export {
  LOG_LOSS_CLAMP,
  brier,
  brierStatistic,
  logLoss,
  logLossStatistic,
  scaledBrier,
  scaledBrierStatistic,
} from './probability-error.ts';
export { shareOutOfRange } from './out-of-range.ts';
export type { OutOfRange } from './out-of-range.ts';
export { joinPanels, measurePanel } from './panel.ts';
export type { Panel } from './panel.ts';
export { populationStability, referenceDistribution } from './population-stability.ts';
export type { ReferenceDistribution, Stability, StabilityOptions } from './population-stability.ts';
export { Z95, wilsonInterval } from './proportion.ts';
export { gainsCurve, precisionRecallCurve, rocCurve, shareGrid } from './rank-curves.ts';
export { pearson, spearman } from './rank-correlation.ts';
export { Resampled, figureOf, finiteOrNull } from './resampled.ts';
export { probabilityStatistics } from './risk-statistics.ts';
export { weightedMean } from './sample.ts';
export type { Statistic, WeightedMeasure } from './sample.ts';
export { smoothCalibration } from './smooth-calibration.ts';
export type { SmoothCalibration } from './smooth-calibration.ts';
export { temporalCut, temporalSplit } from './temporal-split.ts';
export type { TemporalSplit } from './temporal-split.ts';
export { compareExplanations } from './truth-explanations.ts';
export type { CovariateTruth, ExplainedFeature, ExplanationTruth, FamilyTruth, TrueContribution } from './truth-explanations.ts';
export { permutedLabels } from './truth-permutation.ts';
export { compareWithOracle } from './truth-risk.ts';
export { compareIntervals, type IntervalTruth } from './truth-intervals.ts';
export type { RiskTruth, TruthComparison, TruthGroup } from './truth-risk.ts';
export { withinStratumAuroc, withinStratumStatistic } from './within-stratum.ts';
export type { WithinStratumAuroc } from './within-stratum.ts';
