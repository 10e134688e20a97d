import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkForest, createExplainer, createPredictor, predictRow } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';

interface Golden {
  readonly forest: { readonly featureCount: number } & Readonly<Record<Exclude<keyof FlatForest, 'featureCount'>, number[]>>;
  readonly rows: (number | null)[][];
  readonly probability: number[];
  readonly completeRows: number[][];
  readonly baseValue: number;
  readonly attributions: number[][];
  /** Of the first complete rows: row, column, column. */
  readonly interactions: number[][][];
}

const golden = JSON.parse(readFileSync(new URL('./golden/scikit-learn.json', import.meta.url), 'utf8')) as Golden;
const { forest: flat } = golden;
const forest: FlatForest = {
  featureCount: flat.featureCount,
  treeStart: Int32Array.from(flat.treeStart),
  feature: Int32Array.from(flat.feature),
  threshold: Float64Array.from(flat.threshold),
  missingLeft: Uint8Array.from(flat.missingLeft),
  left: Int32Array.from(flat.left),
  right: Int32Array.from(flat.right),
  value: Float64Array.from(flat.value),
  cover: Float64Array.from(flat.cover),
};

describe('a scikit-learn forest in the flat format', () => {
  test('passes the structural check', () => {
    checkForest(forest);
  });

  test('predicts what scikit-learn predicts, with missing values', () => {
    const predictor = createPredictor(forest);
    const withMissing = golden.rows.filter((row) => row.includes(null)).length;
    expect(withMissing).toBeGreaterThan(10);
    golden.rows.forEach((values, i) => {
      const row = Float64Array.from(values, (x) => x ?? NaN);
      expect(Math.abs(predictRow(forest, row) - golden.probability[i]!)).toBeLessThan(1e-15);
      expect(Math.abs(predictor.predict(row) - golden.probability[i]!)).toBeLessThan(1e-15);
    });
  });

  test('is explained as shap explains it', () => {
    const explainer = createExplainer(forest);
    expect(golden.completeRows.length).toBeGreaterThan(10);
    golden.completeRows.forEach((values, i) => {
      const { baseValue, values: found } = explainer.explain(Float64Array.from(values));
      expect(Math.abs(baseValue - golden.baseValue)).toBeLessThan(1e-9);
      found.forEach((value, f) => expect(Math.abs(value - golden.attributions[i]![f]!)).toBeLessThan(1e-9));
    });
  });

  test('its interactions are those of shap', () => {
    const explainer = createExplainer(forest);
    expect(golden.interactions.length).toBe(12);
    golden.interactions.forEach((expected, i) => {
      const { values } = explainer.interactions(Float64Array.from(golden.completeRows[i]!));
      expected.flat().forEach((value, cell) => expect(Math.abs(value - values[cell]!)).toBeLessThan(1e-9));
    });
  });
});
