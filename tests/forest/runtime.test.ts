import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { chooseEngine } from '../../src/forest/engine-choice.ts';
import { trainForest } from '../../src/forest/index.ts';
import { growWithKernel } from '../../src/forest/kernel-engine.ts';
import { allocateMemory, planMemory } from '../../src/forest/kernel-memory.ts';
import type { MemoryPlan } from '../../src/forest/kernel-memory.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { hasWasmThreads, withoutWasm } from '../../src/forest/runtime.ts';
import type { MemoryShape } from '../../src/forest/training-memory.ts';
import { growWithTypeScript } from '../../src/forest/typescript-engine.ts';
import { silent } from '../../src/util/progress.ts';
import { syntheticTable } from './synthetic-table.ts';

describe('where WebAssembly threads are missing', () => {
  const hasNone = (): boolean => false;

  test('the TypeScript engine is chosen, and a notice says so', () => {
    const notices: string[] = [];
    expect(chooseEngine({ onNotice: (text) => notices.push(text) }, hasNone)).toBe(growWithTypeScript);
    expect(notices).toEqual([expect.stringMatching(/lacks WebAssembly.*TypeScript engine/)]);
  });

  test('asking for it is refused, asking for TypeScript is not worth a notice', () => {
    expect(() => chooseEngine({ runtime: 'wasm' }, hasNone)).toThrow(expect.objectContaining({ code: 'FOREST_RUNTIME' }));
    const notices: string[] = [];
    const wish = { runtime: 'typescript', onNotice: (text: string) => notices.push(text) } as const;
    expect(chooseEngine(wish, hasNone)).toBe(growWithTypeScript);
    expect(notices).toEqual([]);
  });

  test('a Node that was started without gives the same forest', async () => {
    const library = pathToFileURL(join(process.env['READMISSION_TEST_COMMAND']!, '..', '..', 'forest', 'index.js')).href;
    const given = { featureCount: 2, rows: 40, columns: [[], []] as number[][], outcome: [] as number[] };
    for (let row = 0; row < given.rows; row++) {
      given.columns[0]!.push(row % 7);
      given.columns[1]!.push(row % 5);
      given.outcome.push(Number(row % 7 > 3 || row % 5 === 0));
    }
    const script = `
      const { runtimeNotice, trainForest } = await import(${JSON.stringify(library)});
      const { columns, outcome, ...sizes } = ${JSON.stringify(given)};
      const table = { ...sizes, columns: columns.map((x) => Float64Array.from(x)), outcome: Uint8Array.from(outcome) };
      const notices = [];
      const { forest } = await trainForest(table, { trees: 6, minLeafRows: 2 }, { onNotice: (text) => notices.push(text) });
      const refused = await trainForest(table, {}, { runtime: 'wasm' }).catch(({ code, cause }) => [code, cause?.message]);
      process.stdout.write(JSON.stringify({
        notices, refused, notice: runtimeNotice(), values: Array.from(forest.value), thresholds: Array.from(forest.threshold),
      }));`;
    const flags = ['--jitless', '--no-warnings', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, flags);
    const table = { ...given, columns: given.columns.map((x) => Float64Array.from(x)), outcome: Uint8Array.from(given.outcome) };
    const notices: string[] = [];
    const { forest } = await trainForest(table, { trees: 6, minLeafRows: 2 }, { onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([]);
    expect(forest.value.length).toBeGreaterThan(12);
    expect(JSON.parse(stdout)).toEqual({
      notices: [withoutWasm],
      notice: withoutWasm,
      refused: ['FOREST_RUNTIME', expect.stringContaining('WebAssembly')],
      values: Array.from(forest.value),
      thresholds: Array.from(forest.threshold),
    });
  });
});

test('this system has them, and they are used unless something else is asked for', () => {
  expect(hasWasmThreads()).toBe(true);
  expect(chooseEngine({})).toBe(growWithKernel);
  expect(chooseEngine({ runtime: 'wasm' })).toBe(growWithKernel);
  expect(chooseEngine({ runtime: 'typescript' })).toBe(growWithTypeScript);
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

  test('a million rows of 60 columns need a fraction of what there may be', () => {
    expect(planMemory(shape).bytes).toBeLessThan(300 * 2 ** 20);
  });

  /** What the engine and its kernel keep in each region, in bytes. */
  function lengthsOf(of: MemoryShape, { stride, localRows }: MemoryPlan): Record<string, number> {
    const { rows, featureCount, maxBins, drawCount } = of;
    const nodes = 2 * Math.min(Math.floor(rows / of.minLeafRows), 2 ** of.maxDepth) - 1;
    return {
      state: 4 * 4,
      binCount: featureCount,
      columnKind: featureCount,
      borders: 8 * maxBins * featureCount,
      outcome: rows,
      weights: 8 * rows,
      group: 4 * rows,
      rowBins: stride * rows,
      columnBins: featureCount * rows,
      quantising: 4 * 3 * 2048 + 8 * 256,
      drawn: drawCount,
      records: 4 * (rows + 1),
      movedRecords: 4 * (rows + 1),
      masses: 8 * (rows + 1),
      movedMasses: 8 * (rows + 1),
      local: stride * localRows,
      counts: 8 * 32 + 16 * 2560 + 8 * 16 + 4 * 16 + 3 * 8 * 256,
      order: 4 * featureCount + 2 * 4 * 16 + 16,
      pending: 48 * (of.maxDepth + 1),
      held: 8,
      treeSplits: 8 * nodes,
      treeValues: 8 * nodes,
      treeCovers: 8 * nodes,
      outOfBagSums: 8 * rows,
      outOfBagTrees: 4 * rows,
    };
  }

  test.each([
    ['of a large table', shape],
    ['with weights and groups', { ...shape, hasWeights: true, hasGroups: true, drawCount: 333_333, workers: 3 }],
    ['of a small table of odd sizes', { ...shape, rows: 1001, featureCount: 7, maxBins: 255, drawCount: 1001, minLeafRows: 1 }],
    ['where nothing is drawn', { ...shape, rows: 77_777, featureCount: 129, drawCount: 0, maxDepth: 3, workers: 4 }],
  ])('regions %s do not overlap', (_of, given) => {
    const plan = planMemory(given);
    const lengths = lengthsOf(given, plan);
    // The first 64 bytes stay free, so that 0 says "none".
    const regions = [{ name: 'none', start: 0, end: 64 }];
    for (const part of [plan.shared, ...plan.threads]) {
      for (const [name, start] of Object.entries(part) as [string, number][]) {
        if (start > 0) regions.push({ name, start, end: start + lengths[name]! });
      }
    }
    regions.sort((a, b) => a.start - b.start || a.end - b.end);
    for (const [i, { name, start }] of regions.entries()) {
      expect([name, start % 64]).toEqual([name, 0]);
      if (i > 0) expect([name, start >= regions[i - 1]!.end]).toEqual([name, true]);
    }
    expect(regions.at(-1)!.end).toBeLessThanOrEqual(plan.bytes);
    expect(regions.length).toBeGreaterThan(15 * given.workers);
    expect(plan.shared.weights > 0).toBe(given.hasWeights);
    expect(plan.shared.group > 0).toBe(given.hasGroups);
  });

  test('the first thread has room for a column, its keys and as many spare ones in place of its sample', () => {
    const { threads } = planMemory({ ...shape, rows: 1001, drawCount: 1001 });
    const { records, local } = threads[0]!;
    expect(local - records).toBeGreaterThanOrEqual(3 * 8 * 1001);
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
          /at most 4096 MiB of shared memory, found \d+ MiB for \d+ rows, \d+ columns and \d+ workers; train with fewer/,
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
  ['throws', 0, 'thread broke'],
  ['exits', 1, 'it exited with code 3'],
  ['exits early', 2, 'it exited with code 0'],
])('a kernel thread that %s fails the training', async (_how, seed, why) => {
  const large = syntheticTable({ rows: 6000, columns: 3 });
  const resolved = resolveForestOptions({ trees: 600, workers: 2, seed }, 3);
  const workerEntry = new URL('./fixtures/dying-kernel-worker.cjs', import.meta.url);
  const run = { onProgress: silent, signal: undefined, maxMemoryBytes: Infinity, workerEntry };
  await expect(growWithKernel(large, resolved, run)).rejects.toMatchObject({
    code: 'FOREST_WORKER_FAILED',
    message: expect.stringMatching(new RegExp(`one failed after \\d+ of 600 trees .*${why}`)),
    cause: expect.objectContaining({ message: expect.stringContaining(why) }),
  });
});

test('a thousand small forests in a row do not use up the memory', async () => {
  const small = syntheticTable({ rows: 20, columns: 2 });
  for (let i = 0; i < 1000; i++) await trainForest(small, { trees: 1, workers: 1, minLeafRows: 1 });
});
