/** The same records give the same matrix to the last bit: in any time zone, any order of lines, any number of files and threads. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomStream } from '../../src/util/random.ts';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { hospital } from './hospital.ts';
import { matrixHash } from './matrix-bytes.ts';
import { emptyWarehouse, matrixOf } from './matrix-of.ts';

const base = hospital(11, 20);
const run = promisify(execFile);
let warehouse: Warehouse;
let expected: string;
beforeAll(async () => {
  warehouse = await emptyWarehouse();
  expected = matrixHash(await matrixOf(warehouse, base));
});
afterAll(() => warehouse.close());

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const stream = randomStream(seed, 0);
  return values
    .map((value) => ({ value, key: stream.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

describe('the same matrix', () => {
  it('in three time zones', async () => {
    const script = fileURLToPath(new URL('./matrix-child.ts', import.meta.url));
    const outputs: string[] = [];
    for (const TZ of ['UTC', 'America/New_York', 'Pacific/Kiritimati']) {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', script], { env: { ...process.env, TZ } });
      outputs.push(stdout);
    }
    expect(outputs).toEqual([`0 ${expected}`, `240 ${expected}`, `-840 ${expected}`]);
  });

  it.each([1, 2, 3])('from lines in another order, over several files (%i)', async (seed) => {
    expect(matrixHash(await matrixOf(warehouse, shuffled(base, seed), { parts: seed }))).toBe(expected);
  });

  it('with two threads', async () => {
    const other = await emptyWarehouse(2);
    expect(matrixHash(await matrixOf(other, base))).toBe(expected);
    other.close();
  });

  it('and another one from other records', async () => {
    expect(matrixHash(await matrixOf(warehouse, hospital(12, 20)))).not.toBe(expected);
  });
});
