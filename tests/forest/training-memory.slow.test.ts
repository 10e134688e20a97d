/** What a training may take: asked for before it is taken, and counted as what it is. */
import { totalmem } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { kernelNeed, planMemory } from '../../src/forest/kernel-memory.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { samplingShape } from '../../src/forest/row-sampling.ts';
import { availableBytes, flatNodeBytes, requireMemory, watchForest } from '../../src/forest/training-memory.ts';
import { typescriptNeed } from '../../src/forest/typescript-memory.ts';
import { silent } from '../../src/util/progress.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

// Rows times trees is above the size from which either engine starts threads.
const table = syntheticTable({ rows: 6000, columns: 5, rowsPerGroup: 2 });
const options = { trees: 520, seed: 3, minLeafRows: 10 };

describe.each(['wasm', 'typescript'] as const)('memory of the %s engine', (runtime) => {
  test('that does not even hold small trees is refused before anything is done', async () => {
    let told = 0;
    const run = trainForest(table, { ...options, workers: 2 }, { runtime, maxMemoryBytes: 2 ** 20, onProgress: () => told++ });
    await expect(run).rejects.toMatchObject({
      code: 'FOREST_MEMORY',
      message: expect.stringMatching(/at most the 1 MiB.*, found \d+ MiB for its table, threads and 520 trees/),
    });
    expect(told).toBe(0);
  });

  test.each([1, 2])('is enough or is not, by as much as the forest needs (%i workers)', async (workers) => {
    const { forest } = await trainForest(table, { ...options, workers }, { runtime });
    const resolved = resolveForestOptions({ ...options, workers }, table.featureCount);
    const shape = { ...resolved, ...table, ...samplingShape(table, resolved) };
    const need = runtime === 'wasm' ? kernelNeed(planMemory(shape), shape) : typescriptNeed(shape);
    const beside = need.run + options.trees * need.perTree;
    const forForest = forest.feature.length * need.perNode;
    const told: number[] = [];
    const run = { runtime, onProgress: ({ done }: { done: number }) => void told.push(done) };
    const enough = await trainForest(table, { ...options, workers }, { ...run, maxMemoryBytes: beside + 1.1 * forForest });
    expect(bytesOf(enough.forest)).toBe(bytesOf(forest));
    told.length = 0;
    const tooLittle = trainForest(table, { ...options, workers }, { ...run, maxMemoryBytes: beside + 0.9 * forForest });
    await expect(tooLittle).rejects.toMatchObject({
      code: 'FOREST_MEMORY',
      message: expect.stringMatching(/at most \d+ nodes.*found \d+ nodes in \d+ of 520 trees; train with fewer trees/),
    });
    // The first trees show it; threads are looked at now and then.
    if (workers === 1) expect(told.at(-1)).toBeLessThan(20);
    expect(told).not.toContain(options.trees);
  });
});

describe('the forest that is on its way', () => {
  const need = { run: 1000, perTree: 10, perNode: 2 };

  test('is told by ten trees, by fewer only when they are too large themselves', () => {
    let nodes = 0;
    // 100 trees and 1000 nodes fit.
    const watched = watchForest(need, 100, 4000, () => nodes, silent);
    nodes = 999;
    watched({ task: 'trees', done: 9 });
    expect(() => watched({ task: 'trees', done: 10 })).toThrow('at most 1000 nodes');
    nodes = 100;
    watched({ task: 'trees', done: 10 });
    nodes = 1001;
    expect(() => watched({ task: 'trees', done: 9 })).toThrow('FOREST_MEMORY');
  });

  test('is no larger than its numbers, whatever there is', () => {
    const watched = watchForest(need, 1000, Infinity, () => 2 ** 26, silent);
    expect(() => watched({ task: 'trees', done: 10 })).toThrow('at most 2147483647 nodes');
  });
});

test('a need is met to the byte', () => {
  const need = { run: 1000, perTree: 10, perNode: 2 };
  requireMemory(need, 5, 1060);
  expect(() => requireMemory(need, 5, 1059)).toThrow('FOREST_MEMORY');
});

test('a node takes what the arrays of a forest take', async () => {
  const { treeStart: _treeStart, featureCount: _featureCount, ...arrays } = (await trainForest(table, { trees: 2 })).forest;
  const nodes = arrays.feature.length;
  expect(Object.values(arrays).reduce((sum, array) => sum + array.byteLength, 0)).toBe(nodes * flatNodeBytes);
});

test('what this process may take is some of what the computer has', () => {
  expect(availableBytes()).toBeGreaterThan(0);
  expect(availableBytes()).toBeLessThan(totalmem());
});
