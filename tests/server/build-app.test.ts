/** The HTTP interface over a fake scorer: routes, refusals, headers. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { ForestError, ScoringError } from '../../src/errors.ts';
import { answerSchema } from '../../src/scoring/index.ts';
import { Lifecycle, modelDescriptionSchema, problemSchema } from '../../src/server/index.ts';
import { answer, closeAll, raw, serve, type Served } from './support/served.ts';
import { tinyMapping } from './support/tiny-model.ts';

const features = { age_years: 70 };
const bundle = { resourceType: 'Bundle', type: 'collection', entry: [] };
let served: Served;
beforeEach(async () => {
  served = await serve({ limits: { bodyBytes: 4000 } });
});
afterEach(closeAll);

async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const value = problemSchema.parse(await response.json());
  expect(value.status).toBe(response.status);
  expect(value.requestId).toBe(response.headers.get('x-request-id'));
  return value;
}

describe('POST /v1/score', () => {
  test('features and a Bundle are handed on as they are, and the answer is the answer', async () => {
    const byName = await served.score({ features, explain: false });
    expect(byName.status).toBe(200);
    expect(answerSchema.parse(await byName.json())).toEqual(answer);
    expect(served.calls.features.at(-1)).toEqual({ features, explain: false });
    const request = { bundle, encounter: 'e1', asOf: '2024-01-05', covers: { types: ['Encounter'], from: null } };
    expect((await served.score(request, { 'content-type': 'application/fhir+json; charset=UTF-8' })).status).toBe(200);
    expect(served.calls.bundles.at(-1)).toEqual(request);
  });

  test('gzip is read, a BOM is skipped', async () => {
    const packed = await served.score(gzipSync(JSON.stringify({ features })), { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(200);
    expect((await served.score(`\uFEFF${JSON.stringify({ features })}`)).status).toBe(200);
  });

  test.each([
    ['no content type', '{}', { 'content-type': '' }, 415, 'SERVER_MEDIA_TYPE'],
    ['text', '{}', { 'content-type': 'text/plain' }, 415, 'SERVER_MEDIA_TYPE'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'SERVER_MEDIA_TYPE'],
    ['another encoding', '{}', { 'content-encoding': 'zstd' }, 415, 'SERVER_MEDIA_TYPE'],
    ['not acceptable', JSON.stringify({ features }), { accept: 'text/html' }, 406, 'SERVER_NOT_ACCEPTABLE'],
    ['nothing', '', {}, 400, 'SERVER_BODY'],
    ['a comma too many', '{"features":{"age_years":70},}', {}, 400, 'SERVER_BODY'],
    ['NaN', '{"features":{"age_years":NaN}}', {}, 400, 'SERVER_BODY'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'SERVER_BODY'],
    ['bytes that are not gzip', 'plain', { 'content-encoding': 'gzip' }, 400, 'SERVER_BODY'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, {}, 400, 'SERVER_BODY_DEPTH'],
    ['a declared length above the limit', `{"features":{}}${' '.repeat(5000)}`, {}, 413, 'SERVER_BODY_TOO_LARGE'],
    [
      'a small gzip that is large inside',
      gzipSync(' '.repeat(1_000_000)),
      { 'content-encoding': 'gzip' },
      413,
      'SERVER_BODY_TOO_LARGE',
    ],
    ['a list', '[]', {}, 422, 'SCORING_REQUEST_INVALID'],
    ['no form', '{"explain":true}', {}, 422, 'SCORING_REQUEST_INVALID'],
    ['two forms', { features, bundle }, {}, 422, 'SCORING_REQUEST_INVALID'],
    ['a text for a number', { features: { age_years: '70' } }, {}, 422, 'SCORING_REQUEST_INVALID'],
    ['an infinite number', '{"features":{"age_years":1e400}}', {}, 422, 'SCORING_REQUEST_INVALID'],
    ['__proto__ among the features', '{"features":{"age_years":70,"__proto__":1}}', {}, 422, 'SCORING_FEATURE_UNKNOWN'],
    ['__proto__ in the request', '{"features":{"age_years":70},"__proto__":{}}', {}, 422, 'SCORING_REQUEST_INVALID'],
    ['another resource', { bundle: { resourceType: 'Patient' }, encounter: 'e1' }, {}, 422, 'SCORING_REQUEST_INVALID'],
    ['an encounter that is no id', { bundle, encounter: '../x' }, {}, 422, 'SCORING_REQUEST_INVALID'],
    ['no FHIR server', { patientId: 'p1', encounterId: 'e1' }, {}, 422, 'SCORING_NO_FHIR_SERVER'],
  ])('%s is refused', async (_title, body, headers, status, code) => {
    const calls = served.calls.features.length + served.calls.bundles.length;
    const response = await served.score(body, headers);
    expect(await problem(response)).toMatchObject({ status, code });
    expect(served.calls.features.length + served.calls.bundles.length).toBe(calls);
  });

  test('64 levels are read', async () => {
    expect(await problem(await served.score(`${'['.repeat(64)}${']'.repeat(64)}`))).toMatchObject({
      code: 'SCORING_REQUEST_INVALID',
    });
  });

  test('a fault of form names path and feature, and repeats neither value nor unknown key', async () => {
    const named = await problem(await served.score({ features: { age_years: 'ZZPHI' } }));
    expect(named).toMatchObject({
      feature: 'age_years',
      detail: 'features.age_years: expected number, found something else or nothing',
    });
    const unknown = await problem(await served.score({ features: { ZZPHI: 'x' } }));
    expect(unknown['detail']).toBe('features.?: expected number, found something else or nothing');
    expect(JSON.stringify(await problem(await served.score({ features, ZZPHI: 1 })))).not.toContain('ZZPHI');
  });

  test('a body without a declared length is cut at the limit', async () => {
    const chunk = `${(1000).toString(16)}\r\n${' '.repeat(1000)}\r\n`;
    const head =
      'POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const received = await raw(served.port, `${head}${chunk.repeat(6)}0\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(received).toContain('Connection: close');
  });

  test('a declared length above the limit is refused before the body comes', async () => {
    const head = 'POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n';
    expect(await raw(served.port, head)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a transfer coding other than chunked ends the connection', async () => {
    const head = 'POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const second = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const received = await raw(served.port, `${head}Transfer-Encoding: xchunked\r\n\r\n${second}`);
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(received).toContain('SERVER_HEADER');
  });
});

describe('with a FHIR server', () => {
  test('the records are fetched, and what was searched is what is covered', async () => {
    const asked: string[] = [];
    const fetchBundle = async (patientId: string) => {
      asked.push(patientId);
      return { bundle: { resourceType: 'Bundle' as const, entry: [] }, types: ['Patient', 'Encounter'] };
    };
    const withServer = await serve({ fetchBundle });
    const response = await withServer.score({ patientId: 'p1', encounterId: 'e1', asOf: '2024-01-05', explain: false });
    expect(response.status).toBe(200);
    expect(asked).toEqual(['p1']);
    expect(withServer.calls.bundles).toEqual([
      {
        bundle: { resourceType: 'Bundle', entry: [] },
        encounter: 'e1',
        asOf: '2024-01-05',
        explain: false,
        covers: { types: ['Patient', 'Encounter'], from: null },
      },
    ]);
  });
});

describe('errors of scoring', () => {
  test('not eligible is 422 with the rule, as problem or as OperationOutcome', async () => {
    const refusing = await serve({}, () => {
      throw new ScoringError('SCORING_NOT_ELIGIBLE', 'no risk is given for Encounter/ZZPHI', {
        details: { encounter: 'Encounter/ZZPHI', rule: 'died', words: 'died in the stay' },
      });
    });
    const plain = await problem(await refusing.score({ features }));
    expect(plain).toMatchObject({
      status: 422,
      code: 'SCORING_NOT_ELIGIBLE',
      rule: 'died',
      words: 'died in the stay',
      detail: 'no risk is given: the stay is no index discharge by rule "died": died in the stay',
    });
    expect(JSON.stringify(plain)).not.toContain('ZZPHI');
    for (const headers of [{ accept: 'application/fhir+json' }, { 'content-type': 'application/fhir+json' }]) {
      const response = await refusing.score({ features }, headers as unknown as Record<string, string>);
      expect(response.status).toBe(422);
      expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      expect(await response.json()).toMatchObject({
        resourceType: 'OperationOutcome',
        id: response.headers.get('x-request-id'),
        issue: [{ severity: 'error', code: 'business-rule', details: { text: expect.stringContaining('died') } }],
      });
    }
  });

  test.each([
    ['of the forest', new ForestError('FOREST_ADDITIVITY', 'ZZPHI 0.1 is not 0.2'), 'FOREST_ADDITIVITY'],
    ['nobody foresaw', new TypeError('ZZPHI is undefined\n    at ZZPHI (ZZPHI.ts:1:1)'), 'SERVER_FAULT'],
  ])('an error %s is 500 with no word of its message; the log has its place in the code', async (_title, error, code) => {
    const broken = await serve({}, () => {
      throw error;
    });
    const response = await broken.score({ features });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain(code);
    expect(text + broken.log.join('')).not.toContain('ZZPHI');
    if (code === 'SERVER_FAULT') expect(JSON.parse(broken.log.at(-1) ?? '').at[0]).toMatch(/^at .*build-app\.test\.ts/);
  });

  test('the score after too many under way is told to come back', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const busy = await serve({ limits: { scores: 1 } }, async () => {
      await held;
      return answer;
    });
    const first = busy.score({ bundle, encounter: 'e1' });
    while (busy.calls.bundles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await busy.score({ features });
    expect(await problem(second)).toMatchObject({ status: 503, code: 'SERVER_BUSY' });
    expect(second.headers.get('retry-after')).toBe('1');
    release();
    expect((await first).status).toBe(200);
    expect((await busy.score({ bundle, encounter: 'e1' })).status).toBe(200);
  });
});

describe('the other routes', () => {
  test('the model is described without its trees', async () => {
    const model = modelDescriptionSchema.parse(await (await fetch(`${served.url}/v1/model`)).json());
    expect(model.features.map((feature) => feature.name)).toEqual(['age_years', 'length_of_stay_days', 'prior_admissions_365d']);
    expect(model.features[0]).toMatchObject({ missing: 'nan', training: { min: 0, max: 90, missing: 0 } });
    expect(model).toMatchObject({ name: 'tiny', sha256: 'aa'.repeat(32), bands: [{ name: 'low' }, { name: 'high' }] });
    expect(model.validations[0]?.results['forest']?.['auroc']).toEqual({ estimate: 0.7, lower: 0.6, upper: null });
    expect(model.mapping).toEqual(tinyMapping);
    expect(model.outcome).toEqual({
      name: 'unplanned readmission',
      horizonDays: 30,
      description: 'first unplanned stay after discharge',
      horizonUnit: 'calendar-days',
      composite: false,
      plannedByType: true,
      labels: null,
    });
    expect(JSON.stringify(model)).not.toContain('threshold');
  });

  test('card, health, readiness, metrics and a page that names them', async () => {
    expect(await (await fetch(`${served.url}/v1/model/card`)).json()).toEqual({ '(1)(i)': 'the developer' });
    expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${served.url}/readyz`)).json()).toEqual({ status: 'ready' });
    await served.score({ features });
    await served.score('{');
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(
      /readmission_http_request_duration_seconds_count\{method="POST",route="\/v1\/score",status="200"\} \d/,
    );
    expect(metrics).toMatch(/readmission_errors_total\{code="SERVER_BODY"\} \d/);
    expect(metrics).toMatch(/readmission_score_risk_count\{form="features"\} \d/);
    const page = await (await fetch(`${served.url}/`)).text();
    for (const path of ['POST   /v1/score', '/v1/model/card', '/readyz', '/openapi.json']) expect(page).toContain(path);
  });

  test('readiness follows the phase, health does not; a stopping server takes no scores and closes connections', async () => {
    const lifecycle = new Lifecycle('warming');
    const starting = await serve({ lifecycle });
    expect((await fetch(`${starting.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${starting.url}/healthz`)).status).toBe(200);
    lifecycle.phase = 'ready';
    expect((await fetch(`${starting.url}/readyz`)).status).toBe(200);
    lifecycle.phase = 'stopping';
    const late = await starting.score({ features });
    expect(late.status).toBe(503);
    expect(late.headers.get('connection')).toBe('close');
    expect((await fetch(`${starting.url}/readyz`)).status).toBe(503);
  });

  test.each([
    ['GET', '/v1/score', 405, 'POST'],
    ['DELETE', '/v1/model', 405, 'GET, HEAD'],
    ['OPTIONS', '/v1/score', 405, 'POST'],
    ['PUT', '/', 405, 'GET, HEAD'],
    ['GET', '/v1/nothing/ZZPHI', 404, null],
    ['GET', '/v1/score/', 405, 'POST'],
  ])('%s %s is %i', async (method, path, status, allow) => {
    const response = await fetch(`${served.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.text()).not.toContain('ZZPHI');
  });

  test('a type that is not offered is 406; HEAD has the headers and no body', async () => {
    expect((await fetch(`${served.url}/v1/model`, { headers: { accept: 'image/png' } })).status).toBe(406);
    const head = await fetch(`${served.url}/v1/model`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('another name for this machine is refused', async () => {
    const received = await raw(served.port, 'GET /v1/model HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 421 /);
  });

  test('no answer is kept, sniffed or says what serves it', async () => {
    for (const response of [await fetch(`${served.url}/v1/model`), await served.score({ features }), await served.score('{')]) {
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('x-powered-by')).toBeNull();
      expect(response.headers.get('etag')).toBeNull();
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
