/** A forest in memory that a page shares with its workers. Browsers allow it where a page is kept apart from others: COOP and COEP. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createExplainer, createPredictor } from '../../src/forest/index.ts';
import { readModel } from '../../src/model/model-reading.ts';
import { randomStream } from '../../src/util/random.ts';
import { bundleOf } from './bundle.ts';
import type { SharedReport } from './shared-report.ts';
import { visit, type Served } from './visit.ts';

const bytes = readFileSync('models/planted/model.bin');
const { forest } = readModel(bytes);
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const random = randomStream(4, 4);
const thresholds = Array.from({ length: forest.featureCount }, (): number[] => []);
forest.feature.forEach((f, node) => void thresholds[f]?.push(forest.threshold[node]!));
// Values at and beside thresholds of the column, some missing.
const rows = Array.from({ length: 40 }, () =>
  thresholds.map((own) =>
    own.length === 0 || random.uniform() < 0.2 ? null : own[random.below(own.length)]! + random.below(3) - 1,
  ),
);
let page = '';
let worker = '';

async function reportOf(headers: Readonly<Record<string, string>>): Promise<SharedReport> {
  const script = (body: string): Served => ({ type: 'text/javascript', body, headers });
  return (await visit(
    {
      '/': { type: 'text/html', body: '<!doctype html><script type="module" src="/page.js"></script>', headers },
      '/page.js': script(page),
      '/worker.js': script(worker),
      '/model.bin': { type: 'application/octet-stream', body: bytes },
      '/rows.json': { type: 'application/json', body: JSON.stringify(rows) },
    },
    120_000,
  )) as SharedReport;
}

beforeAll(async () => {
  page = await bundleOf('tests-slow/browser/shared-page.ts');
  worker = await bundleOf('tests-slow/browser/shared-worker.ts');
});

describe('a page in Chromium', () => {
  test('that is isolated has two workers answer from one memory, to the bit as Node does', async () => {
    const { isIsolated, buffer, answers, refusal, bytes: size } = await reportOf(isolation);
    expect([isIsolated, buffer, refusal]).toEqual([true, '[object SharedArrayBuffer]', null]);
    const [predictor, explainer] = [createPredictor(forest), createExplainer(forest)];
    const given = rows.map((row) => Float64Array.from(row, (x) => x ?? NaN));
    expect(answers?.length).toBe(2);
    answers!.forEach(({ outputs, values, pairs }, part) => {
      const own = given.filter((_, r) => r % 2 === part);
      expect(new Set(outputs).size).toBeGreaterThan(10);
      expect(outputs).toEqual(own.map((row) => predictor.predict(row)));
      expect(values).toEqual(own.map((row) => Array.from(explainer.explain(row).values)));
      expect(pairs).toEqual(Array.from(explainer.interactions(own[0]!).values));
    });
    // Each grew it by room of its own.
    expect(size[1]).toBeGreaterThan(size[0]);
  });

  test('that is not isolated cannot send the forest to a worker, and the browser says so', async () => {
    const { isIsolated, answers, refusal } = await reportOf({});
    expect([isIsolated, answers]).toEqual([false, null]);
    expect(refusal).toMatch(/cross-origin|isolated|SharedArrayBuffer|clone/i);
  });
});
