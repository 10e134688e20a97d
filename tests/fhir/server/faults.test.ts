/** Each fault does what its name says, on the wire. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { startFhirServer, type Fault, type FaultRequest, type FhirServer } from '../../../src/fhir/server/index.ts';
import { ask, form, idsOf, nextOf } from './fhir-request.ts';
import { smallHospital, writeLanding } from './small-landing.ts';

let dir: string;
let server: FhirServer;
let fault: Fault | undefined;
let seen: FaultRequest[] = [];
beforeAll(async () => {
  dir = await writeLanding(smallHospital);
  server = await startFhirServer({
    landing: dir,
    faults: (request) => {
      seen.push(request);
      return fault;
    },
  });
});
afterEach(() => {
  fault = undefined;
  seen = [];
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

/** Body and end as they arrive: "whole", or the error's code. */
function raw(path: string): Promise<{ headers: NodeJS.Dict<string | string[]>; bytes: number; end: string }> {
  return new Promise((resolve) => {
    let bytes = 0;
    const sent = httpRequest(`${server.url}${path}`, { agent: false }, (response) => {
      const finish = (end: string): void => resolve({ headers: response.headers, bytes, end });
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => finish('whole')).on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'error'));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ headers: {}, bytes: 0, end: error.code ?? 'error' }));
    sent.end();
  });
}

test('without a fault the script sees each request: number, method, type, page, form', async () => {
  const before = server.requests();
  const first = await ask(`${server.url}/Encounter?_count=2`);
  await ask(nextOf(first.json) ?? '');
  await ask(`${server.url}/Patient/_search`, form('gender=male&_id=bob&_id=cyd'));
  await ask(`${server.url}/Patient/ann`);
  await ask(`${server.url}/metadata`);
  expect(seen).toEqual([
    { n: before + 1, method: 'GET', url: '/fhir/Encounter?_count=2', type: 'Encounter', page: 1 },
    { n: before + 2, method: 'GET', url: expect.stringMatching(/^\/fhir\?_getpages=/), type: 'Encounter', page: 2 },
    {
      n: before + 3,
      method: 'POST',
      url: '/fhir/Patient/_search',
      type: 'Patient',
      page: 1,
      form: { gender: 'male', _id: 'bob&cyd' },
    },
    { n: before + 4, method: 'GET', url: '/fhir/Patient/ann', type: 'Patient' },
    { n: before + 5, method: 'GET', url: '/fhir/metadata' },
  ]);
  expect(server.requests()).toBe(before + 5);
});

describe('answers', () => {
  test('status', async () => {
    fault = { kind: 'status', status: 429, headers: { 'Retry-After': '7' } };
    const reply = await ask(`${server.url}/Patient`);
    expect([reply.status, reply.headers.get('retry-after'), reply.json.issue?.[0]?.code]).toEqual([429, '7', 'throttled']);
    fault = { kind: 'status', status: 503, body: '{"x":1}' };
    expect((await ask(`${server.url}/Patient`)).json).toEqual({ x: 1 });
  });

  test('body', async () => {
    fault = { kind: 'body', contentType: 'text/html', body: '"<html>login"', headers: { 'X-Proxy': '1' } };
    const reply = await ask(`${server.url}/Patient`);
    expect([reply.status, reply.headers.get('content-type'), reply.headers.get('x-proxy'), reply.json]).toEqual([
      200,
      'text/html',
      '1',
      '<html>login',
    ]);
    fault = { kind: 'body', contentType: 'application/fhir+json', body: Uint8Array.of(0x5b, 0x5d), status: 201 };
    expect(await ask(`${server.url}/Patient`)).toMatchObject({ status: 201, json: [] });
  });

  test('rewrite-next', async () => {
    fault = { kind: 'rewrite-next', to: (url) => url.replace('127.0.0.1', 'evil.example') };
    expect(nextOf((await ask(`${server.url}/Encounter?_count=2`)).json)).toMatch(/^http:\/\/evil\.example:/);
    fault = { kind: 'rewrite-next', to: () => undefined };
    const { json } = await ask(`${server.url}/Encounter?_count=2`);
    expect([nextOf(json), idsOf(json)]).toEqual([undefined, ['e1', 'e2']]);
  });

  test('rewrite-bundle, and a resource that is no Bundle stays as it is', async () => {
    fault = { kind: 'rewrite-bundle', edit: (bundle) => ({ ...bundle, entry: bundle.entry?.slice(1) }) };
    expect(idsOf((await ask(`${server.url}/Patient`)).json)).toEqual(['bob', 'cyd']);
    expect((await ask(`${server.url}/Patient/ann`)).json).toEqual(smallHospital[0]);
  });

  test('delay', async () => {
    fault = { kind: 'delay', ms: 20 };
    expect(idsOf((await ask(`${server.url}/Patient`)).json)).toHaveLength(3);
  });

  test('drip sends everything', async () => {
    fault = { kind: 'drip', bytesPerSecond: 20_000 };
    expect((await ask(`${server.url}/Patient/ann`)).json).toEqual(smallHospital[0]);
  });
});

describe('broken connections', () => {
  test('reset', async () => {
    fault = { kind: 'reset' };
    expect(await raw('/Patient')).toMatchObject({ bytes: 0, end: 'ECONNRESET' });
  });

  test('truncate: short of Content-Length, or chunked without the last chunk', async () => {
    const whole = (await raw('/Patient')).bytes;
    for (const chunked of [false, true]) {
      fault = { kind: 'truncate', afterBytes: 100, chunked };
      const { headers, bytes, end } = await raw('/Patient');
      expect([headers['content-length'], headers['transfer-encoding'], bytes, end]).toEqual([
        chunked ? undefined : String(whole),
        chunked ? 'chunked' : undefined,
        100,
        'ECONNRESET',
      ]);
    }
  });

  test('hang: nothing until the client gives up', async () => {
    fault = { kind: 'hang' };
    await expect(fetch(`${server.url}/Patient`, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});

test.each<Fault>([{ kind: 'hang' }, { kind: 'drip', bytesPerSecond: 1 }, { kind: 'delay', ms: 1e9 }])(
  'close ends $kind',
  async (held) => {
    let arrived: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const other = await startFhirServer({
      landing: dir,
      faults: () => {
        arrived();
        return held;
      },
    });
    const pending = fetch(`${other.url}/Patient`).then((response) => response.text());
    const outcome = expect(pending).rejects.toThrow();
    await reached;
    await other.close();
    await outcome;
    await expect(fetch(other.url)).rejects.toThrow();
  },
);
