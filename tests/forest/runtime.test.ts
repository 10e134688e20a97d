import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { growWithKernel } from '../../src/forest/kernel-engine.ts';
import { allocateMemory, planMemory } from '../../src/forest/kernel-memory.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { hasWasmThreads } from '../../src/forest/runtime.ts';
import { silent } from '../../src/util/progress.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

const table = syntheticTable({ rows: 300, columns: 6 });
const options = { trees: 4, workers: 1 };

describe('where WebAssembly threads are missing', () => {
  const hasNone = { hasWasmThreads: () => false };

  test('the TypeScript engine grows the same forest, and a notice says so', async () => {
    const notices: string[] = [];
    const without = await trainForest(table, options, { ...hasNone, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringMatching(/lacks WebAssembly.*TypeScript engine/)]);
    const usual: string[] = [];
    const trained = await trainForest(table, options, { onNotice: (text) => usual.push(text) });
    expect(usual).toEqual([]);
    expect(bytesOf(without.forest)).toBe(bytesOf(trained.forest));
  });

  test('asking for it is refused, asking for TypeScript is not worth a notice', async () => {
    await expect(trainForest(table, options, { ...hasNone, runtime: 'wasm' })).rejects.toMatchObject({ code: 'FOREST_RUNTIME' });
    const notices: string[] = [];
    await trainForest(table, options, { ...hasNone, runtime: 'typescript', onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([]);
  });
});

test('this system has them', () => {
  expect(hasWasmThreads()).toBe(true);
});

describe('memory', () => {
  const shape = {
    rows: 1_000_000,
    featureCount: 60,
    maxBins: 63,
    drawCount: 1_000_000,
    hasWeights: false,
    hasGroups: false,
    minLeafRows: 20,
    maxDepth: 16,
    workers: 2,
  };

  test('a million rows of 60 columns need a fraction of what there may be, and regions do not overlap', () => {
    const plan = planMemory(shape);
    expect(plan.bytes).toBeLessThan(300 * 2 ** 20);
    const { shared, threads } = plan;
    const starts = [...Object.values(shared), ...threads.flatMap((thread) => Object.values(thread))].filter((at) => at > 0);
    expect(new Set(starts).size).toBe(starts.length);
    expect(Math.max(...starts)).toBeLessThan(plan.bytes);
  });

  test.each([
    ['rows', { rows: 50_000_000, drawCount: 50_000_000 }],
    ['columns', { featureCount: 4096 }],
    ['workers', { workers: 64, rows: 3_000_000, drawCount: 3_000_000 }],
  ])('too many %s are refused before anything is allocated, with need and limit', (_what, more) => {
    expect(() => planMemory({ ...shape, ...more })).toThrow(
      expect.objectContaining({
        code: 'FOREST_MEMORY',
        message: expect.stringMatching(
          /at most 4096 MiB, found \d+ MiB for \d+ rows, \d+ columns and \d+ workers; train with fewer/,
        ),
      }),
    );
  });

  test('memory that the system does not give is refused alike', () => {
    const plan = { ...planMemory(shape), bytes: 2 ** 40 };
    expect(() => allocateMemory(plan, shape)).toThrow(
      expect.objectContaining({
        code: 'FOREST_MEMORY',
        message: expect.stringMatching(/did not give/),
        cause: expect.anything(),
      }),
    );
  });
});

test.each([
  ['throws', 0],
  ['exits', 1],
  ['exits early', 2],
])('a kernel thread that %s fails the training', async (_how, seed) => {
  const large = syntheticTable({ rows: 6000, columns: 3 });
  const resolved = resolveForestOptions({ trees: 600, workers: 2, seed }, 3);
  const workerEntry = new URL('./fixtures/dying-kernel-worker.cjs', import.meta.url);
  await expect(growWithKernel(large, resolved, { onProgress: silent, signal: undefined, workerEntry })).rejects.toMatchObject({
    code: 'FOREST_WORKER_FAILED',
    message: expect.stringMatching(/one failed after \d+ of 600 trees/),
  });
});

test('a thousand small forests in a row do not use up the memory', async () => {
  const small = syntheticTable({ rows: 20, columns: 2 });
  for (let i = 0; i < 1000; i++) await trainForest(small, { trees: 1, workers: 1, minLeafRows: 1 });
});
