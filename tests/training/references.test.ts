/** What is kept of the training rows for monitoring, and what is not told of it. */
import { expect, test } from '@jest/globals';
import { referenceDistribution } from '../../src/evaluation/index.ts';
import { trainingReferences } from '../../src/training/references.ts';
import { syntheticStudy } from './synthetic-study.ts';

const { matrix } = syntheticStudy(5, 200, () => null);

test('bins of ten rows and more are told as they are', () => {
  const risk = Float64Array.from({ length: matrix.rows }, (_, row) => row / matrix.rows);
  const { risk: told, features } = trainingReferences(matrix, risk);
  expect(told).toEqual(referenceDistribution(risk));
  expect(features['prior_admissions_365d']).toEqual(referenceDistribution(matrix.columns[1] as Float64Array));
});

test('one or nine rows with a value, or without one, are told alike', () => {
  const rare = (few: number, gone: number) =>
    trainingReferences(
      {
        features: matrix.features.slice(0, 1),
        columns: [Float64Array.from({ length: matrix.rows }, (_, row) => (row < few ? 1 : row < few + gone ? NaN : 0))],
      },
      new Float64Array(matrix.rows).fill(0.5),
    ).features[matrix.features[0]!.name];
  expect(rare(1, 9)).toEqual({ rows: matrix.rows, edges: [1], counts: [matrix.rows - 10, 5], missing: 5 });
  expect(rare(9, 2)).toEqual(rare(1, 9));
  expect(rare(10, 0)).toEqual({ rows: matrix.rows, edges: [1], counts: [matrix.rows - 10, 10], missing: 0 });
});
