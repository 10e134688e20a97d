import { describe, expect, test } from '@jest/globals';
import { createExplainer, predictRow, trainForest } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, randomRow, rowOf, syntheticTable } from './synthetic-table.ts';

/** Expected output when only the columns of the coalition (a bit set) are known: the definition, by recursion. */
function worth(forest: FlatForest, node: number, row: Float64Array, coalition: number): number {
  const f = forest.feature[node]!;
  if (f < 0) return forest.value[node]!;
  const [left, right] = [forest.left[node]!, forest.right[node]!];
  if ((coalition >> f) & 1) {
    const x = row[f]!;
    const goesLeft = Number.isNaN(x) ? forest.missingLeft[node] === 1 : x <= forest.threshold[node]!;
    return worth(forest, goesLeft ? left : right, row, coalition);
  }
  const share = forest.cover[left]! / forest.cover[node]!;
  return share * worth(forest, left, row, coalition) + (1 - share) * worth(forest, right, row, coalition);
}

/** Shapley values by their definition over all subsets. */
function bruteForce(forest: FlatForest, row: Float64Array): Float64Array {
  const p = forest.featureCount;
  const trees = forest.treeStart.length - 1;
  const worths = Float64Array.from({ length: 2 ** p }, (_, coalition) => {
    let sum = 0;
    for (let tree = 0; tree < trees; tree++) sum += worth(forest, forest.treeStart[tree]!, row, coalition);
    return sum / trees;
  });
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const size = (coalition: number): number => coalition.toString(2).replaceAll('0', '').length;
  return Float64Array.from({ length: p }, (_, f) => {
    let value = 0;
    for (let s = 0; s < 2 ** p; s++) {
      if ((s >> f) & 1) continue;
      value += ((factorial(size(s)) * factorial(p - size(s) - 1)) / factorial(p)) * (worths[s | (1 << f)]! - worths[s]!);
    }
    return value;
  });
}

const largest = (values: Float64Array): number => values.reduce((max, x) => Math.max(max, Math.abs(x)), 0);

describe('attributions against all subsets', () => {
  // [columns, depth]: few columns and deep trees repeat columns on a path, many columns need many quadrature points
  test.each([
    [1, 4],
    [2, 7],
    [3, 6],
    [5, 5],
    [8, 7],
    [10, 9],
  ])('%d columns, depth %d', (columns, depth) => {
    for (let seed = 0; seed < 8; seed++) {
      const random = randomStream(seed, columns);
      const forest = randomForest(random, columns, columns > 7 ? 1 : 3, depth);
      const explainer = createExplainer(forest);
      for (let i = 0; i < (columns > 7 ? 1 : 5); i++) {
        const row = randomRow(random, columns);
        const { output, baseValue, values } = explainer.explain(row);
        const expected = bruteForce(forest, row);
        expect(largest(values.map((value, f) => value - expected[f]!))).toBeLessThan(1e-12);
        expect(output).toBe(predictRow(forest, row));
        expect(Math.abs(baseValue + values.reduce((a, b) => a + b, 0) - output)).toBeLessThan(1e-14);
      }
    }
  });

  test('a path of 24 distinct columns, beyond eight points, adds up and treats equals alike', () => {
    const depth = 24;
    const nodes = 2 * depth + 1;
    // A comb: node 2d splits on column d, its left child is the leaf 2d + 1; every split halves the cover.
    const split = (node: number): boolean => node % 2 === 0 && node < 2 * depth;
    const forest: FlatForest = {
      featureCount: depth,
      treeStart: Int32Array.of(0, nodes),
      feature: Int32Array.from({ length: nodes }, (_, n) => (split(n) ? n / 2 : -1)),
      threshold: new Float64Array(nodes),
      missingLeft: new Uint8Array(nodes),
      left: Int32Array.from({ length: nodes }, (_, n) => (split(n) ? n + 1 : -1)),
      right: Int32Array.from({ length: nodes }, (_, n) => (split(n) ? n + 2 : -1)),
      value: Float64Array.from({ length: nodes }, (_, n) => (n === nodes - 1 ? 1 : 0)),
      cover: Float64Array.from({ length: nodes }, (_, n) => 2 ** (depth - Math.ceil(n / 2))),
    };
    const { values, baseValue, output } = createExplainer(forest).explain(new Float64Array(depth).fill(1));
    expect(output).toBe(1);
    expect(baseValue).toBeCloseTo(2 ** -depth, 15);
    for (const value of values) expect(value).toBeCloseTo((1 - 2 ** -depth) / depth, 13);
  });
});

describe('attributions of a trained forest', () => {
  test('they add up on every row, are 0 for unused columns, and the base value is the mean output by cover', async () => {
    const table = syntheticTable({ rows: 600, columns: 6 });
    const columns = [...table.columns, new Float64Array(600)];
    const { forest } = await trainForest({ ...table, featureCount: 7, columns }, { trees: 20, minLeafRows: 2 });
    const explainer = createExplainer(forest);
    for (let row = 0; row < 600; row++) {
      const { output, baseValue, values } = explainer.explain(rowOf({ ...table, columns }, row));
      expect(Math.abs(baseValue + values.reduce((a, b) => a + b, 0) - output)).toBeLessThan(1e-13);
      expect(values[6]).toBe(0);
    }
    expect(explainer.explain(rowOf({ ...table, columns }, 0)).baseValue).toBeCloseTo(
      forest.treeStart.slice(0, -1).reduce((sum, root) => sum + forest.value[root]!, 0) / 20,
      8,
    );
  });

  test('trees that are a single leaf attribute nothing', () => {
    const forest = randomForest(randomStream(1, 0), 3, 2, 0);
    const { output, baseValue, values } = createExplainer(forest).explain(new Float64Array(3));
    expect(output).toBe(baseValue);
    expect(values).toEqual(new Float64Array(3));
  });
});

test('refusals', () => {
  const forest = randomForest(randomStream(3, 0), 3, 2, 3);
  expect(() => createExplainer(forest).explain(new Float64Array(2))).toThrow(/FOREST_ROW_INVALID/);
  const damaged = { ...forest, cover: forest.cover.map((cover, node) => (node === 1 ? NaN : cover)) };
  expect(() => createExplainer(damaged).explain(new Float64Array(3))).toThrow(/FOREST_ADDITIVITY/);
});
