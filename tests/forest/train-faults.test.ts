/** What can go wrong in training, beside what is refused at once (./training-table.test.ts, ./options.test.ts). */
import { describe, expect, test } from '@jest/globals';
import { checkForest, predictColumns, trainForest } from '../../src/forest/index.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { randomStream } from '../../src/util/random.ts';
import { prepareKernel } from './kernel-run.ts';
import { bytesOf, reorder, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable({ rows: 4000, columns: 8, rowsPerGroup: 2 });
const options = { trees: 20, workers: 1, seed: 5 };

describe.each([
  ['one in a thousand', 0.001],
  ['all but one in a hundred', 0.99],
])('outcomes of %s', (_title, prevalence) => {
  test('give a sound forest whose mean output is about that share', async () => {
    const random = randomStream(12, 0);
    const outcome = table.outcome.map(() => Number(random.uniform() < prevalence));
    const { forest } = await trainForest({ ...table, outcome }, options);
    checkForest(forest);
    const output = predictColumns(forest, table.columns, table.rows);
    const mean = output.reduce((sum, x) => sum + x, 0) / table.rows;
    const share = outcome.reduce((sum, y) => sum + y, 0) / table.rows;
    expect(Math.abs(mean - share)).toBeLessThan(0.003);
  });
});

test('outputs of some rows are those they have among all', async () => {
  const { forest } = await trainForest(table, options);
  const all = predictColumns(forest, table.columns, table.rows);
  const chosen = [3999, 5, 17, 5];
  const some = reorder(table, chosen);
  expect(predictColumns(forest, some.columns, some.rows)).toEqual(Float64Array.from(chosen, (row) => all[row]!));
});

describe('the smallest table', () => {
  test('two rows are enough, and every leaf has what it was asked for', async () => {
    const two = { rows: 2, featureCount: 1, columns: [Float64Array.of(1, 2)], outcome: Uint8Array.of(0, 1) };
    const grown = await trainForest(two, { trees: 5, minLeafRows: 1, bootstrap: 'none', workers: 1 });
    expect(Array.from(predictColumns(grown.forest, two.columns, 2))).toEqual([0, 1]);
    expect((await trainForest(two, { trees: 5, workers: 1 })).forest.feature.every((f) => f === -1)).toBe(true);
  });
});

describe('a tree that is cancelled', () => {
  test('ends in the middle, whatever its size', async () => {
    const resolved = resolveForestOptions({ ...options, bootstrap: 'row' }, table.featureCount);
    const { kernel, memory, plan } = await prepareKernel(table, resolved);
    expect(kernel.grow(0)).toBeGreaterThan(1);
    Atomics.store(new Int32Array(memory.buffer, plan.shared.state, 3), 2, 1);
    expect(kernel.grow(0)).toBe(-1);
  });

  test('before the first tree, while columns are quantised, too', async () => {
    const wide = syntheticTable({ rows: 60_000, columns: 60 });
    const controller = new AbortController();
    const run = trainForest(wide, options, { signal: controller.signal, onProgress: () => expect(true).toBe(false) });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

test('what was given is as it was, and the forest does not hang on it', async () => {
  const given = structuredClone(table);
  const { forest } = await trainForest(given, options);
  expect(given).toEqual(table);
  const before = bytesOf(forest);
  given.columns.forEach((column) => column.fill(0));
  expect(bytesOf(forest)).toBe(before);
});
