/** A training that ends early, however it ends, leaves the model that was there before, whole. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readModelFolder } from '../../src/model/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { readmission } from './command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'train-interrupted-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const table = join(scratch, 'table.csv');
const model = join(scratch, 'model');
const flags = (seed: number, trees: number): string[] => [
  ...['train', '--matrix', table, '--label', 'y', '--groups', 'patient', '--out', model],
  ...['--quick', '--draws', '100', '--folds', '2', '--seed', String(seed), '--trees', String(trees)],
];
let before: Buffer;

beforeAll(() => {
  const stream = randomStream(5, 0);
  const row = (i: number): string => {
    const x = Array.from({ length: 6 }, () => stream.uniform());
    return [i % 2700, stream.uniform() < 0.1 + 0.4 * x[0]! ? 1 : 0, ...x].join(',');
  };
  writeFileSync(table, `patient,y,a,b,c,d,e,f\n${Array.from({ length: 8000 }, (_, i) => row(i)).join('\n')}\n`);
  expect(readmission(...flags(1, 5)).status).toBe(0);
  before = readFileSync(join(model, 'model.bin'));
});

/** Ends the command by a signal some time after it began. */
function ended(signal: NodeJS.Signals, afterMs: number): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [process.env['READMISSION_TEST_COMMAND']!, ...flags(2, 10_000)], { stdio: 'ignore' });
  setTimeout(() => child.kill(signal), afterMs);
  return new Promise((resolve) => child.once('exit', (code, by) => resolve({ code, signal: by })));
}

async function expectOldModel(): Promise<void> {
  expect(readFileSync(join(model, 'model.bin')).equals(before)).toBe(true);
  const { model: read, metrics, card } = await readModelFolder(model);
  expect([read.header.seed, typeof metrics, typeof card]).toEqual([1, 'object', 'object']);
}

describe('a training that ends early', () => {
  it.each([100, 600, 1500])('killed after %i ms', async (afterMs) => {
    expect(await ended('SIGKILL', afterMs)).toEqual({ code: null, signal: 'SIGKILL' });
    await expectOldModel();
  });

  it('interrupted from the keyboard, with the exit code that says so', async () => {
    expect(await ended('SIGINT', 1500)).toEqual({ code: 130, signal: null });
    await expectOldModel();
  });

  it('out of memory', async () => {
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=16', process.env['READMISSION_TEST_COMMAND']!, ...flags(2, 500)],
      { stdio: 'ignore' },
    );
    const code = await new Promise<number | null>((resolve) => child.once('exit', (exit) => resolve(exit)));
    expect(code).not.toBe(0);
    await expectOldModel();
  });
});
