import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { createRunState } from '../../src/forest/run-state.ts';
import { growInThreads } from '../../src/forest/thread-pool.ts';
import { silent } from '../../src/util/progress.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

// Rows times trees is above the size from which either engine starts threads.
const table = syntheticTable({ rows: 6000, columns: 5, rowsPerGroup: 2 });
const trees = 520;
const options = { trees, seed: 3, maxDepth: 3 };

describe.each(['wasm', 'typescript'] as const)('threads of the %s engine', (runtime) => {
  test('1, 2 and 4 workers give the same bytes, and tell when all is done', async () => {
    const alone = await trainForest(table, { ...options, workers: 1 }, { runtime });
    for (const workers of [2, 4]) {
      const told: number[] = [];
      const shared = await trainForest(table, { ...options, workers }, { runtime, onProgress: ({ done }) => told.push(done) });
      expect(bytesOf(shared.forest)).toBe(bytesOf(alone.forest));
      expect(shared.outOfBag).toEqual(alone.outOfBag);
      expect(told.at(-1)).toBe(trees);
      // Threads tell now and then; the calling thread would have told of every tree.
      expect(told.length).toBeLessThan(trees);
    }
  });

  test('an error of who is told of progress ends the run with it', async () => {
    const run = trainForest(
      table,
      { ...options, trees: 10_000, workers: 2 },
      {
        runtime,
        onProgress: () => {
          throw new RangeError('of the caller');
        },
      },
    );
    await expect(run).rejects.toThrow(RangeError);
  });

  test('cancelling ends the threads', async () => {
    const controller = new AbortController();
    const run = trainForest(
      table,
      { ...options, trees: 10_000, workers: 2 },
      {
        runtime,
        signal: controller.signal,
        onProgress: ({ done }) => {
          if (done > 0) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

test.each([
  ['throws', 'thread broke'],
  ['exits', 'it exited with code 3'],
  ['exits early', 'it exited with code 0'],
  ['runs out of memory', 'memory limit'],
])('a thread that %s fails the training, and the error says why', async (how, why) => {
  const state = createRunState();
  const run = growInThreads({
    entry: new URL('./fixtures/dying-worker.cjs', import.meta.url),
    data: [
      { how, state },
      { how: 'ends well', state },
    ],
    resourceLimits: { maxOldGenerationSizeMb: 32 },
    onMessage: () => undefined,
    state,
    trees: 45,
    onProgress: silent,
    signal: undefined,
  });
  await expect(run).rejects.toMatchObject({
    code: 'FOREST_WORKER_FAILED',
    message: expect.stringMatching(new RegExp(`one failed after \\d+ of 45 trees \\(.*${why}.*\\); nothing was kept`)),
    cause: expect.objectContaining({ message: expect.stringContaining(why) }),
  });
});
