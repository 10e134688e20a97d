/** The feature catalogue, feature sets and the matrix. */
export { readFamilies, readKnownRelations, type Feature, type FeatureDefinition, type FeatureFamily } from './catalogue.ts';
export { coveredValue, coverageOf, fullCoverage, isCovered, isInRange, type Coverage } from './coverage.ts';
export { expandFeatureLists } from './feature-list.ts';
export { selectFeatures, type FeatureSet } from './feature-set.ts';
export { columnDictionary, matrixTable } from './matrix-table.ts';
export { buildMatrix, familySelects, type FeatureMatrix } from './matrix.ts';
export { tableDictionary } from './table-dictionary.ts';
export { tableFeatureSet } from './table-feature-set.ts';
export { readFeatureFolders } from './user-family.ts';
export { asOfTrial, type AsOfTrial } from './as-of-trial.ts';
