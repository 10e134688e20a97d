/** Where the steps meet: landing folder to study, study to model. */
export { openCohort, openStudy, scoreNames, type OpenCohort, type ScoreName, type Study, type StudyOptions } from './study.ts';
export { heldOutRisks, modelNames, type ModelName, type Risks } from './held-out.ts';
export {
  groupedRisks,
  groupedValidation,
  judge,
  temporalValidation,
  type ValidationOptions,
  type ValidationResult,
} from './validation.ts';
export { attritionSteps, trainModel, type TrainedModel, type TrainingMetrics, type TrainOptions } from './train-model.ts';
export { evaluateModel, type Evaluation, type EvaluationOptions } from './evaluate-model.ts';
