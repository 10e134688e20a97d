/** Where counts do not fit 21 bits, or a row was drawn too often, the kernel counts in f64: the same trees. */
import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { growForest, prepareKernel } from './kernel-run.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable({ rows: 3000, columns: 12, rowsPerGroup: 2 });
const trees = 5;

describe.each(['row', 'group', 'none'] as const)('drawn by %s', (bootstrap) => {
  const options = resolveForestOptions({ trees, bootstrap, minLeafRows: 4, workers: 1, seed: 6 }, table.featureCount);

  test.each([
    ['heavy nodes', { packedWeight: 500, timesDrawn: 15 }],
    ['every node', { packedWeight: 0, timesDrawn: 15 }],
    ['rows drawn more than once', { packedWeight: 2 ** 21, timesDrawn: 1 }],
  ])('%s', async (_title, limits) => {
    const forestOfKernel = growForest(await prepareKernel(table, options, limits), trees, table.featureCount);
    const { forest } = await trainForest(table, options, { runtime: 'typescript' });
    expect(bytesOf(forestOfKernel)).toBe(bytesOf(forest));
  });
});

test('sums of 2^21 - 1 rows fit the packed counts, and rows beyond are counted all the same', async () => {
  // One column of two values: nodes of 2 100 000 rows with and without the event, in little memory.
  const rows = 2_200_000;
  const column = Float64Array.from({ length: rows }, (_, row) => row % 3);
  const outcome = Uint8Array.from({ length: rows }, (_, row) => Number(row % 3 === 0 || row % 7 === 0));
  const wide = { rows, featureCount: 1, columns: [column], outcome };
  const options = { trees: 1, bootstrap: 'none', workers: 1, maxDepth: 3 } as const;
  const fast = await trainForest(wide, options, { runtime: 'wasm' });
  const plain = await trainForest(wide, options, { runtime: 'typescript' });
  expect(bytesOf(fast.forest)).toBe(bytesOf(plain.forest));
  expect(fast.forest.cover[0]).toBe(rows);
});
