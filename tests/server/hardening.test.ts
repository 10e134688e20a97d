/** What is true of every answer and every request, whatever the route: nothing about it can be turned against its user. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import type { WebPage } from '../../src/server/page/web-routes.ts';
import { closeAll, raw, serve } from './support/served.ts';

afterEach(closeAll);

const webPage: WebPage = {
  document: Buffer.from('<!doctype html><title>page</title>'),
  assets: new Map([['page.js', { bytes: Buffer.from('1'), type: 'text/javascript; charset=utf-8' }]]),
};

describe('headers of every answer', () => {
  test('nothing of it may be run, framed, guessed or told to another site', async () => {
    const { url } = await serve({ webPage });
    for (const path of ['/', '/v1/model', '/metrics', '/nothing', '/openapi.json']) {
      const { headers } = await fetch(`${url}${path}`);
      expect(headers.get('content-security-policy')).toMatch(/default-src '(none|self)'/);
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  test('text is said to be UTF-8', async () => {
    const { url, score } = await serve({ webPage });
    const typed = ['/', '/v1/model', '/metrics', '/openapi.json', '/nothing', '/assets/page.js'];
    for (const response of [...(await Promise.all(typed.map((path) => fetch(`${url}${path}`)))), await score('{')]) {
      expect(response.headers.get('content-type')).toMatch(/; charset=utf-8$/i);
    }
  });

  test('who comes by https shall stay there; who does not is not sent there', async () => {
    const open = await serve();
    const answer = await fetch(`${open.url}/v1/model`, { headers: { 'x-forwarded-proto': 'https' }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, null]);
    const behind = await serve({ publicUrl: 'https://risk.example.org' });
    expect((await fetch(`${behind.url}/v1/model`)).headers.get('strict-transport-security')).toBe(
      'max-age=31536000; includeSubDomains',
    );
  });
});

describe('what is not offered', () => {
  test.each(['TRACE', 'CONNECT', 'TRACK', 'PATCH'])('%s', async (method) => {
    const { port } = await serve();
    const received = await statusLine(
      port,
      `${method} /v1/model HTTP/1.1\r\nHost: localhost\r\nX-Echo: ZZPHI\r\nConnection: close\r\n\r\n`,
    );
    expect(received).not.toMatch(/^HTTP\/1\.1 [23]/);
    expect(received).not.toContain('ZZPHI');
  });

  test.each([
    '/.git/config',
    '/package.json',
    '/assets/',
    '/assets/..%2f..%2fpackage.json',
    '/assets/../../package.json',
    '/assets/%2e%2e/index.html',
    '/v1/',
    '/debug',
  ])('%s is nothing', async (path) => {
    const { port } = await serve({ webPage });
    const received = await raw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 404 /);
    expect(received).toContain('SERVER_NOT_FOUND');
  });
});

describe('what a request says of itself and may not', () => {
  test('who it is from, what it really is and where it went are not believed', async () => {
    const { url, port } = await serve();
    const said = {
      'x-http-method-override': 'DELETE',
      'x-user-id': 'root',
      'x-forwarded-user': 'root',
      'x-forwarded-host': 'evil.example',
      'x-original-url': '/v1/audit',
      'x-rewrite-url': '/v1/audit',
      forwarded: 'host=evil.example;proto=https',
    };
    const plain = await fetch(`${url}/fhir/metadata`);
    const answer = await fetch(`${url}/fhir/metadata`, { headers: said });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toBe(await plain.text());
    expect(text).toContain(`http://127.0.0.1:${port}`);
  });

  test('parameters of the address change nothing, however often they are given', async () => {
    const { url } = await serve();
    const plain = await (await fetch(`${url}/v1/model`)).text();
    expect(await (await fetch(`${url}/v1/model?name=a&name=b&__proto__[x]=1`)).text()).toBe(plain);
  });
});

test('the page keeps nothing in the browser, and takes no text for markup or for code', () => {
  const sources = readdirSync('src/web', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|tsx|html)$/.test(name));
  expect(sources.length).toBeGreaterThan(10);
  for (const name of sources) {
    const text = readFileSync(join('src/web', name), 'utf8');
    expect([name, /localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker/.exec(text)]).toEqual([
      name,
      null,
    ]);
    expect([name, /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function/.exec(text)]).toEqual([
      name,
      null,
    ]);
  }
});

/** Everything until the connection ends; a connection that ends without a word is an answer too. */
function statusLine(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (received += part));
    socket.on('error', () => resolve(received));
    socket.on('close', () => resolve(received));
  });
}
