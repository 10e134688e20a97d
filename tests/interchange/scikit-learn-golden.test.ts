import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createExplainer, createPredictor, predictRow } from '../../src/forest/index.ts';
import { forestFromScikitLearn } from '../../src/interchange/index.ts';

interface Golden {
  readonly document: unknown;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly probability: readonly number[];
}
interface Explained extends Golden {
  readonly baseValue: number;
  readonly attributions: readonly (readonly number[])[];
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;
const rowsOf = ({ rows }: Golden): Float64Array[] => rows.map((row) => Float64Array.from(row, (x) => x ?? NaN));

describe('a forest that scikit-learn fitted', () => {
  test.each(['missing', 'extra-trees', 'explained'])('%s: predicts what predict_proba says', (name) => {
    const golden = read<Golden>(name);
    const forest = forestFromScikitLearn(golden.document);
    const predictor = createPredictor(forest);
    const rows = rowsOf(golden);
    expect(rows.length).toBeGreaterThanOrEqual(60);
    rows.forEach((row, i) => {
      expect(Math.abs(predictRow(forest, row) - golden.probability[i]!)).toBeLessThan(1e-15);
      expect(Math.abs(predictor.predict(row) - golden.probability[i]!)).toBeLessThan(1e-15);
    });
  });

  test('is asked about missing values, and about values that only float32 puts on the other side', () => {
    const golden = read<Golden & { document: Record<string, unknown> }>('missing');
    expect(golden.rows.filter((row) => row.includes(null)).length).toBeGreaterThan(50);
    const unrounded = forestFromScikitLearn({ ...golden.document, input_precision: 'float64' });
    const apart = rowsOf(golden).filter((row, i) => Math.abs(predictRow(unrounded, row) - golden.probability[i]!) > 1e-6);
    expect(apart.length).toBeGreaterThan(20);
  });

  test.each(['explained', 'explained-missing'])('%s: is explained as shap explains it', (name) => {
    const golden = read<Explained>(name);
    const explainer = createExplainer(forestFromScikitLearn(golden.document));
    const rows = rowsOf(golden);
    expect(rows.length).toBeGreaterThanOrEqual(60);
    rows.forEach((row, i) => {
      const { baseValue, values } = explainer.explain(row);
      expect(Math.abs(baseValue - golden.baseValue)).toBeLessThan(1e-9);
      values.forEach((value, f) => expect(Math.abs(value - golden.attributions[i]![f]!)).toBeLessThan(1e-9));
    });
  });
});
