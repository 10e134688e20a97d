import { describe, expect, test } from '@jest/globals';
import { trainForest } from '../../src/forest/index.ts';
import { resolveForestOptions } from '../../src/forest/options.ts';
import { growInThreads } from '../../src/forest/thread-pool.ts';
import { createTrainingJob } from '../../src/forest/training-job.ts';
import { silent } from '../../src/util/progress.ts';
import { bytesOf, syntheticTable } from './synthetic-table.ts';

// Rows times trees is above the size from which threads are started.
const table = syntheticTable({ rows: 6000, columns: 5, rowsPerGroup: 2 });
const options = { trees: 45, seed: 3, maxDepth: 6 };

describe('threads', () => {
  test('1, 2 and 3 workers give the same bytes, and tell when all is done', async () => {
    const alone = await trainForest(table, { ...options, workers: 1 });
    for (const workers of [2, 3]) {
      let last = 0;
      const shared = await trainForest(table, { ...options, workers }, { onProgress: ({ done }) => (last = done) });
      expect(bytesOf(shared.forest)).toBe(bytesOf(alone.forest));
      expect(shared.outOfBag).toEqual(alone.outOfBag);
      expect(last).toBe(45);
    }
  });

  test('cancelling ends the threads', async () => {
    const controller = new AbortController();
    const run = trainForest(
      table,
      { ...options, trees: 10_000, workers: 2 },
      {
        signal: controller.signal,
        onProgress: ({ done }) => {
          if (done > 0) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test.each([
    ['throws', 0],
    ['exits', 1],
  ])('a thread that %s fails the training', async (_how, seed) => {
    const job = createTrainingJob(table, resolveForestOptions({ ...options, seed }, table.featureCount));
    const workerUrl = new URL('./fixtures/dying-worker.mjs', import.meta.url).href;
    await expect(growInThreads(job, { workers: 2, onProgress: silent, workerUrl })).rejects.toMatchObject({
      code: 'FOREST_WORKER_FAILED',
      message: expect.stringMatching(/of 45 trees; nothing was kept/),
      cause: expect.anything(),
    });
  });
});
