/**
 * The risk model and its folder on disk: header, checks, calibration, bands and card.
 */
export { HIGH_SHARE, chooseBands } from './bands.ts';
export { CALIBRATION_EPSILON, MINIMUM_EVENTS, applyCalibration, fitCalibration } from './calibration-map.ts';
export type { CalibrationMap } from './calibration-map.ts';
export type { AttritionStep, EventIncidence, MetricInterval, ModelMetrics, Validation } from './metrics.ts';
export { buildCard } from './model-card.ts';
export type { ModelCard } from './model-card.ts';
export { decodeModel, encodeModel, modelHash } from './model-file.ts';
export { readModelFolder, writeModelFolder } from './model-folder.ts';
export type { JsonObject, ModelFolder } from './model-folder.ts';
export { MODEL_FORMAT, MODEL_FORMAT_VERSION, modelMapping, ModelHeaderSchema } from './model-header.ts';
export type { Band, ModelFeature, ModelHeader } from './model-header.ts';
export { bandOf, requireFeatureSchema } from './risk-model.ts';
export type { RiskModel } from './risk-model.ts';
export { patientHash } from './patient-hash.ts';
