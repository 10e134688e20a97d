/** Signals and faults of the process: nothing under way is lost, a bad model changes nothing, and the log tells nothing of anybody. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, startServing, writeTinyModel, type ServingChild } from '../server/audit/serving-child.ts';

let dir: string;
let model: string;
let server: ServingChild | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serve-signals-'));
  model = join(dir, 'model');
  await writeTinyModel(model);
});
afterEach(async () => {
  await server?.kill('SIGKILL');
  server = undefined;
  await rm(dir, { recursive: true, force: true });
});

const state = (): string => join(dir, 'state');
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('SIGTERM, again and again, during requests: every answer that was begun arrives, and the process ends well', async () => {
  server = await startServing({ model, state: state() });
  const clients = load(server.url, 8);
  await until(() => clients.answered.length > 20);
  process.kill(server.pid, 'SIGTERM');
  process.kill(server.pid, 'SIGTERM');
  const code = await server.kill('SIGINT');
  clients.stop();
  await clients.ended;
  expect(code).toBe(0);
  // While it stops, a score is refused or answered; nothing else.
  expect([...clients.statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  const logged = linesOf(server.errors()).filter(({ msg, status }) => msg === 'request' && status === 200);
  expect(logged.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(clients.answered));
});

test('SIGHUP with a bad model: it is told, and the one before answers; then a good one', async () => {
  server = await startServing({ model, state: state() });
  const reloads = (): Record<string, unknown>[] => linesOf(server?.errors() ?? '').filter(({ msg }) => msg === 'model reload');
  await appendFile(join(model, 'model.bin'), 'x');
  process.kill(server.pid, 'SIGHUP');
  await until(() => reloads().length === 1);
  expect(reloads()[0]).toMatchObject({ level: 50, result: 'refused', code: 'MODEL_CORRUPT' });
  expect((await fetch(`${server.url}/v1/model`)).status).toBe(200);
  await writeTinyModel(model);
  process.kill(server.pid, 'SIGHUP');
  await until(() => reloads().length === 2);
  expect(reloads()[1]).toMatchObject({ level: 30, result: 'unchanged', code: null });
  expect(await server.kill('SIGTERM')).toBe(0);
});

test.each([
  ['uncaughtException', `setTimeout(() => { throw new Error('ZZPHI') }, ms)`],
  ['unhandledRejection', `setTimeout(() => { Promise.reject(new Error('ZZPHI')) }, ms)`],
])('%s: logged without its words, drained, exit code 1', async (kind, fault) => {
  // Once the server is ready, which it says on standard output.
  const code = `import { isMainThread } from 'node:worker_threads';
const ms = 300;
const { write } = process.stdout;
const first = (...all) => {
  process.stdout.write = write;
  ${fault};
  return write.apply(process.stdout, all);
};
if (isMainThread) process.stdout.write = first;
`;
  const before = join(dir, 'fault.mjs');
  await writeFile(before, code);
  server = await startServing({ model, state: state(), before });
  const clients = load(server.url, 2);
  await clients.ended;
  const logged = linesOf(server.errors());
  await until(() => linesOf(server?.errors() ?? '').some(({ event }) => event === 'closed'));
  expect(await server.kill('SIGCONT')).toBe(1);
  expect(logged.find(({ msg }) => msg === 'unforeseen error')).toMatchObject({ level: 60, kind, code: 'SERVER_FAULT' });
  expect(server.errors()).not.toContain('ZZPHI');
  expect(clients.answered.length).toBeGreaterThan(0);
});
