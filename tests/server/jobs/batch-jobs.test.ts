/** Batches: one line in, one line out, on record before it is told, seen by nobody else, and still there after a restart. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScoringError } from '../../../src/errors.ts';
import type { BundleRequest, FeaturesRequest, ScoreAnswer } from '../../../src/scoring/index.ts';
import { localPrincipal, type Access } from '../../../src/server/access/principal.ts';
import { BatchJobs, jobLimits } from '../../../src/server/jobs/batch-jobs.ts';
import { jobLineSchema, jobSchema, type Job } from '../../../src/server/jobs/job-schemas.ts';
import { answer, closeAll, fakeModel, serve, type Served } from '../support/served.ts';

let dir: string;
let nowMs: number;
const open: BatchJobs[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jobs-'));
  nowMs = Date.parse('2026-03-04T05:06:07Z');
});
afterEach(async () => {
  await closeAll();
  for (const jobs of open.splice(0)) await jobs.close();
  await rm(dir, { recursive: true, force: true });
});

/** The caller says who it is. */
const access: Access = {
  identify: ({ headers }) => ({
    ...localPrincipal,
    subject: String(headers['x-who']),
    patient: (headers['x-patient'] as string) ?? null,
  }),
};

type Scoring = (request: BundleRequest | FeaturesRequest) => ScoreAnswer | Promise<ScoreAnswer>;
async function start(scoring: Scoring = () => answer, more: object = {}): Promise<Served> {
  const model = fakeModel(undefined, scoring);
  const models = { current: () => model };
  const jobs = await BatchJobs.open({
    dir: join(dir, 'jobs'),
    models,
    metrics: { scored: () => undefined },
    now: () => nowMs,
    ...more,
  });
  open.push(jobs);
  return serve({ models, jobs, access, ...more });
}

