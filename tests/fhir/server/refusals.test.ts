/** What the server does not do it refuses, always with an OperationOutcome, never with an answer to another question. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { startFhirServer, type FhirServer } from '../../../src/fhir/server/index.ts';
import { ask, form } from './fhir-request.ts';
import { smallHospital, writeLanding } from './small-landing.ts';

let dir: string;
let server: FhirServer;
beforeAll(async () => {
  dir = await writeLanding(smallHospital);
  server = await startFhirServer({ landing: dir });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

const canary = 'ZZPHI';

describe('GET', () => {
  test.each<[string, number, string, RegExp]>([
    ['/Encounter?foo=ZZPHI', 400, 'not-supported', /^foo: not a search parameter of Encounter here; supported are .*\bdate\b/],
    ['/Condition?date=2020', 400, 'not-supported', /^date: not a search parameter of Condition/],
    ['/Encounter?patient:Patient=ZZPHI', 400, 'not-supported', /modifiers are not supported; use patient alone/],
    ['/Encounter?class:not=ZZPHI', 400, 'not-supported', /modifiers/],
    ['/Encounter?patient.identifier=ZZPHI', 400, 'not-supported', /chained parameters/],
    ['/Encounter?_include:iterate=Encounter:patient', 400, 'not-supported', /modifiers/],
    ['/Encounter?_has:Condition:encounter:code=1', 400, 'not-supported', /_has/],
    ['/Encounter?_elements=id', 400, 'not-supported', /_elements/],
    ['/Encounter?date=ZZPHI', 400, 'value', /^date: the value is not a date/],
    ['/Encounter?date=ap2020', 400, 'not-supported', /prefix ap/],
    ['/Encounter?date=2020-01-01T00:00:00+01:00', 400, 'value', /%2B/],
    ['/Encounter?patient=Group/ZZPHI', 400, 'value', /Patient/],
    ['/Encounter?patient=https://elsewhere.example/Patient/ZZPHI', 400, 'value', /Patient/],
    ['/Encounter?patient=a,,b', 400, 'value', /patient/],
    ['/Encounter?patient=', 400, 'value', /expected a value/],
    ['/Encounter?class=a|b|c', 400, 'value', /system\|code/],
    ['/Encounter?class=|', 400, 'value', /system\|code/],
    ['/Encounter?_sort=ZZPHI', 400, 'not-supported', /_sort: .* supported are _id, _lastUpdated, date/],
    ['/Encounter?_sort=class', 400, 'not-supported', /_sort/],
    ['/Encounter?_count=-1', 400, 'value', /_count/],
    ['/Encounter?_count=ten', 400, 'value', /_count/],
    ['/Encounter?_count=1&_count=2', 400, 'invalid', /_count: expected once/],
    ['/Encounter?_summary=true', 400, 'not-supported', /_summary/],
    ['/Encounter?_total=maybe', 400, 'not-supported', /_total/],
    ['/Encounter?_include=*', 400, 'not-supported', /_include/],
    ['/Encounter?_include=Encounter:nosuch', 400, 'not-supported', /_include/],
    ['/Encounter?_include=Encounter:class', 400, 'not-supported', /_include/],
    ['/Encounter?_include=Condition:encounter', 400, 'not-supported', /_include/],
    ['/Encounter?_include=Encounter:patient:Device', 400, 'not-supported', /_include/],
    ['/Encounter?_revinclude=Condition:code', 400, 'not-supported', /_revinclude/],
    ['/Encounter?_revinclude=Device:patient', 400, 'not-supported', /_revinclude/],
    ['/Organization?_revinclude=Condition:encounter', 400, 'not-supported', /_revinclude/],
    ['/Foo', 404, 'not-supported', /not a resource type held here; held are Patient/],
    ['/Device', 404, 'not-supported', /held are/],
    ['/Foo/1', 404, 'not-supported', /held are/],
    ['/Patient/nobody', 404, 'not-found', /^Patient: no resource/],
    ['/Patient/..%2f..%2fZZPHI', 404, 'not-found', /^Patient: no resource/],
    ['/Patient/%zz', 400, 'invalid', /malformed/],
    ['/Patient/ann/$nothing', 404, 'not-found', /nothing at this path/],
    ['/Patient/nobody/$everything', 404, 'not-found', /Patient/],
    ['/Patient/ann/$everything?_since=2020', 400, 'not-supported', /_since/],
    ['/Patient/ann/$everything?_type=Foo', 400, 'not-supported', /_type/],
    ['/Patient/ann/$everything?_count=0', 400, 'value', /_count/],
    ['/a/b/c/d', 404, 'not-found', /\/fhir/],
    ['', 400, 'not-supported', /name a type/],
    ['?_getpages=deadbeef-0000-0000-0000-000000000000', 410, 'expired', /search again/],
    ['?_getpages=x&_getpagesoffset=-1', 400, 'value', /_getpagesoffset/],
    ['?_getpages=x&patient=ZZPHI', 400, 'not-supported', /patient/],
    ['/Patient?_format=xml', 406, 'not-supported', /JSON/],
  ])('%s is %i', async (path, status, code, diagnostics) => {
    const reply = await ask(`${server.url}${path}`);
    expect([reply.status, reply.json.resourceType, reply.json.issue?.[0]?.code]).toEqual([status, 'OperationOutcome', code]);
    expect(reply.json.issue?.[0]?.diagnostics).toMatch(diagnostics);
    expect(reply.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    if (!path.startsWith('/Encounter?_sort')) expect(reply.text).not.toContain(canary);
  });
});

describe('methods', () => {
  test.each([
    ['POST', '/Patient', 'GET, HEAD'],
    ['PUT', '/Patient/ann', 'GET, HEAD'],
    ['DELETE', '/Patient/ann', 'GET, HEAD'],
    ['PATCH', '/Patient/ann', 'GET, HEAD'],
    ['POST', '', 'GET, HEAD'],
    ['PUT', '/Patient/_search', 'POST'],
    ['GET', '/Patient/_search', 'POST'],
    ['POST', '/metadata', 'GET, HEAD'],
    ['POST', '/Patient/ann/$everything', 'GET, HEAD'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const reply = await ask(`${server.url}${path}`, { method });
    expect([reply.status, reply.headers.get('allow'), reply.json.resourceType]).toEqual([405, allow, 'OperationOutcome']);
  });

  test('HEAD has the headers of GET and no body', async () => {
    const reply = await ask(`${server.url}/Patient/ann`, { method: 'HEAD' });
    expect([reply.status, reply.text, reply.headers.get('etag')]).toEqual([200, '', 'W/"3"']);
  });
});

describe('content', () => {
  test.each([
    ['application/fhir+xml', 406],
    ['text/html', 406],
    ['application/fhir+json;q=0', 406],
    ['application/fhir+json; fhirVersion=3.0', 406],
    ['application/fhir+json; fhirVersion=4.0', 200],
    ['application/fhir+xml;q=1.0, application/fhir+json;q=0.9', 200],
    ['application/json', 200],
    ['*/*', 200],
  ])('Accept: %s is %i', async (accept, status) => {
    expect((await ask(`${server.url}/Patient`, { headers: { Accept: accept } })).status).toBe(status);
  });

  test.each(['json', 'application/json', 'application/fhir%2Bjson', 'application/fhir+json'])(
    '_format=%s wins over Accept',
    async (format) => {
      const reply = await ask(`${server.url}/Patient?_format=${format}`, { headers: { Accept: 'application/fhir+xml' } });
      expect(reply.status).toBe(200);
    },
  );

  test.each([
    ['application/json', '{}'],
    ['application/x-www-form-urlencoded; charset=iso-8859-1', 'gender=male'],
    ['text/plain', 'gender=male'],
  ])('POST _search as %s is 415', async (type, body) => {
    const reply = await ask(`${server.url}/Patient/_search`, { method: 'POST', body, headers: { 'Content-Type': type } });
    expect([reply.status, reply.json.resourceType]).toEqual([415, 'OperationOutcome']);
  });

  test('an unknown Content-Encoding is 415, a form of more than 1 MiB is 413', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const odd = await ask(`${server.url}/Patient/_search`, {
      method: 'POST',
      body: 'x',
      headers: { ...type, 'Content-Encoding': 'zip' },
    });
    expect([odd.status, odd.json.resourceType]).toEqual([415, 'OperationOutcome']);
    const large = await ask(`${server.url}/Patient/_search`, form(`_id=${canary.repeat(300_000)}`));
    expect([large.status, large.json.resourceType]).toEqual([413, 'OperationOutcome']);
    expect(large.text).not.toContain(canary);
  });
});

describe('below the application', () => {
  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost@evil'])('Host: %s is 421', async (host) => {
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${server.url}/Patient`, { headers: { Host: host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(421);
  });

  test.each([
    ['nonsense', 'NONSENSE\r\n\r\n', 400],
    ['headers of 20 KB', `GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is an OperationOutcome too', async (_title, text, status) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('"resourceType":"OperationOutcome"');
  });
});
