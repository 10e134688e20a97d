/** More asked than can be done: the excess is refused at once, nothing leaks, and what is heavy never runs where health is answered. */
import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder, writeModelFolder, type ModelFolder } from '../../src/model/index.ts';
import { openEngine, type OpenEngine } from '../../src/server/scoring-pool/open-engine.ts';
import { PoolWatch } from '../../src/server/scoring-pool/pool-watch.ts';
import { servedModel } from '../../src/server/index.ts';
import { answer, closeAll, raw, serve } from './support/served.ts';
import { tinyMetrics, tinyModel } from './support/tiny-model.ts';

const features = { age_years: 70, length_of_stay_days: 7, prior_admissions_365d: 1 };
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

let engine: OpenEngine | undefined;
let dir: string | undefined;
afterEach(async () => {
  await closeAll();
  await engine?.close();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  [engine, dir] = [undefined, undefined];
});

test('of 40 scores at once, 4 are made and 36 refused while these wait; health is answered, and every place is given back', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const served = await serve({ limits: { scores: 4 } }, async () => {
    await held;
    return answer;
  });
  const responses: Response[] = [];
  const asked = Array.from({ length: 40 }, async () => responses.push(await served.score({ features })));
  await until(() => responses.length === 36);
  for (const { status, headers } of responses) expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  release();
  await Promise.all(asked);
  expect(responses.slice(36).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const after = await Promise.all(Array.from({ length: 4 }, () => served.score({ features })));
  expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a place is given back by who is refused, and by who leaves in the middle of a body', async () => {
  const served = await serve({ limits: { scores: 1 } });
  expect((await served.score('{')).status).toBe(400);
  expect((await served.score({ features: { age_years: 'old' } })).status).toBe(422);
  const head =
    'POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"feat';
  const socket = connect(served.port, '127.0.0.1', () => socket.write(head));
  // The only place is taken as soon as the head is read.
  while ((await served.score({ features })).status !== 503) await new Promise((resolve) => setTimeout(resolve, 5));
  socket.destroy();
  while ((await served.score({ features })).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('1000 requests written at once on one connection are each answered, in order', async () => {
  const served = await serve({ limits: { scores: 1 } });
  const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
  const received = await raw(served.port, `${`${one}\r\n`.repeat(999)}${one}Connection: close\r\n\r\n`);
  expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1000);
});

test('while all threads explain, and more explanations and a batch wait, health and a plain score are answered', async () => {
  const folder = await tinyFolder();
  engine = await openEngine(folder, { workers: 1, watch: new PoolWatch() });
  await engine.ready;
  // Forests that are explained here rather than in a thread would be told by this.
  const inThread: boolean[] = [];
  const watched = { ...engine, scoreFeatures: notingWhere(engine, inThread) };
  const model = servedModel(watched, folder);
  const served = await serve({ models: { current: () => model } });
  const explained = Array.from({ length: 8 }, () => served.score({ features }));
  const batch = Array.from({ length: 8 }, () => Promise.resolve(engine?.scoreFeatures({ features }, { background: true })));
  const health = await fetch(`${served.url}/healthz`);
  expect(health.status).toBe(200);
  expect((await served.score({ features, explain: false })).status).toBe(200);
  expect((await Promise.all(explained)).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  await Promise.all(batch);
  expect(inThread.filter(Boolean)).toHaveLength(8);
  expect(inThread).toHaveLength(9);
});

async function tinyFolder(): Promise<ModelFolder> {
  dir = await mkdtemp(join(tmpdir(), 'overload-'));
  await writeModelFolder(dir, { model: tinyModel(), metrics: tinyMetrics, card: { name: 'tiny' }, cardMarkdown: '# tiny' });
  return readModelFolder(dir);
}

/** What is answered at once was worked out in this thread; what is promised, in another. */
function notingWhere({ scoreFeatures }: OpenEngine, inThread: boolean[]): OpenEngine['scoreFeatures'] {
  return (request, call) => {
    const answered = scoreFeatures(request, call);
    inThread.push(answered instanceof Promise);
    return answered;
  };
}
