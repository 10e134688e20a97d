/** Another model takes over while requests go on: no answer mixes two, and a bad one changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { writeModelFolder } from '../../../src/model/index.ts';
import { answerSchema } from '../../../src/scoring/index.ts';
import { startScoringServer, type ScoringServer } from '../../../src/server/index.ts';
import { tinyMetrics, tinyModel } from '../support/tiny-model.ts';

let dir: string;
const sha256: Record<string, string> = {};
const risk: Record<string, number> = {};
const log: string[] = [];
let server: ScoringServer;

/** A model whose answer to the features below tells which one it is. */
async function writeModel(name: string, value: number): Promise<void> {
  const { header, forest } = tinyModel();
  const leaf = Float64Array.from(forest.value, (old, node) => (node === 4 ? value : old));
  const model = { header: { ...header, name }, forest: { ...forest, value: leaf } };
  const content = { model, metrics: tinyMetrics, card: { name }, cardMarkdown: '# tiny' };
  sha256[name] = await writeModelFolder(join(dir, 'models', name), content);
  risk[sha256[name]] = value;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'models-'));
  await mkdir(join(dir, 'models'));
  await writeModel('a', 0.6);
  await writeModel('b', 0.9);
  await cp(join(dir, 'models', 'b'), join(dir, 'models', 'damaged'), { recursive: true });
  await appendFile(join(dir, 'models', 'damaged', 'model.bin'), 'x');
  await mkdir(join(dir, 'models', 'no-model'));
  await writeFile(join(dir, 'models', 'current'), 'a\n');
  const logger = pino({}, { write: (line: string) => void log.push(line) });
  server = await startScoringServer({ models: join(dir, 'models'), port: 0, workers: 0, stateDir: join(dir, 'state'), logger });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const change = async (body: unknown): Promise<{ status: number; told: Record<string, unknown> }> => {
  const response = await post('/v1/admin/model', body);
  return { status: response.status, told: (await response.json()) as Record<string, unknown> };
};
const features = { length_of_stay_days: 7, prior_admissions_365d: 1 };
const current = async (): Promise<string> => (await readFile(join(dir, 'models', 'current'), 'utf8')).trim();
const auditLines = async (name: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(dir, 'state', 'audit', name), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const metric = async (name: string): Promise<string[]> =>
  (await (await fetch(`${server.url}/metrics`)).text()).split('\n').filter((line) => line.startsWith(name));

describe('one after the other', () => {
  test('the list tells which one answers, and what else there is', async () => {
    const list = await (await fetch(`${server.url}/v1/admin/models`)).json();
    expect(list).toMatchObject({
      serving: { name: 'a', sha256: sha256['a'] },
      models: [{ name: 'a' }, { name: 'b' }, { name: 'damaged' }],
    });
  });

  test('another answers from now on, and after a restart', async () => {
    const { status, told } = await change({ name: 'b' });
    expect([status, told]).toEqual([200, { name: 'b', sha256: sha256['b'], before: { sha256: sha256['a'] }, changed: true }]);
    expect(await current()).toBe('b');
    expect(await (await post('/v1/score', { features })).json()).toMatchObject({ model: { name: 'b', sha256: sha256['b'] } });
    expect(await (await fetch(`${server.url}/v1/model`)).json()).toMatchObject({ name: 'b' });
    expect(await metric('readmission_model_info')).toEqual([expect.stringContaining(`sha256="${sha256['b']}"`)]);
    expect(await metric('readmission_model_reload_total')).toContain('readmission_model_reload_total{result="changed"} 1');
  });

  test.each([
    ['damaged', 422, 'MODEL_CORRUPT'],
    ['nowhere', 422, 'MODEL_NOT_FOUND'],
    ['no-model', 422, 'MODEL_NOT_FOUND'],
    ['../models/a', 422, 'SCORING_REQUEST_INVALID'],
    ['.', 422, 'SCORING_REQUEST_INVALID'],
  ])('%s is refused, and the one of before answers', async (name, expected, code) => {
    const before = await current();
    const { status, told } = await change({ name });
    expect([status, told['code']]).toEqual([expected, code]);
    expect(JSON.stringify(told)).not.toContain(dir);
    expect(await current()).toBe(before);
    expect(await (await post('/v1/score', { features })).json()).toMatchObject({ model: { sha256: sha256['b'] } });
  });

  test('a signal reads what is named now, and a bad one is told and changes nothing', async () => {
    await writeFile(join(dir, 'models', 'current'), 'damaged\n');
    expect(await server.reload()).toEqual({ result: 'refused', sha256: sha256['b'], code: 'MODEL_CORRUPT' });
    expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ level: 50, result: 'refused', code: 'MODEL_CORRUPT' });
    await writeFile(join(dir, 'models', 'current'), 'a\n');
    expect(await server.reload()).toEqual({ result: 'changed', sha256: sha256['a'], code: null });
    expect(await server.reload()).toEqual({ result: 'unchanged', sha256: sha256['a'], code: null });
    const trail = await Promise.all((await readdir(join(dir, 'state', 'audit'))).map((name) => auditLines(name)));
    const signals = trail.flat().filter(({ route }) => route === 'SIGHUP');
    expect(signals.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
      ['model-change', 'refused', 'MODEL_CORRUPT'],
      ['model-change', 'success', null],
      ['model-change', 'success', null],
    ]);
  });
});

