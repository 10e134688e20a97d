import { describe, expect, test } from '@jest/globals';
import { attachForest, createPredictor, predictColumns, predictRow, shareForest, trainForest } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { codeForest } from '../../src/forest/predictor-codes.ts';
import { createKernelOutputs } from '../../src/forest/predictor-kernel.ts';
import { createReferencePredictor } from '../../src/forest/predictor.ts';
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
  ['createReferencePredictor', (f: FlatForest, row: Float64Array) => createReferencePredictor(f).predict(row)],
  ['attachForest', (f: FlatForest, row: Float64Array) => attachForest(shareForest(f)).predict(row)],
])('%s', (_name, predict) => {
  test.each(byHand)('x0 = %d, x1 = %d gives %d', (x0, x1, expected) => {
    expect(predict(forest, Float64Array.of(x0, x1))).toBe(expected);
  });

  test('a row of another length is refused', () => {
    expect(() => predict(forest, new Float64Array(3))).toThrow(/FOREST_ROW_INVALID: expected 2 columns, found 3/);
  });
});

/** Values that compare in surprising ways. */
const oddities = [Infinity, -Infinity, -0, 0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, NaN];

describe.each([
  ['WebAssembly', createPredictor],
  ['TypeScript', createReferencePredictor],
  ['shared memory', (f: FlatForest) => attachForest(shareForest(f))],
])('every form agrees with the plain walk to the bit: %s', (_name, create) => {
  test('on a trained forest, for any batch size', async () => {
    const table = syntheticTable({ rows: 500, columns: 8 });
    const trained = (await trainForest(table, { trees: 30, minLeafRows: 2, maxBins: 255 })).forest;
    const predictor = create(trained);
    const rows = Array.from({ length: 500 }, (_, row) => predictRow(trained, rowOf(table, row)));
    expect(rows.map((_, row) => predictor.predict(rowOf(table, row)))).toEqual(rows);
    for (const count of [0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 500]) {
      expect(Array.from(predictor.predictColumns(table.columns, count))).toEqual(rows.slice(0, count));
      expect(Array.from(predictColumns(trained, table.columns, count))).toEqual(rows.slice(0, count));
    }
  });

  test('on forests of any shape, and values of any kind', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed, 7);
      const any = randomForest(random, 1 + random.below(6), 1 + random.below(20), random.below(9));
      // Thresholds of 0 tell -0 from a smaller number.
      for (let node = 0; node < any.threshold.length; node += 5) any.threshold[node] = 0;
      const predictor = create(any);
      const rows = Array.from({ length: 40 }, (_, i) => {
        const row = randomRow(random, any.featureCount);
        if (i % 2 === 0) row[random.below(row.length)] = oddities[random.below(oddities.length)]!;
        if (i % 7 === 1) row[0] = any.threshold[0]!;
        return row;
      });
      const expected = rows.map((row) => predictRow(any, row));
      expect(rows.map((row) => predictor.predict(row))).toEqual(expected);
      const columns = Array.from({ length: any.featureCount }, (_, f) => Float64Array.from(rows, (row) => row[f]!));
      expect(Array.from(predictor.predictColumns(columns, rows.length))).toEqual(expected);
    }
  });

  test('a short column and another number of columns are refused', () => {
    expect(() => create(forest).predictColumns([new Float64Array(3), new Float64Array(2)], 3)).toThrow(
      /FOREST_ROW_INVALID: expected column 1 of 3 values, found 2/,
    );
    expect(() => create(forest).predictColumns([new Float64Array(3)], 3)).toThrow(/FOREST_ROW_INVALID/);
  });
});

test('WebAssembly is what is used here', () => {
  expect(createKernelOutputs(codeForest(forest)!)).toBeDefined();
});

test('more columns than the kernel can name are predicted all the same', () => {
  const many = { ...forest, featureCount: 2048, feature: forest.feature.map((f) => (f < 0 ? f : 2046 + f)) };
  expect(createKernelOutputs(codeForest(many)!)).toBeUndefined();
  expect(createKernelOutputs(codeForest({ ...many, featureCount: 2047, feature: forest.feature })!)).toBeDefined();
  for (const [x0, x1, expected] of byHand) {
    const row = new Float64Array(2048);
    row.set([x0, x1], 2046);
    expect(createPredictor(many).predict(row)).toBe(expected);
  }
  expect(() => shareForest(many)).toThrow(/FOREST_NOT_SHAREABLE/);
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
  expect(() => predictColumns(forest, [new Float64Array(3), new Float64Array(2)], 3)).toThrow(
    /FOREST_ROW_INVALID: expected column 1/,
  );
  expect(() => predictColumns(forest, [new Float64Array(3)], 3)).toThrow(/FOREST_ROW_INVALID/);
});
