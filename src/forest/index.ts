/**
 * The forest's public face: train, predict, explain and check. Arrays in, arrays out.
 */
export type { FlatForest } from './flat-forest.ts';
export { createExplainer } from './attribution.ts';
export type { Attribution, Explainer } from './attribution.ts';
export { createConditionalOutput, type ConditionalOutput } from './conditional-output.ts';
export { checkForest } from './check.ts';
export type { Interactions } from './interaction.ts';
export { resolveForestOptions } from './options.ts';
export type { ForestOptions, ResolvedForestOptions } from './options.ts';
export { predictColumns, predictRow } from './predict.ts';
export { createPredictor } from './predictor.ts';
export type { Predictor } from './predictor.ts';
export { attachForest, shareForest, type SharedForest } from './shared-forest.ts';
export { runtimeNotice } from './runtime.ts';
export { trainForest } from './train.ts';
export type { TrainedForest, TrainingRun } from './train.ts';
export { checkTrainingTable, maxFeatureCount } from './training-table.ts';
export type { TrainingTable } from './training-table.ts';
