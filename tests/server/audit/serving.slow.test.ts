/** The command itself: killed under load it loses no entry of an answer that arrived; out of disk it answers nothing. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyTrail } from '../../../src/server/audit/verify-trail.ts';
import { killedUnderLoad, type Killed } from './killed.ts';
import { load, startServing, writeTinyModel } from './serving-child.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serving-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('killed under load, twice: every answer that a client has whole is in a trail that holds', async () => {
  const found: Killed[] = [];
  await killedUnderLoad([40, 90], 8, (killed) => void found.push(killed));
  expect(found.map(({ report, lost }) => [report.faults, lost])).toEqual([
    [[], []],
    [[], []],
  ]);
  expect(found[1]?.answered).toBeGreaterThan(20);
});

test('where no file can grow any longer every answer is 503, and what was answered before is in the trail', async () => {
  const [model, state] = [join(dir, 'model'), join(dir, 'state')];
  await writeTinyModel(model);
  const server = await startServing({ model, state, fileKilobytes: 16 });
  const { answered, statuses, ended, stop } = load(server.url, 4);
  while ((statuses.get(503) ?? 0) < 50) await sleep(2);
  stop();
  await ended;
  expect([...statuses.keys()].sort()).toEqual([200, 503]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  await server.kill('SIGTERM');
  const kept: unknown[] = [];
  const report = await verifyTrail(join(state, 'audit'), {
    onLine: (line) => void (line['outcome'] === 'success' && kept.push(line['requestId'])),
  });
  expect(report).toMatchObject({ faults: [], torn: null });
  expect(kept.sort()).toEqual(answered.sort());
  expect(answered.length).toBeGreaterThan(10);
});