test('thirty changes under load: every answer is of the model that it names, none fails', async () => {
  let isOver = false;
  const seen = new Map<string, number>();
  const client = async (): Promise<void> => {
    while (!isOver) {
      const response = await post('/v1/score', { features });
      expect(response.status).toBe(200);
      const answer = answerSchema.parse(await response.json());
      expect(answer.risk).toBeCloseTo(risk[answer.model.sha256] as number, 3);
      seen.set(answer.model.sha256, (seen.get(answer.model.sha256) ?? 0) + 1);
    }
  };
  const clients = Promise.all([client(), client()]);
  try {
    for (let round = 0; round < 30; round += 1) {
      const { status } = await change({ name: round % 2 === 0 ? 'b' : 'a' });
      expect(status).toBe(200);
    }
  } finally {
    isOver = true;
  }
  await clients;
  expect([...seen.keys()].sort()).toEqual([sha256['a'], sha256['b']].sort());
}, 300_000);

test('two changes at once: one of them', async () => {
  const outcomes = await Promise.all([change({ name: 'b' }), change({ name: 'a' })]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 503]);
});

test('with threads of their own, too', async () => {
  const other = await startScoringServer({ models: join(dir, 'models'), port: 0, workers: 1, stateDir: join(dir, 'threads') });
  try {
    const before = other.models.current();
    await writeFile(join(dir, 'models', 'current'), before.id.name === 'a' ? 'b' : 'a');
    const underWay = Array.from({ length: 20 }, () => before.scorer.scoreFeatures({ features }));
    expect(await other.reload()).toMatchObject({ result: 'changed' });
    const after = other.models.current();
    expect(after.id.sha256).not.toBe(before.id.sha256);
    for (const answer of await Promise.all(underWay)) expect(answer.model.sha256).toBe(before.id.sha256);
    // Whoever still holds the old one is answered by it, and others by the new one.
    expect(await before.scorer.scoreFeatures({ features })).toMatchObject({ model: { sha256: before.id.sha256 } });
    expect(await after.scorer.scoreFeatures({ features })).toMatchObject({ model: { sha256: after.id.sha256 } });
  } finally {
    await other.close();
  }
});

describe('which one is served', () => {
  const start = (options: object) => startScoringServer({ port: 0, workers: 0, stateDir: join(dir, 'refused'), ...options });
  test('nothing says which of several', async () => {
    await mkdir(join(dir, 'several'));
    for (const name of ['a', 'b']) await cp(join(dir, 'models', name), join(dir, 'several', name), { recursive: true });
    await expect(start({ models: join(dir, 'several') })).rejects.toMatchObject({ code: 'SERVER_MODEL_CURRENT' });
    await rm(join(dir, 'several', 'b'), { recursive: true });
    const only = await start({ models: join(dir, 'several') });
    expect(only.models.current().id.name).toBe('a');
    await only.close();
  });

  test('no such folder, or both', async () => {
    await expect(start({ models: join(dir, 'nowhere') })).rejects.toMatchObject({ code: 'SERVER_MODEL_CURRENT' });
    await expect(start({})).rejects.toMatchObject({ code: 'SERVER_OPTION' });
    await expect(start({ model: dir, models: dir })).rejects.toMatchObject({ code: 'SERVER_OPTION' });
  });

  test('a single one is read again in its place', async () => {
    const model = join(dir, 'models', 'a');
    const single = await start({ model });
    try {
      const response = await fetch(`${single.url}/v1/admin/model`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'b' }),
      });
      expect(response.status).toBe(422);
      expect(await single.reload()).toMatchObject({ result: 'unchanged' });
    } finally {
      await single.close();
    }
  });
});
