/** A model of one tree over three real features, small enough to check by hand. */
import { cohortDefinitionHash, readCohortDefinition, type CohortDefinition } from '../../../src/cohort/index.ts';
import { selectFeatures, type FeatureSet } from '../../../src/features/index.ts';
import type { ModelFolder, RiskModel } from '../../../src/model/index.ts';

/** Read once for all tests of a file. */
let features: FeatureSet | undefined;

export function tinyFeatures(): FeatureSet {
  return (features ??= selectFeatures('age_years,length_of_stay_days,prior_admissions_365d'));
}

export function tinyDefinition(): CohortDefinition {
  return readCohortDefinition('all-adult');
}

export const tinyMapping = { name: 'standard', hash: 'cd'.repeat(32), choices: ['standard codes'] };

/** 0.1 up to four days of stay, above 0.2 without and 0.7 with an admission in the year before. */
export function tinyModel(): RiskModel {
  const set = tinyFeatures();
  const definition = tinyDefinition();
  const column = (name: string): number => set.features.findIndex((feature) => feature.name === name);
  return {
    header: {
      format: 'readmission-model',
      formatVersion: 1,
      name: 'tiny',
      codeVersion: '0.1.0',
      createdAt: '2026-01-02T03:04:05Z',
      features: set.features.map(({ name, unit, family }) => ({ name, unit, family, min: 0, max: 90, missing: 0 })),
      featureHash: set.hash,
      cohort: { name: definition.name, hash: cohortDefinitionHash(definition), definition },
      outcome: { name: 'unplanned readmission', horizonDays: 30, description: 'first unplanned stay after discharge' },
      training: {
        rows: 100,
        events: 20,
        patients: 90,
        manifestSha256: 'ef'.repeat(32),
        transactionTime: '2026-01-01T00:00:00.000Z',
        synthetic: true,
        refittedOnAll: true,
      },
      forest: { engine: 'histogram', trees: 1, options: {} },
      seed: 7,
      folds: { count: 5, seed: 7, rule: 'hash of patient id' },
      calibration: { kind: 'identity', intercept: 0, slope: 1, epsilon: 1e-4, reason: 'made by hand', rows: 100, events: 20 },
      bands: [
        { name: 'low', from: 0, meaning: 'below the base rate' },
        { name: 'high', from: 0.2, meaning: 'at or above the base rate' },
      ],
      baseRate: 0.2,
    },
    forest: {
      featureCount: 3,
      treeStart: Int32Array.of(0, 5),
      feature: Int32Array.of(column('length_of_stay_days'), -1, column('prior_admissions_365d'), -1, -1),
      threshold: Float64Array.of(4, 0, 0.5, 0, 0),
      missingLeft: Uint8Array.of(1, 0, 1, 0, 0),
      left: Int32Array.of(1, -1, 3, -1, -1),
      right: Int32Array.of(2, -1, 4, -1, -1),
      value: Float64Array.of(0.235, 0.1, 0.37, 0.2, 0.71),
      cover: Float64Array.of(100, 50, 50, 2 * 16 + 2 * 1, 16),
    },
  };
}

export const tinyMetrics: ModelFolder['metrics'] = {
  validations: [
    {
      name: 'grouped',
      description: 'held out by patient',
      rows: 100,
      events: 20,
      patients: 90,
      results: { forest: { auroc: { estimate: 0.7, lower: 0.6, upper: null } } },
      more: 'left out',
    },
  ],
};
