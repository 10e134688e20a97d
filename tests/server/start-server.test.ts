/** The server on a port, with a model of one tree: from a Bundle to an answer, and an orderly end. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModelFolder } from '../../src/model/index.ts';
import { answerSchema } from '../../src/scoring/index.ts';
import { startScoringServer, type ScoringServer } from '../../src/server/index.ts';
import { raw } from './support/served.ts';
import { tinyMetrics, tinyModel } from './support/tiny-model.ts';

const subject = { reference: 'Patient/p1' };
const stay = (id: string, start: string, end: string, more = {}) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'IMP' },
  subject,
  period: { start, end },
  ...more,
});
const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});
const patient = { resourceType: 'Patient', id: 'p1', gender: 'female', birthDate: '1950-06-01' };
const index = stay('e2', '2024-03-01T08:00:00Z', '2024-03-08T12:00:00Z');
const before = stay('e1', '2023-12-01T08:00:00Z', '2023-12-03T12:00:00Z');

let dir: string;
let server: ScoringServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'served-'));
  await writeModelFolder(dir, { model: tinyModel(), metrics: tinyMetrics, card: { name: 'tiny' }, cardMarkdown: '# tiny' });
  server = await startScoringServer({ model: dir, port: 0, workers: 0, stateDir: join(dir, 'state') });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

function score(body: unknown, url = server.url): Promise<Response> {
  return fetch(`${url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

test('it is ready when it says so, on this machine alone', async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('nodejs_eventloop_lag_seconds');
});

test('a Bundle and its features get the same answer, and it adds up', async () => {
  const request = { bundle: bundle(patient, index, before), encounter: 'e2' };
  const answer = answerSchema.parse(await (await score(request)).json());
  expect(answer).toMatchObject({ band: 'high', encounter: 'Encounter/e2', notCovered: [], missing: [] });
  expect(answer.risk).toBeCloseTo(0.71, 3);
  const sum = answer.attributions.reduce((total, { attribution }) => total + attribution, answer.baseValue);
  expect(sum).toBeCloseTo(answer.forestOutput, 12);
  const features = Object.fromEntries(answer.attributions.map(({ feature, value }) => [feature, value]));
  expect(features).toMatchObject({ age_years: 73, prior_admissions_365d: 1 });
  const byName = answerSchema.parse(await (await score({ features })).json());
  expect([byName.risk, byName.attributions]).toEqual([answer.risk, answer.attributions]);
});

test('who is not eligible is refused with the rule, and a wrong date is not an absent one', async () => {
  const young = { ...patient, birthDate: '2015-01-01' };
  const refused = await score({ bundle: bundle(young, index), encounter: 'e2' });
  expect([refused.status, await refused.json()]).toEqual([
    422,
    expect.objectContaining({ code: 'SCORING_NOT_ELIGIBLE', rule: expect.any(String) }),
  ]);
  const wrong = await score({ bundle: bundle({ ...patient, birthDate: '1950-02-30' }, index), encounter: 'e2' });
  expect(await wrong.json()).toMatchObject({
    status: 422,
    code: 'SCORING_RESOURCE_INVALID',
    element: 'Patient.birthDate',
    entry: 0,
  });
});

test('what the HTTP parser refuses is a problem too', async () => {
  for (const [text, status] of [
    ['nonsense\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ] as const) {
    const received = await raw(server.port, text);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(received).toContain('application/problem+json');
  }
});

describe('refusals to start', () => {
  const start = (options: object) =>
    startScoringServer({ model: dir, port: 0, workers: 0, stateDir: join(dir, 'refused'), ...options });
  test.each([
    ['another address', { host: '0.0.0.0' }, 'SERVER_REMOTE_BIND'],
    ['a name', { host: 'example.org' }, 'SERVER_REMOTE_BIND'],
    ['a port that is none', { port: 70_000 }, 'SERVER_OPTION'],
    ['a body limit that is none', { bodyLimit: 'much' }, 'SERVER_OPTION'],
    ['a FHIR server that is none', { fhirServer: 'ftp://x' }, 'FHIR_BASE_URL'],
    ['plain http to another machine', { fhirServer: 'http://fhir.example/r4' }, 'FHIR_INSECURE'],
    [
      'a token over plain http',
      { fhirServer: 'http://fhir.example/r4', token: 'secret', fhir: { allowHttp: true } },
      'SERVER_OPTION',
    ],
    ['no model', { model: '/nonexistent' }, 'MODEL_NOT_FOUND'],
    ['a state folder that everybody reaches', { stateDir: tmpdir() }, 'SERVER_STATE_DIR'],
  ])('%s', async (_title, options, code) => {
    await expect(start(options)).rejects.toMatchObject({ code });
  });

  test('a state folder in use', async () => {
    await expect(start({ stateDir: join(dir, 'state') })).rejects.toMatchObject({ code: 'SERVER_STATE_BUSY' });
  });

  test('a port in use', async () => {
    await expect(start({ port: server.port })).rejects.toMatchObject({
      code: 'SERVER_LISTEN',
      details: { reason: 'EADDRINUSE' },
    });
  });
});

test('stopping finishes what is under way, then frees the port', async () => {
  // A FHIR server that holds its answer keeps a score under way for as long as the test wants.
  let asked = (): void => undefined;
  const reached = new Promise<void>((resolve) => (asked = resolve));
  const holding = createServer((_request, response) => {
    asked();
    setTimeout(() => response.writeHead(403, { 'content-type': 'application/json' }).end('{}'), 300);
  });
  await new Promise<void>((resolve) => void holding.listen(0, '127.0.0.1', resolve));
  const fhirServer = `http://127.0.0.1:${(holding.address() as AddressInfo).port}/fhir`;
  const other = await startScoringServer({ model: dir, port: 0, workers: 0, fhirServer, stateDir: join(dir, 'other') });
  const underWay = score({ patientId: 'p1', encounterId: 'e1' }, other.url);
  await reached;
  const closed = other.close();
  const response = await underWay;
  expect([response.status, response.headers.get('connection')]).toEqual([502, 'close']);
  expect(await response.json()).toMatchObject({ code: 'FHIR_FORBIDDEN' });
  await closed;
  await expect(fetch(`${other.url}/healthz`)).rejects.toThrow();
  holding.closeAllConnections();
  await new Promise((resolve) => holding.close(resolve));
});