const call = ({ url }: Served, path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(`${url}${path}`, { ...init, headers: { 'x-who': 'a', ...init.headers } });
const submit = (served: Served, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  call(served, '/v1/jobs', { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson', ...headers } });

async function ended(served: Served, location: string): Promise<Job> {
  for (;;) {
    const job = jobSchema.parse(await (await call(served, location)).json());
    if (job.finished !== null) return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const linesOf = async (response: Response): Promise<ReturnType<typeof jobLineSchema.parse>[]> =>
  (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => jobLineSchema.parse(JSON.parse(line)));

const bundleLine = (patient: string): string => {
  const entry = [{ resource: { resourceType: 'Patient', id: patient } }];
  return JSON.stringify({ bundle: { resourceType: 'Bundle', type: 'collection', entry }, encounter: 'e1' });
};
const featuresLine = (age: number): string => JSON.stringify({ features: { age_years: age } });

test('each line is answered, in its order, and everyone is on record before the result is sent', async () => {
  const served = await start((request) => {
    if ('features' in request) return { ...answer, risk: (request.features['age_years'] as number) / 100 };
    throw new ScoringError('SCORING_NOT_ELIGIBLE', 'Encounter/e1 is none', { details: { rule: 'age', words: 'too young' } });
  });
  const input = [featuresLine(10), '', bundleLine('p7'), '{"features":', featuresLine(40), '{"ZZPHI":1}', featuresLine(60)];
  const taken = await submit(served, `${input.join('\r\n')}\n`);
  expect(taken.status).toBe(202);
  const location = taken.headers.get('location') ?? '';
  expect(await taken.json()).toMatchObject({ state: 'waiting', of: 6, done: 0 });
  const job = await ended(served, location);
  expect(job).toMatchObject({ state: 'finished', of: 6, done: 6, failed: 3, model: { name: 'tiny' } });
  expect(job.removedAfter).toBe('2026-03-05T05:06:07.000Z');
  const result = await call(served, `${location}/result`);
  expect(result.headers.get('content-type')).toContain('application/x-ndjson');
  const lines = await linesOf(result);
  expect(lines.map(({ index, patient, answer: told, error }) => [index, patient, told?.risk ?? error?.code])).toEqual([
    [0, null, 0.1],
    [1, 'Patient/p7', 'SCORING_NOT_ELIGIBLE'],
    [2, null, 'SERVER_BODY'],
    [3, null, 0.4],
    [4, null, 'SCORING_REQUEST_INVALID'],
    [5, null, 0.6],
  ]);
  expect(lines[1]?.error).toMatchObject({ rule: 'age' });
  expect(JSON.stringify(lines)).not.toContain('ZZPHI');
  const entry = served.audited.at(-1);
  expect(entry).toMatchObject({ action: 'job', route: 'GET /v1/jobs/:id/result', outcome: 'success', patients: ['Patient/p7'] });
  expect(entry?.scores.map(({ risk }) => risk)).toEqual([0.1, 0.4, 0.6]);
});

test('files are for their owner alone', async () => {
  const served = await start();
  const { id } = jobSchema.parse(await (await submit(served, featuresLine(50))).json());
  await ended(served, `/v1/jobs/${id}`);
  for (const name of await readdir(join(dir, 'jobs', id))) {
    expect([name, (await stat(join(dir, 'jobs', id, name))).mode & 0o777]).toEqual([name, 0o600]);
  }
  expect((await stat(join(dir, 'jobs', id))).mode & 0o777).toBe(0o700);
});

test('nobody else learns that a job exists, and a token for one patient makes none', async () => {
  const served = await start();
  const location = (await submit(served, featuresLine(50))).headers.get('location') ?? '';
  await ended(served, location);
  for (const [method, path] of [
    ['GET', location],
    ['GET', `${location}/result`],
    ['DELETE', location],
    ['GET', '/v1/jobs/none'],
  ] as const) {
    const response = await call(served, path, { method, headers: { 'x-who': 'b' } });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'SERVER_NOT_FOUND']);
  }
  expect((await submit(served, featuresLine(1), { 'x-patient': 'Patient/p1' })).status).toBe(403);
  expect((await call(served, location)).status).toBe(200);
});

test('a job that is removed stops, and nothing of it is left', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const served = await start(async () => {
    await held;
    return answer;
  });
  const [first, second] = await Promise.all([submit(served, bundleLine('p1')), submit(served, featuresLine(2))]);
  const location = first.headers.get('location') ?? '';
  expect((await call(served, `${location}/result`)).status).toBe(409);
  const removed = await call(served, location, { method: 'DELETE' });
  expect(await removed.json()).toMatchObject({ state: 'cancelled' });
  release();
  expect((await call(served, location)).status).toBe(404);
  expect(await ended(served, second.headers.get('location') ?? '')).toMatchObject({ state: 'finished' });
  expect(await readdir(join(dir, 'jobs'))).toHaveLength(1);
});

test('the same key and body is the same job; another body is refused', async () => {
  const served = await start();
  const key = { 'idempotency-key': 'k-1' };
  const [first, again] = [await submit(served, featuresLine(1), key), await submit(served, featuresLine(1), key)];
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect((await submit(served, featuresLine(1), { ...key, 'x-who': 'b' })).headers.get('location')).not.toBe(
    first.headers.get('location'),
  );
  const other = await submit(served, featuresLine(2), key);
  expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([422, 'SERVER_IDEMPOTENCY']);
  expect((await submit(served, featuresLine(2), { 'idempotency-key': 'a b' })).status).toBe(422);
});

describe('a query', () => {
  const discharges = [
    { patientId: 'p1', encounterId: 'e1', period: { start: null, end: '2026-03-01' }, endMs: 1 },
    { patientId: null, encounterId: 'e2', period: { start: null, end: '2026-03-01' }, endMs: 1 },
  ];
  const source = {
    fetchBundle: () => Promise.resolve({ bundle: { resourceType: 'Bundle' as const }, types: ['Encounter'] }),
    fetchDischarges: () => Promise.resolve({ discharges, from: '2026-02-01', until: '2026-03-01', cut: false }),
  };
  const query = (served: Served, body: unknown): Promise<Response> =>
    submit(served, JSON.stringify(body), { 'content-type': 'application/json' });

  test('scores every discharge of the source', async () => {
    const served = await start(() => answer, source);
    const location = (await query(served, { query: { days: 7 } })).headers.get('location') ?? '';
    expect(await ended(served, location)).toMatchObject({ state: 'finished', of: 2, done: 2, failed: 1 });
    const lines = await linesOf(await call(served, `${location}/result`));
    expect(lines.map(({ patient, error }) => [patient, error?.code])).toEqual([
      ['Patient/p1', undefined],
      [null, 'SCORING_REQUEST_INVALID'],
    ]);
  });

  test('without a source, or of another form, is refused; a source that fails is told', async () => {
    const served = await start();
    expect((await query(served, { query: { days: 7 } })).status).toBe(422);
    expect((await query(served, { query: { days: 0 } })).status).toBe(422);
    const failing = { ...source, fetchDischarges: () => Promise.reject(new Error('ZZPHI')) };
    const other = await start(() => answer, failing);
    const location = (await query(other, { query: { days: 7 } })).headers.get('location') ?? '';
    expect(await ended(other, location)).toMatchObject({ state: 'failed', code: 'SERVER_FAULT' });
  });
});

test('what is too much is refused, and what is empty', async () => {
  const served = await start(() => new Promise<ScoreAnswer>(() => undefined));
  expect((await submit(served, '\n \n')).status).toBe(400);
  expect((await submit(served, `${'1\n'.repeat(jobLimits.lines + 1)}`)).status).toBe(413);
  for (let n = 0; n < jobLimits.waiting; n += 1) expect((await submit(served, featuresLine(n))).status).toBe(202);
  expect((await submit(served, featuresLine(1))).status).toBe(503);
  // Scores that never come would keep the end of this test waiting.
  open.splice(0);
});

test('a job of which the submission is not on record never begins, and is gone', async () => {
  const model = fakeModel();
  const models = { current: () => model };
  const jobs = await BatchJobs.open({ dir: join(dir, 'jobs'), models, metrics: { scored: () => undefined }, now: () => nowMs });
  open.push(jobs);
  const served = await serve({ models, jobs, access, audit: { record: () => Promise.reject(new Error('disk full')) } });
  expect((await submit(served, featuresLine(1))).status).toBe(500);
  expect(await readdir(join(dir, 'jobs'))).toEqual([]);
});

test('after a restart what had ended can be had, what had not is interrupted, and what is old is gone', async () => {
  const served = await start((request) =>
    'features' in request && request.features['age_years'] === 99 ? new Promise(() => undefined) : answer,
  );
  const done = (await submit(served, featuresLine(1))).headers.get('location') ?? '';
  await ended(served, done);
  const stuck =
    (await submit(served, `${[1, 2, 3, 4].map(featuresLine).join('\n')}\n${featuresLine(99)}`)).headers.get('location') ?? '';
  while (((await (await call(served, stuck)).json()) as Job).done < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  // As a kill leaves it: nothing is told to the job, and a line is half written.
  open.splice(0);
  const id = stuck.split('/').at(-1) as string;
  const path = join(dir, 'jobs', id, 'result.ndjson');
  await writeFile(path, `${await readFile(path, 'utf8')}{"index":4,"pat`);
  const again = await start();
  expect(await ended(again, done)).toMatchObject({ state: 'finished' });
  expect(await ended(again, stuck)).toMatchObject({ state: 'interrupted' });
  expect((await linesOf(await call(again, `${stuck}/result`))).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  await open.splice(0)[0]?.close();
  nowMs += jobLimits.keptMs;
  const later = await start();
  expect((await call(later, done)).status).toBe(404);
  expect(await readdir(join(dir, 'jobs'))).toEqual([]);
});
