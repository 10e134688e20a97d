import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import {
  attachForest,
  createExplainer,
  createPredictor,
  predictRow,
  shareForest,
  trainForest,
  type Attribution,
  type Interactions,
} from '../../src/forest/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, rowOf, syntheticTable } from './synthetic-table.ts';

interface Answers {
  readonly predicted: number[];
  readonly batch: Float64Array;
  readonly explained: Attribution[];
  readonly pairs: Interactions;
}

const library = pathToFileURL(join(process.env['READMISSION_TEST_COMMAND']!, '..', '..', 'forest', 'index.js')).href;

test('two workers answer from one memory at the same time, each to the bit', async () => {
  const table = syntheticTable({ rows: 600, columns: 9 });
  const { forest } = await trainForest(table, { trees: 40, minLeafRows: 2, workers: 1 });
  const shared = shareForest(forest);
  const before = shared.memory.buffer.byteLength;
  const workers = [0, 1].map(
    () => new Worker(new URL('./fixtures/attached-worker.mjs', import.meta.url), { workerData: { library, shared } }),
  );
  try {
    const parts = [0, 1].map((part) => Array.from({ length: 150 }, (_, i) => rowOf(table, 2 * i + part)));
    const answers = await Promise.all(
      workers.map(async (worker, part) => {
        worker.postMessage(parts[part]);
        const [answer] = (await once(worker, 'message')) as [Answers];
        return answer;
      }),
    );
    const explainer = createExplainer(forest);
    answers.forEach(({ predicted, batch, explained, pairs }, part) => {
      const rows = parts[part]!;
      expect(predicted).toEqual(rows.map((row) => predictRow(forest, row)));
      expect(Array.from(batch)).toEqual(predicted);
      expect(explained).toEqual(rows.map((row) => explainer.explain(row)));
      expect(pairs).toEqual(explainer.interactions(rows[0]!));
    });
    // Both grew the one memory by room of their own: nothing was copied.
    expect(Object.prototype.toString.call(shared.memory.buffer)).toBe('[object SharedArrayBuffer]');
    expect(attachForest(shared).predict(parts[0]![0]!)).toBe(answers[0]!.predicted[0]);
    expect(shared.memory.buffer.byteLength).toBeGreaterThan(before + 2 * 65536);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

test('two that attach in one thread do not disturb each other', () => {
  const random = randomStream(5, 5);
  const forest = randomForest(random, 5, 12, 8);
  const shared = shareForest(forest);
  const [one, two] = [attachForest(shared), attachForest(shared)];
  const [a, b] = [Float64Array.of(0.1, 0.2, 0.3, 0.4, NaN), Float64Array.of(0.9, NaN, 0.7, 0.6, 0.5)];
  const first = one.explain(a);
  two.explain(b);
  expect(one.explain(a)).toEqual(first);
  expect(two.predict(b)).toBe(createPredictor(forest).predict(b));
  expect(() => one.predict(new Float64Array(4))).toThrow(/FOREST_ROW_INVALID/);
  expect(() => one.explain(new Float64Array(4))).toThrow(/FOREST_ROW_INVALID/);
});
