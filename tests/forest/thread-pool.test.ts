import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { createRunState } from '../../src/forest/run-state.ts';
import { growInThreads } from '../../src/forest/thread-pool.ts';
import { silent } from '../../src/util/progress.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

// Rows times trees is above the size from which threads are started.
const table = syntheticTable({ rows: 6000, columns: 5, rowsPerGroup: 2 });
const options = { trees: 180, seed: 3, maxDepth: 6 };

describe.each(['wasm', 'typescript'] as const)('threads of the %s engine', (runtime) => {
  test('1, 2 and 4 workers give the same bytes, and tell when all is done', async () => {
    const alone = await trainForest(table, { ...options, workers: 1 }, { runtime });
    for (const workers of [2, 4]) {
      let last = 0;
      const shared = await trainForest(table, { ...options, workers }, { runtime, onProgress: ({ done }) => (last = done) });
      expect(bytesOf(shared.forest)).toBe(bytesOf(alone.forest));
      expect(shared.outOfBag).toEqual(alone.outOfBag);
      expect(last).toBe(180);
    }
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

test.each(['throws', 'exits', 'exits early', 'runs out of memory'])('a thread that %s fails the training', async (how) => {
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
    message: expect.stringMatching(/of 45 trees; nothing was kept/),
    cause: expect.anything(),
  });
});
