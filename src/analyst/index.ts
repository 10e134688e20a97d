/** For the analyst: results as DataFrames, and DataFrames to train on and score. */
export type { DanfoFrame, DanfoGroups, DanfoSeries, DataFrameLike } from './data-frame.ts';
export { frameColumns, fromDanfo } from './from-danfo.ts';
export { attritionTable, comparisonTable, metricsTable } from './result-tables.ts';
export type { AttritionLike, ComparisonLike, ValidationLike } from './result-tables.ts';
export { scoreTable } from './score-table.ts';
export { toDanfo, type DanfoSource } from './to-danfo.ts';
export { trainTable, type TrainTableOptions } from './train-table.ts';
