/** What a server that was started by the command writes of its requests: who was refused and what failed, and of nobody in particular. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServerLog } from '../../src/cli/server-log.ts';
import { startServing, writeTinyModel } from '../server/audit/serving-child.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serve-log-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

test('each request, each refusal with its code, and the life of the audit trail, with times in UTC', async () => {
  const model = join(dir, 'model');
  await writeTinyModel(model);
  const server = await startServing({ model, state: join(dir, 'state') });
  const score = await fetch(`${server.url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"features":{"age_years":"ZZPHI"}}',
  });
  await fetch(`${server.url}/ZZPHI`);
  await server.kill('SIGTERM');
  const written = server.errors();
  expect(written).not.toContain('ZZPHI');
  const lines = linesOf(written);
  expect(lines.map(({ msg, event, route, status, code }) => [msg, event ?? route, status, code])).toEqual([
    ['audit trail', 'opened', undefined, undefined],
    ['request', '/v1/score', 422, 'SCORING_REQUEST_INVALID'],
    ['request', 'none', 404, 'SERVER_NOT_FOUND'],
    ['audit trail', 'closed', undefined, undefined],
  ]);
  expect(lines[1]).toMatchObject({ requestId: score.headers.get('x-request-id'), method: 'POST' });
  for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
});

test('a file is added to, for its owner alone; one that cannot be opened is told before the server starts', async () => {
  const path = join(dir, 'log');
  for (const name of ['first', 'second']) {
    const log = await openServerLog(path);
    log.logger.info({ name }, 'said');
    log.end();
  }
  expect(linesOf(await readFile(path, 'utf8')).map(({ name }) => name)).toEqual(['first', 'second']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(openServerLog(join(dir, 'nowhere', 'log'))).rejects.toMatchObject({ code: 'ENOENT' });
});
