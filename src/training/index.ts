/** Where the steps meet: landing folder to study, study to model. */
export { openCohort, openStudy, scoreNames, type OpenCohort, type ScoreName, type Study, type StudyOptions } from './study.ts';
export { readIncidence, type StateIncidence } from './incidence.ts';
export { heldOutRisks, modelNames, type HeldOutRun, type ModelName, type Risks } from './held-out.ts';
export { createAttributionCollector, type AttributionCollector, type HeldOutAttributions } from './held-out-attributions.ts';
export { permutedAuroc } from './permuted-labels.ts';
export { evaluateTruth, truthLimits, type TruthEvaluation } from './truth-evaluation.ts';
export { matchTruth, readTruth, type MatchedTruth, type Truth } from './truth-table.ts';
export {
  foldAuroc,
  groupedRisks,
  groupedValidation,
  judge,
  temporalValidation,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';
export { attritionSteps, trainModel, type TrainedModel, type TrainingMetrics, type TrainOptions } from './train-model.ts';
export { evaluateModel, type Evaluation, type EvaluationOptions } from './evaluate-model.ts';
