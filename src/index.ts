/**
 * fhir-readmission-risk as a library: pull and profile records, plant a process with known truth, build the
 * cohort and its matrix, train, evaluate, score, serve.
 */
export {
  CancelledError,
  CohortError,
  EvaluationError,
  ExperimentError,
  FeatureError,
  FhirError,
  ForestError,
  MappingError,
  ModelError,
  ReadmissionError,
  ScoringError,
  SimulationError,
  UsageError,
  ViewError,
  WarehouseError,
} from './errors.ts';
export { pull, readManifest, verifyLanding, type LandingManifest, type PullOptions, type PullReport } from './fhir/index.ts';
export { startFhirServer } from './fhir/server/index.ts';
export {
  encounterKinds,
  mappingChoices,
  mappingHash,
  parseSettledMapping,
  parseSiteMapping,
  readSiteMapping,
  settleMapping,
  standardMapping,
  type EncounterKind,
  type SettledMapping,
  type SiteMapping,
} from './mapping/index.ts';
export { profileLanding, starterMapping, type Profile, type ProfileOptions } from './profile/index.ts';
export {
  nullOf,
  processNames,
  readProcess,
  simulate,
  stripLanding,
  truthColumns,
  type ProcessDefinition,
  type SimulateOptions,
  type SimulationReport,
  type SimulationTruth,
  type State,
  type StripReport,
  type TruthColumn,
  type TruthRow,
} from './simulation/index.ts';
export {
  cohortDefinitionHash,
  cohortDefinitionNames,
  explainEncounter,
  followUpStates,
  outcomeOf,
  parseCohortDefinition,
  readCohortDefinition,
  readFollowUp,
  type AttritionLine,
  type Cohort,
  type CohortDefinition,
  type StayExplanation,
} from './cohort/index.ts';
export {
  fullCoverage,
  readFamilies,
  readFeatureFolders,
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
export { cumulativeIncidence, type CumulativeIncidenceOptions, type Interval, type IncidencePoint } from './evaluation/index.ts';
export * as evaluation from './evaluation/index.ts';
export { writeTable, type TableColumn } from './warehouse/index.ts';
export { readModelFolder, writeModelFolder, type ModelFolder, type ModelHeader, type RiskModel } from './model/index.ts';
export {
  evaluateModel,
  evaluateTruth,
  matchTruth,
  openCohort,
  openStudy,
  parseExperiment,
  readExperiment,
  readTruth,
  repeatExperiment,
  runExperiment,
  trainModel,
  type Comparison,
  type Evaluation,
  type EvaluationOptions,
  type Experiment,
  type ExperimentDocument,
  type ExperimentResult,
  type MatchedTruth,
  type OpenCohort,
  type Study,
  type StudyOptions,
  type TrainedModel,
  type TrainOptions,
  type Truth,
  type TruthEvaluation,
  type ValidationResult,
} from './training/index.ts';
export { createScorer, type BundleRequest, type FeaturesRequest, type ScoreAnswer, type Scorer } from './scoring/index.ts';
export { startScoringServer } from './server/index.ts';
