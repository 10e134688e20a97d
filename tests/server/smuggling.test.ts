/**
 * Requests of which two readers could see two different ones: each is refused and its connection ended, so that what was sent behind it is never run.
 *
 * Source  RFC 9112, sections 2.2, 3.2, 5.1, 5.2, 6.3, 7.1, 11.2
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildApp } from '../../src/server/index.ts';
import { createListener, listen } from '../../src/server/listener.ts';
import { fakeModel, raw, type FakeCalls } from './support/served.ts';

const calls: FakeCalls = { features: [], bundles: [] };
const model = fakeModel(calls);
let server: Server;
let port: number;

beforeAll(async () => {
  const app = buildApp({ models: { current: () => model }, audit: { record: () => Promise.resolve() } });
  server = createListener(app, undefined);
  await listen(server, '127.0.0.1', 0);
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const body = '{"features":{"age_years":70}}';
const line = 'POST /v1/score HTTP/1.1';
const host = 'Host: localhost';
const json = 'Content-Type: application/json';
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
/** What an attacker would have run as somebody else's. */
const other = '{"features":{"age_years":71}}';
const behind = [line, host, json, `Content-Length: ${other.length}`, 'Connection: close', '', other].join('\r\n');
const timesRun = (): number => calls.features.splice(0).filter(({ features }) => features['age_years'] === 71).length;
const message = (head: readonly string[], content = '', end = '\r\n'): string => `${head.join(end)}${end}${end}${content}`;

test('what they are made of is answered when it is whole, and what is behind it too', async () => {
  const received = await raw(port, message([line, host, json, `Content-Length: ${body.length}`], body) + behind);
  expect([received.match(/HTTP\/1\.1 200/g)?.length, timesRun()]).toEqual([2, 1]);
  const inChunks = await raw(port, message([line, host, json, 'Transfer-Encoding: chunked'], chunked) + behind);
  expect([inChunks.match(/HTTP\/1\.1 200/g)?.length, timesRun()]).toEqual([2, 1]);
});

