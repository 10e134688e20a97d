/**
 * The risk model and its folder on disk: header, checks, calibration, bands and card.
 */
export { HIGH_SHARE, bandsObserved, chooseBands, cutBands, emptyBands } from './bands.ts';
export { CALIBRATION_EPSILON, MINIMUM_EVENTS, applyCalibration, fitCalibration } from './calibration-map.ts';
export type { CalibrationMap } from './calibration-map.ts';
export { toldDays, toldIncidence } from './incidence-days.ts';
export { keptStatements, rebuildCard, recordInCard } from './card-folder.ts';
export { parseModelMetrics } from './card-metrics.ts';
export { addCardRecords, readCardRecords } from './card-records.ts';
export type { CardRecords, ExternalValidationRecord, MonitoringRecord, ParentRecord } from './card-records.ts';
export { ModelCardSchema } from './card-schema.ts';
export { readCardStatements, starterStatements } from './card-statements.ts';
export type { CardStatements } from './card-statements.ts';
export type { AttritionStep, EventIncidence, MetricInterval, ModelMetrics, Validation } from './metrics.ts';
export { NO_EXTERNAL_VALIDATION } from './card-limits.ts';
export { buildCard } from './model-card.ts';
export type { ModelCard } from './model-card.ts';
export { decodeModel, encodeModel, modelHash } from './model-file.ts';
export { readModelFolder, requireModelOut, writeModelFolder } from './model-folder.ts';
export type { JsonObject, ModelFolder } from './model-folder.ts';
export { readModelReport } from './model-report.ts';
export { MODEL_FORMAT, MODEL_FORMAT_VERSION, ModelHeaderSchema } from './model-header.ts';
export type { Band, ModelFeature, ModelHeader } from './model-header.ts';
export { modelMapping } from './model-mapping.ts';
export { recalibrated, recalibrationMethods, type RecalibrationMethod } from './recalibration.ts';
export { sizeCaution } from './recalibration-size.ts';
export { fitRiskIntervals, INTERVAL_LEVEL, riskIntervalAt, type RiskInterval, type RiskIntervals } from './risk-interval.ts';
export { bandOf, requireFeatureSchema } from './risk-model.ts';
export type { RiskModel } from './risk-model.ts';
export { importedFrom, isTableModel, requireRecordModel } from './table-model.ts';
export { patientHash, patientSalt, saltOf, toldTraining } from './patient-hash.ts';
export {
  isSignedReport,
  requireSigned,
  signingKey,
  signModelFolder,
  trustedKey,
  type SignatureStatement,
} from './model-signature.ts';
