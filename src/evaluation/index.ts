/**
 * Statistics on arrays: discrimination, calibration, intervals, splits. Knows neither patients' records nor models.
 */
export { bootstrapIntervals, bootstrapMeasures, byCopying } from './bootstrap.ts';
export type { BootstrapOptions, Interval } from './bootstrap.ts';
export {
  CALIBRATION_CLAMP,
  calibrationIntercept,
  calibrationInterceptStatistic,
  calibrationSlope,
  calibrationSlopeStatistic,
} from './calibration.ts';
export { calibrationCurve } from './calibration-curve.ts';
export type { CalibrationGroup } from './calibration-curve.ts';
export { bootstrapDifferences } from './comparison.ts';
export { cumulativeIncidence, type CumulativeIncidenceOptions, type IncidencePoint } from './cumulative-incidence.ts';
export { auroc, aurocStatistic, averagePrecision, averagePrecisionStatistic } from './discrimination.ts';
export { FOLD_RULE, assignFolds } from './folds.ts';
export { groupNumbers } from '../util/group-numbers.ts';
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
export { Z95, wilsonInterval } from './proportion.ts';
export { pearson, spearman } from './rank-correlation.ts';
export type { Statistic, WeightedMeasure } from './sample.ts';
export { temporalCut, temporalSplit } from './temporal-split.ts';
export type { TemporalSplit } from './temporal-split.ts';
export { compareExplanations } from './truth-explanations.ts';
export type { CovariateTruth, ExplainedFeature, ExplanationTruth, FamilyTruth, TrueContribution } from './truth-explanations.ts';
export { permutedLabels } from './truth-permutation.ts';
export { compareWithOracle } from './truth-risk.ts';
export type { RiskTruth, TruthComparison, TruthGroup } from './truth-risk.ts';
export { withinStratumAuroc, withinStratumStatistic } from './within-stratum.ts';
export type { WithinStratumAuroc } from './within-stratum.ts';