const length = `Content-Length: ${body.length}`;
const get = (address: string): string => message([`GET ${address} HTTP/1.1`, host]);
const refused: readonly (readonly [string, string, RegExp?])[] = [
  ['a length beside chunks', message([line, host, json, length, 'Transfer-Encoding: chunked'], chunked)],
  ['chunks beside a length', message([line, host, json, 'Transfer-Encoding: chunked', 'Content-Length: 4'], chunked)],
  ['two lengths', message([line, host, json, length, 'Content-Length: 4'], body)],
  ['two lengths that agree', message([line, host, json, length, length], body)],
  ['lengths in a list', message([line, host, json, `Content-Length: ${body.length}, 4`], body)],
  ['a length with a sign', message([line, host, json, `Content-Length: +${body.length}`], body)],
  ['a length in hex', message([line, host, json, 'Content-Length: 0x1d'], body)],
  ['a length below zero', message([line, host, json, 'Content-Length: -1'], body)],
  ['a length beyond numbers', message([line, host, json, 'Content-Length: 99999999999999999999999'], body)],
  ['a space before the colon', message([line, host, json, 'Transfer-Encoding : chunked'], chunked)],
  ['a space before the colon of a length', message([line, host, json, `Content-Length : ${body.length}`], body)],
  ['a coding that nobody knows', message([line, host, json, 'Transfer-Encoding: xchunked'], chunked)],
  ['chunks in a coding', message([line, host, json, 'Transfer-Encoding: gzip, chunked'], chunked)],
  ['chunks that are not the last coding', message([line, host, json, 'Transfer-Encoding: chunked, identity'], chunked)],
  ['two codings', message([line, host, json, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked)],
  ['chunks twice', message([line, host, json, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked)],
  ['another server in the address', get('http://evil.example/healthz')],
  ['this server in the address', get('http://localhost/healthz')],
  ['no coding', message([line, host, json, 'Transfer-Encoding: identity', length], body)],
  ['a coding in a folded line', message([line, host, json, 'Transfer-Encoding:\r\n chunked'], chunked)],
  ['a folded line', message([line, host, json, length, 'X-Folded: one\r\n two'], body)],
  ['a line that begins with a space', message([line, ` ${host}`, json, length], body)],
  ['line feeds alone', message([line, host, json, length], body, '\n')],
  ['one line feed alone', message([line, `${host}\nTransfer-Encoding: chunked`, json, length], body)],
  ['carriage returns alone', message([line, `${host}\rX-Other: 1`, json, length], body)],
  ['a zero byte in a value', message([line, host, json, length, 'X-Zero: a\0b'], body)],
  ['a zero byte in a name', message([line, host, json, length, 'X-Ze\0ro: a'], body)],
  ['a zero byte in the address', message(['POST /v1/sc\0ore HTTP/1.1', host, json, length], body)],
  ['a control character in a value', message([line, host, json, length, 'X-Bell: a\x07b'], body)],
  ['a name that is none', message([line, host, json, length, 'X Name: a'], body)],
  ['a line without a colon', message([line, host, json, length, 'X-Name'], body)],
  ['no Host', message([line, json, length], body)],
  ['two Hosts', message([line, host, 'Host: evil.example', json, length], body)],
  ['Host twice alike', message([line, host, host, json, length], body)],
  ['another version', message(['POST /v1/score HTTP/3.7', host, json, length], body)],
  ['no version', message(['POST /v1/score', host, json, length], body)],
  ['a method that is none', message(['PO ST /v1/score HTTP/1.1', host, json, length], body)],
  ['a chunk that is no number', message([line, host, json, 'Transfer-Encoding: chunked'], `x\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk with a sign', message([line, host, json, 'Transfer-Encoding: chunked'], `+1d\r\n${body}\r\n0\r\n\r\n`)],
  [
    'a chunk beyond numbers',
    message([line, host, json, 'Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`),
  ],
  ['a chunk longer than it says', message([line, host, json, 'Transfer-Encoding: chunked'], `2\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk that a line feed ends', message([line, host, json, 'Transfer-Encoding: chunked'], `1d\n${body}\n0\n\n`)],
  [
    '20 KB beside the length of a chunk',
    message([line, host, json, 'Transfer-Encoding: chunked'], `1d;${'x'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`),
  ],
  ['20 KB of a header', message([line, host, json, length, `X-Long: ${'x'.repeat(20_000)}`], body), /^HTTP\/1\.1 431 /],
  [
    '20 KB of an address',
    message([`POST /v1/score?${'x'.repeat(20_000)} HTTP/1.1`, host, json, length], body),
    /^HTTP\/1\.1 431 /,
  ],
  [
    '3,000 headers',
    message([line, host, json, length, ...Array.from({ length: 3000 }, (_, i) => `X-${i}: 1`)], body),
    /^HTTP\/1\.1 431 /,
  ],
];

describe('refused, and the connection ended', () => {
  test.each(refused)('%s', async (_title, text, status = /^HTTP\/1\.1 400 /) => {
    const received = await raw(port, text + behind);
    expect(received).toMatch(status);
    expect(received.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
    expect(received).toMatch(/connection: close/i);
    expect(received).toMatch(/application\/problem\+json/);
    expect(timesRun()).toBe(0);
  });
});

describe('read, and what is behind it is read as what it is', () => {
  test.each([
    ['another server in Host', message(['GET /healthz HTTP/1.1', 'Host: evil.example']), 421],
    ['a method that another header asks for', message(['GET /v1/score HTTP/1.1', host, 'X-HTTP-Method-Override: POST']), 405],
  ])('%s', async (_title, text, status) => {
    const received = await raw(port, text + behind);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect([received.match(/HTTP\/1\.1 \d{3} /g)?.length, timesRun()]).toEqual([2, 1]);
  });
});

test('into half an answer no other is put, and behind the last one nothing', async () => {
  const slow = createListener((request, response) => {
    request.resume();
    if (request.url === '/half') response.write('half');
    else response.setHeader('Connection', 'close').end('whole');
  }, undefined);
  await listen(slow, '127.0.0.1', 0);
  const at = (slow.address() as AddressInfo).port;
  const ask = (path: string): Promise<string> => raw(at, `${message([`GET ${path} HTTP/1.1`, host])}\0\r\n\r\n`);
  // What was asked for alone, or nothing where the connection was cut before it was out.
  expect((await ask('/half').catch(() => '')).replace(/^HTTP\/1\.1 200 [\s\S]*/, '')).toBe('');
  const whole = await ask('/whole').catch(() => '');
  expect(whole.includes('SERVER_HEADER')).toBe(false);
  expect((await ask('/half').catch(() => '')).includes('SERVER_HEADER')).toBe(false);
  slow.closeAllConnections();
  slow.close();
});
