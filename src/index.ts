/**
 * fhir-readmission-risk as a library: pull records, build the cohort and its matrix, train, evaluate, score, serve.
 */
export {
  CancelledError,
  CohortError,
  EvaluationError,
  FeatureError,
  FhirError,
  ForestError,
  MappingError,
  ModelError,
  ReadmissionError,
  ScoringError,
  UsageError,
  ViewError,
  WarehouseError,
} from './errors.ts';
export { pull, readManifest, verifyLanding, type LandingManifest, type PullOptions, type PullReport } from './fhir/index.ts';
export { startFhirServer } from './fhir/server/index.ts';
export { parseSiteMapping, readSiteMapping, standardMapping, type SiteMapping } from './mapping/index.ts';
export { cohortDefinitionNames, readCohortDefinition, type AttritionLine, type CohortDefinition } from './cohort/index.ts';
export {
  fullCoverage,
  readFamilies,
  selectFeatures,
  type Feature,
  type FeatureMatrix,
  type FeatureSet,
} from './features/index.ts';
export {
  createExplainer,
  createPredictor,
  predictColumns,
  predictRow,
  trainForest,
  type Attribution,
  type FlatForest,
  type ForestOptions,
  type TrainedForest,
  type TrainingTable,
} from './forest/index.ts';
export * as evaluation from './evaluation/index.ts';
export { readModelFolder, writeModelFolder, type ModelFolder, type ModelHeader, type RiskModel } from './model/index.ts';
export { evaluateModel, openCohort, openStudy, trainModel, type Study, type TrainedModel } from './training/index.ts';
export { createScorer, type BundleRequest, type FeaturesRequest, type ScoreAnswer, type Scorer } from './scoring/index.ts';
export { startScoringServer } from './server/index.ts';
