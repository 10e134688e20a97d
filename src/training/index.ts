/** Where the steps meet: landing folder to study, study to model. */
export { openCohort, openStudy, scoreNames, type OpenCohort, type ScoreName, type Study, type StudyOptions } from './study.ts';
export { readIncidence, type StateIncidence } from './incidence.ts';
export { heldOutForest, heldOutRisks, modelNames, type HeldOutRun, type ModelName, type Risks } from './held-out.ts';
export { createAttributionCollector, type AttributionCollector, type HeldOutAttributions } from './held-out-attributions.ts';
export { readSubgroups, type SubgroupColumn } from './subgroup-columns.ts';
export { learningCurve, type LearningOptions } from './learning-curve.ts';
export {
  repeatedAuroc,
  repeatedMeasure,
  repeatedRisks,
  type Repeat,
  type RepeatedAuroc,
  type RepeatOptions,
} from './repeated-validation.ts';
export { splitSeen, type SeenPart } from './temporal-seen.ts';
export { permutedAuroc } from './permuted-labels.ts';
export { evaluateTruth, truthLimits, type TruthEvaluation } from './truth-evaluation.ts';
export { readOwnTruth } from './truth-origin.ts';
export { matchTruth, readTruth, type MatchedTruth, type Truth } from './truth-table.ts';
export {
  foldAuroc,
  groupedRisks,
  groupedValidation,
  judge,
  seenValidations,
  temporalRisks,
  validationOf,
  type TemporalRun,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';
export { attritionSteps } from './run-metrics.ts';
export { auditStudy } from './audit-study.ts';
export { auditLeakage, type AuditInput } from './leakage-audit.ts';
export {
  gatherHeldOutEvidence,
  type EvidenceOptions,
  type HeldOutEvidence,
  type RepeatedValidation,
} from './held-out-evidence.ts';
export type { HeldForest } from './held-forest.ts';
export { gatherImportance } from './importance.ts';
export { breachText, defaultBounds, readBounds, type Breach, type FeatureDrift, type MonitorBounds } from './monitor-bounds.ts';
export { monitorModel, type MonitoredOutcomes, type Monitoring, type MonitorOptions } from './monitor.ts';
export { referencesOf, trainingReferences, type References } from './references.ts';
export { openModelStudy, type ModelStudyOptions } from './model-study.ts';
export type { OtherPatients, SeenCounts } from './seen-patients.ts';
export { recalibrateModel, type RecalibratedModel, type RecalibrateOptions, type Recalibration } from './recalibrate.ts';
export { recalibratedFolder, type RecalibratedFolder } from './recalibrated-folder.ts';
export { externalRecord, monitoringRecord, type SiteRun } from './site-records.ts';
export { studySpan, type Span } from './study-span.ts';
export { validateModel, type ExternalValidation } from './validate-model.ts';
export { studyEvidence } from './study-evidence.ts';
export { ownTable, type ColumnMeaning, type OwnTable, type TableFeature, type TableRoles } from './own-table.ts';
export { readOwnTable, type OwnTableFile } from './read-own-table.ts';
export { evaluateTable, type TableEvaluationOptions } from './evaluate-table.ts';
export { scoreColumns } from './table-scores.ts';
export { scoreTableFile, type ScoredTable } from './score-table-file.ts';
export { tableStudy, type TableOrigin } from './table-study.ts';
export { trainModel, type TrainedModel, type TrainingMetrics, type TrainOptions } from './train-model.ts';
export { evaluateModel, type Evaluation, type EvaluationOptions } from './evaluate-model.ts';
export { parseExperiment, readExperiment, type Experiment, type ExperimentDocument } from './experiment.ts';
export {
  comparisonText,
  runExperiment,
  type Comparison,
  type ExperimentResult,
  type ExperimentRun,
} from './compare-experiment.ts';
export type { ArmDifference, Difference } from './compare-figures.ts';
export { repeatExperiment, type Repetition } from './experiment-repeat.ts';
