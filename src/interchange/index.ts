/**
 * Forests from and for other tools: ONNX files, and the JSON arrays of scikit-learn.
 */
export { calibratedImport, type CalibrationRows } from './calibrated-import.ts';
export type { ForestDocument, TrainingSummary } from './forest-document.ts';
export { importedModel, type ImportedModel, type ImportOptions } from './imported-model.ts';
export { modelToDocument } from './model-document.ts';
export { modelToOnnx, type OnnxForm, type OnnxOptions } from './onnx.ts';
export type { RealType } from './onnx-format.ts';
export { forestFromScikitLearn, forestToScikitLearn } from './scikit-learn-forest.ts';
