import { describe, expect, test } from '@jest/globals';
import { createKernelSums } from '../../src/forest/attribution-kernel.ts';
import { createReferenceExplainer, explainerOf } from '../../src/forest/attribution.ts';
import { createExplainer, predictRow, trainForest } from '../../src/forest/index.ts';
import type { FlatForest } from '../../src/forest/index.ts';
import { interactionMatrix } from '../../src/forest/interaction.ts';
import { pathWeights } from '../../src/forest/path-weights.ts';
import { randomStream } from '../../src/util/random.ts';
import type { RandomStream } from '../../src/util/random.ts';
import { allSubsets } from './all-subsets.ts';
import { randomForest, randomRow, rowOf, syntheticTable } from './synthetic-table.ts';

const largest = (values: Float64Array): number => values.reduce((max, x) => Math.max(max, Math.abs(x)), 0);

/** Largest difference between two arrays. */
const gap = (a: Float64Array, b: Float64Array): number => largest(a.map((x, i) => x - b[i]!));
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

const engines = [
  ['WebAssembly', createExplainer],
  ['TypeScript', createReferenceExplainer],
] as const;

test('WebAssembly is what is used here', () => {
  const forest = randomForest(randomStream(1, 1), 2, 1, 1);
  expect(createKernelSums(forest, pathWeights(forest))).toBeDefined();
});

describe('300 random forests against all subsets', () => {
  // Few columns and deep trees repeat columns on a path, many columns need many quadrature points.
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('%d columns', (columns) => {
    for (let seed = 0; seed < 30; seed++) {
      const random = randomStream(seed, columns);
      const forest = randomForest(random, columns, columns > 6 ? 1 : 1 + random.below(4), 1 + random.below(columns > 6 ? 10 : 8));
      const row = randomRow(random, columns);
      const expected = allSubsets(forest, row);
      for (const [, create] of engines) {
        const explainer = create(forest);
        const { output, baseValue, values } = explainer.explain(row);
        expect(gap(values, expected.attributions)).toBeLessThan(1e-12);
        expect(output).toBe(predictRow(forest, row));
        expect(Math.abs(baseValue + sum(values) - output)).toBeLessThan(1e-14);
        const pairs = explainer.interactions(row);
        expect(gap(pairs.values, expected.interactions)).toBeLessThan(1e-12);
        expect(gap(pairs.attributions, values)).toBeLessThan(1e-14);
        expect([pairs.output, pairs.baseValue]).toEqual([output, baseValue]);
      }
    }
  });
});

describe.each(engines)('attributions in %s', (_name, createExplainer) => {
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

  test('of a trained forest add up on every row, are 0 for unused columns, and the base value is the mean output by cover', async () => {
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

/** One long path with leaves beside it: many distinct columns on a path without many nodes. */
function randomComb(random: RandomStream, columns: number, depth: number): FlatForest {
  const nodes = 2 * depth + 1;
  const isSplit = (n: number): boolean => n % 2 === 0 && n < 2 * depth;
  const cover = new Float64Array(nodes);
  for (let n = nodes - 1; n >= 0; n--) cover[n] = isSplit(n) ? cover[n + 1]! + cover[n + 2]! : 1 + random.below(20);
  const sides = Array.from({ length: nodes }, () => random.below(2));
  return {
    featureCount: columns,
    treeStart: Int32Array.of(0, nodes),
    feature: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? random.below(columns) : -1)),
    threshold: Float64Array.from({ length: nodes }, () => random.uniform()),
    missingLeft: Uint8Array.from({ length: nodes }, () => random.below(2)),
    left: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? n + 1 + sides[n]! : -1)),
    right: Int32Array.from({ length: nodes }, (_, n) => (isSplit(n) ? n + 2 - sides[n]! : -1)),
    value: Float64Array.from({ length: nodes }, () => random.uniform()),
    cover,
  };
}

describe('both engines agree beyond what all subsets can be tried on', () => {
  test('long paths of up to 40 distinct columns', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed, 99);
      const columns = 10 + random.below(50);
      const forest = randomComb(random, columns, 10 + random.below(40));
      const row = randomRow(random, columns);
      if (seed % 9 === 0) row[0] = Infinity;
      if (seed % 9 === 1) row.fill(-Infinity);
      const [a, b] = engines.map(([, create]) => create(forest));
      expect(gap(a!.explain(row).values, b!.explain(row).values)).toBeLessThan(1e-13);
      expect(gap(a!.interactions(row).values, b!.interactions(row).values)).toBeLessThan(1e-13);
    }
  });

  test('a trained forest of 30 columns', async () => {
    const table = syntheticTable({ rows: 2000, columns: 30 });
    const { forest } = await trainForest(table, { trees: 20, minLeafRows: 2, workers: 1 });
    const [a, b] = engines.map(([, create]) => create(forest));
    for (let row = 0; row < 20; row++) {
      expect(gap(a!.explain(rowOf(table, row)).values, b!.explain(rowOf(table, row)).values)).toBeLessThan(1e-13);
    }
    const pairs = a!.interactions(rowOf(table, 0)).values;
    expect(gap(pairs, b!.interactions(rowOf(table, 0)).values)).toBeLessThan(1e-13);
    for (let i = 0; i < 30; i++) for (let j = 0; j < i; j++) expect(pairs[i * 30 + j]).toBe(pairs[j * 30 + i]);
  });
});

describe.each(engines)('refusals in %s', (_name, create) => {
  const forest = randomForest(randomStream(3, 0), 3, 2, 3);

  test('a row of another length', () => {
    expect(() => create(forest).explain(new Float64Array(2))).toThrow(/FOREST_ROW_INVALID/);
    expect(() => create(forest).interactions(new Float64Array(2))).toThrow(/FOREST_ROW_INVALID/);
  });

  test('a forest that does not add up', () => {
    const damaged = { ...forest, cover: forest.cover.map((cover, node) => (node === 1 ? NaN : cover)) };
    expect(() => create(damaged).explain(new Float64Array(3))).toThrow(/FOREST_ADDITIVITY/);
    expect(() => create(damaged).interactions(new Float64Array(3))).toThrow(/FOREST_ADDITIVITY/);
  });
});

test.each([
  [1e-10, true],
  [2e-9, false],
  [-2e-9, false],
])('attributions that miss the output by %d are an answer: %p', (by, isAnswer) => {
  const attributions = (): Float64Array => Float64Array.of(0.25, 0.125 + 2 * by);
  const none = new Float64Array(2);
  const interactions = () => ({ attributions: attributions(), alone: none, last: none, pairs: new Float64Array(4) });
  const { explain, interactions: pairs } = explainerOf(
    { trees: 2, baseValue: 0.5, output: () => 0.6875 },
    { attributions, interactions },
  );
  for (const ask of [explain, pairs]) {
    if (isAnswer) ask(none);
    else expect(() => ask(none)).toThrow(/FOREST_ADDITIVITY/);
  }
});

test('interactions that miss their sum are an error that names the column', () => {
  const sums = {
    attributions: Float64Array.of(0.2, 0.1),
    alone: Float64Array.of(0.1, 0),
    last: Float64Array.of(0.3, 0.2),
    pairs: Float64Array.of(0, 0.2, 0, 0),
  };
  expect(Array.from(interactionMatrix(sums, 1, 1e-9))).toEqual([0.1, 0.1, 0.1, 0]);
  expect(() => interactionMatrix({ ...sums, last: Float64Array.of(0.3, 0.3) }, 1, 1e-9)).toThrow(/FOREST_ADDITIVITY: .*column 1/);
});
