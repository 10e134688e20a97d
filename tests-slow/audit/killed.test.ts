/** Fifty kills under load at random moments: every answer that a client had whole is in a trail that holds, by the command's own verdict too. */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { killedUnderLoad, type Killed } from '../../tests/server/audit/killed.ts';
import { randomStream } from '../../src/util/random.ts';

test('nothing that was answered is lost', async () => {
  const random = randomStream(Number(process.env['KILL_SEED'] ?? 1), 0);
  const waitsMs = Array.from({ length: 50 }, () => random.below(700));
  const verdicts: (number | null)[] = [];
  let last: Killed | undefined;
  await killedUnderLoad(waitsMs, 24, (found, state) => {
    last = found;
    expect({ faults: found.report.faults, lost: found.lost }).toEqual({ faults: [], lost: [] });
    const command = [process.env['READMISSION_TEST_COMMAND'] as string, 'audit', 'verify', '--state', state];
    verdicts.push(spawnSync(process.execPath, command).status);
  });
  expect(verdicts).toEqual(Array<number>(50).fill(0));
  expect(last?.answered).toBeGreaterThan(5000);
  process.stderr.write(`${last?.answered} answers, ${last?.report.entries} entries, ${last?.torn} kills left half a line\n`);
}, 1_800_000);
