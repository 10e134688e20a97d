import { describe, expect, test } from '@jest/globals';
import { createPredictor, predictColumns, predictRow, trainForest } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, randomRow, rowOf, syntheticTable } from './synthetic-table.ts';

/** One tree: x0 <= 1.5 (missing right) ? 0.25 : (x1 present ? 0.5 : 1). */
const forest: FlatForest = {
  featureCount: 2,
  treeStart: Int32Array.of(0, 5),
  feature: Int32Array.of(0, -1, 1, -1, -1),
  threshold: Float64Array.of(1.5, 0, Number.MAX_VALUE, 0, 0),
  missingLeft: Uint8Array.of(0, 0, 0, 0, 0),
  left: Int32Array.of(1, -1, 3, -1, -1),
  right: Int32Array.of(2, -1, 4, -1, -1),
  value: Float64Array.of(0.5, 0.25, 0.75, 0.5, 1),
  cover: Float64Array.of(4, 2, 2, 1, 1),
};

const byHand: [number, number, number][] = [
  [1.5, 0, 0.25],
  [1.5 + Number.EPSILON, 0, 0.5],
  [-Infinity, NaN, 0.25],
  [NaN, 0, 0.5],
  [NaN, NaN, 1],
  [2, Number.MAX_VALUE, 0.5],
  [2, -Infinity, 0.5],
];

describe.each([
  ['predictRow', (f: FlatForest, row: Float64Array) => predictRow(f, row)],
  ['createPredictor', (f: FlatForest, row: Float64Array) => createPredictor(f).predict(row)],
])('%s', (_name, predict) => {
  test.each(byHand)('x0 = %d, x1 = %d gives %d', (x0, x1, expected) => {
    expect(predict(forest, Float64Array.of(x0, x1))).toBe(expected);
  });

  test('a row of another length is refused', () => {
    expect(() => predict(forest, new Float64Array(3))).toThrow(/FOREST_ROW_INVALID: expected 2 columns, found 3/);
  });
});

describe('all forms agree to the bit', () => {
  test('on a trained forest, for any batch size', async () => {
    const table = syntheticTable({ rows: 500, columns: 8 });
    const trained = (await trainForest(table, { trees: 30, minLeafRows: 2, maxBins: 255 })).forest;
    const predictor = createPredictor(trained);
    const rows = Array.from({ length: 500 }, (_, row) => predictRow(trained, rowOf(table, row)));
    expect(rows.map((_, row) => predictor.predict(rowOf(table, row)))).toEqual(rows);
    for (const count of [0, 1, 63, 64, 65, 500]) {
      expect(Array.from(predictColumns(trained, table.columns, count))).toEqual(rows.slice(0, count));
    }
  });

  test('on forests of any shape', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed, 7);
      const any = randomForest(random, 1 + random.below(6), 1 + random.below(11), random.below(9));
      const predictor = createPredictor(any);
      for (let i = 0; i < 20; i++) {
        const row = randomRow(random, any.featureCount);
        if (i % 5 === 0) row[0] = i % 2 === 0 ? Infinity : -Infinity;
        if (i % 7 === 1) row[0] = any.threshold[0]!;
        expect(predictor.predict(row)).toBe(predictRow(any, row));
      }
    }
  });
});

test('beyond the codes of the prepared form the plain walk is used', () => {
  const splits = 2 ** 17 - 1;
  const nodes = 2 * splits + 1;
  const isSplit = (n: number): boolean => n < splits;
  const wide: FlatForest = {
    featureCount: 1,
    treeStart: Int32Array.of(0, nodes),
    feature: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? 0 : -1)),
    threshold: Float64Array.from({ length: nodes }, (_, n) => (isSplit(n) ? Math.sin(n) : 0)),
    missingLeft: new Uint8Array(nodes),
    left: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? 2 * n + 1 : -1)),
    right: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? 2 * n + 2 : -1)),
    value: Float64Array.from({ length: nodes }, (_, n) => Math.abs(Math.cos(n))),
    cover: new Float64Array(nodes).fill(1),
  };
  const predictor = createPredictor(wide);
  for (const x of [-2, -0.3, 0, 0.7, 2, NaN])
    expect(predictor.predict(Float64Array.of(x))).toBe(predictRow(wide, Float64Array.of(x)));
});

test('a short column is refused', () => {
  expect(() => predictColumns(forest, [new Float64Array(3), new Float64Array(2)], 3)).toThrow(/FOREST_ROW_INVALID: column 1/);
  expect(() => predictColumns(forest, [new Float64Array(3)], 3)).toThrow(/FOREST_ROW_INVALID/);
});
