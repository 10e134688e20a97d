import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { createExplainer, createPredictor, type FlatForest } from '../../src/forest/index.ts';
import { allot, instantiateScorer, instantiateSharedScorer } from '../../src/forest/scorer-module.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomForest, randomRow } from './synthetic-table.ts';

const library = pathToFileURL(join(process.env['READMISSION_TEST_COMMAND']!, '..', '..', 'forest', 'index.js')).href;

/** Answers of a Node that was started without WebAssembly. */
function withoutWebAssembly(forest: FlatForest, row: Float64Array): { output: number; values: number[]; pairs: number[] } {
  const plain = JSON.stringify({ ...forest, row }, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array, (x) => (Number.isNaN(x) ? null : x)) : value,
  );
  const script = `
    const { createExplainer, createPredictor, shareForest } = await import(${JSON.stringify(library)});
    const given = ${plain};
    const forest = { featureCount: given.featureCount };
    for (const name of ['treeStart', 'feature', 'left', 'right']) forest[name] = Int32Array.from(given[name]);
    for (const name of ['threshold', 'value', 'cover']) forest[name] = Float64Array.from(given[name]);
    forest.missingLeft = Uint8Array.from(given.missingLeft);
    const row = Float64Array.from(given.row, (x) => x ?? NaN);
    if (typeof WebAssembly !== 'undefined') throw new Error('expected no WebAssembly');
    let refused;
    try { shareForest(forest); } catch (error) { refused = error.code; }
    if (refused !== 'FOREST_NOT_SHAREABLE') throw new Error('expected a refusal');
    const explainer = createExplainer(forest);
    process.stdout.write(JSON.stringify({
      output: createPredictor(forest).predict(row),
      values: Array.from(explainer.explain(row).values),
      pairs: Array.from(explainer.interactions(row).values),
    }));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--jitless', '--no-warnings', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  ) as { output: number; values: number[]; pairs: number[] };
}

test('where there is no WebAssembly the same is computed in TypeScript', () => {
  const random = randomStream(11, 0);
  const forest = randomForest(random, 6, 5, 7);
  const row = randomRow(random, 6);
  const { output, values, pairs } = withoutWebAssembly(forest, row);
  const explainer = createExplainer(forest);
  expect(output).toBe(createPredictor(forest).predict(row));
  explainer.explain(row).values.forEach((value, f) => expect(Math.abs(value - values[f]!)).toBeLessThan(1e-14));
  explainer.interactions(row).values.forEach((value, i) => expect(Math.abs(value - pairs[i]!)).toBeLessThan(1e-14));
});

test('regions of a memory do not overlap, and it is shared only where asked for', () => {
  const own = instantiateScorer()!;
  const shared = instantiateSharedScorer()!;
  const kind = (buffer: ArrayBufferLike): string => Object.prototype.toString.call(buffer);
  expect([kind(own.memory.buffer), kind(shared.memory.buffer)]).toEqual(['[object ArrayBuffer]', '[object SharedArrayBuffer]']);
  const first = allot(own.memory, [10, 0, 17]);
  const second = allot(own.memory, [70_000, 8]);
  expect(first.map((at) => at % 16)).toEqual([0, 0, 0]);
  expect([first[1]! - first[0]!, first[2]! - first[1]!]).toEqual([16, 0]);
  expect(second[0]).toBeGreaterThanOrEqual(first[2]! + 17);
  expect(second[1]).toBe(second[0]! + 70_000);
  expect(own.memory.buffer.byteLength).toBeGreaterThanOrEqual(second[1]! + 8);
  expect(() => allot(own.memory, [2 ** 33])).toThrow(RangeError);
});
