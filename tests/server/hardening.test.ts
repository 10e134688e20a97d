/** What is true of every answer and every request, whatever the route: nothing about it can be turned against its user. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, type AddressInfo } from 'node:net';
import { createListener, listen } from '../../src/server/listener.ts';
import type { WebPage } from '../../src/server/page/web-routes.ts';
import { tokenAccess } from '../../src/server/access/token-access.ts';
import { configOf, nowMs, publicUrl, testIssuer } from './access/token-support.ts';
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
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
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

describe('a message that two readers could read differently ends its connection, and nothing behind it is run', () => {
  const head = 'POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const body = '{"features":{"age_years":70}}';
  test.each([
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks and a length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: ${body.length}\r\nContent-Length: 0\r\n\r\n${body}`],
    ['a list of lengths', `${head}Content-Length: ${body.length}, ${body.length}\r\n\r\n${body}`],
    ['a signed length', `${head}Content-Length: +${body.length}\r\n\r\n${body}`],
    ['a length in hexadecimal', `${head}Content-Length: 0x1d\r\n\r\n${body}`],
    ['another coding before chunks', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['another coding after chunks', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a coding that only looks like chunks', `${head}Transfer-Encoding: xchunked\r\n\r\n`],
    ['two codings', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `${head}X-A: b\r\n c\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['line feeds alone', `${head.replaceAll('\r\n', '\n')}Content-Length: ${body.length}\n\n${body}`],
    ['a NUL in a header', `${head}X-A: b\0c\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['a carriage return in a header', `${head}X-A: b\rX-B: c\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['a chunk without end', `${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`],
    ['a chunk size that is none', `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
    ['an endless extension of a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n5;${'a'.repeat(20_000)}\r\n`],
    ['two hosts', `${head}Host: evil.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['no host', `${head.replace('Host: localhost\r\n', '')}Content-Length: ${body.length}\r\n\r\n${body}`],
    ['HTTP/0.9', 'GET /healthz\r\n\r\n'],
  ])('%s', async (_title, message) => {
    const served = await serve();
    const server = createListener(served.app, undefined);
    await listen(server, '127.0.0.1', 0);
    try {
      const received = await raw(
        (server.address() as AddressInfo).port,
        `${message}GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      );
      expect(received).toMatch(/^HTTP\/1\.1 4(00|13|21|31) /);
      expect(received).not.toMatch(/HTTP\/1\.1 [1235]/);
      expect([served.calls.features, served.audited]).toEqual([[], []]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('an address in place of a path is read as its path', async () => {
    const { port } = await serve();
    const received = await raw(port, 'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 (200|400|404|421) /);
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

test('who is not believed, or may not, is a line of the log, with nothing of the token', async () => {
  const idp = await testIssuer('https://idp.example.org', 'ES256', { aud: publicUrl, sub: 'ZZPHI' });
  const access = tokenAccess({
    config: configOf([idp]),
    publicUrl,
    now: () => nowMs,
    fetchDocument: () => Promise.resolve(idp.jwks),
  });
  const { url, log } = await serve({ access });
  const forged = `${await idp.token({ scope: 'score:read' })}x`;
  const lesser = await idp.token({ scope: 'audit:read' });
  for (const token of [forged, lesser]) {
    await fetch(`${url}/v1/model`, { headers: { authorization: `Bearer ${token}` } });
    expect(log.join('')).not.toContain(token.slice(0, 20));
  }
  expect(log.join('')).not.toContain('ZZPHI');
  expect(log.map((line) => JSON.parse(line) as object)).toMatchObject([
    { route: '/v1/model', status: 401, code: 'SERVER_UNAUTHENTICATED' },
    { route: '/v1/model', status: 403, code: 'SERVER_FORBIDDEN' },
  ]);
  const monitor = { authorization: `Bearer ${await idp.token({ scope: 'metrics:read' })}` };
  const metrics = await (await fetch(`${url}/metrics`, { headers: monitor })).text();
  expect(metrics).toMatch(/readmission_errors_total\{code="SERVER_UNAUTHENTICATED"\} 1/);
});

describe('in the code that serves', () => {
  const sources = ['src/server', 'src/model', 'src/fhir', 'src/scoring', 'src/util', 'src/cli'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  );

  test('no certificate goes unchecked, no hash is weak, no text is run, no merge follows a prototype', () => {
    expect(sources.length).toBeGreaterThan(100);
    const never = [
      /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity|insecureHTTPParser/,
      /create(Hash|Hmac)\('(?!sha256')|\bmd5\b|'sha-?1'/i,
      /\beval\(|new Function\(|child_process|vm\.run/,
      /__proto__\s*[:=]|setPrototypeOf/,
    ];
    for (const [name, text] of sources) for (const pattern of never) expect([name, pattern.exec(text)]).toEqual([name, null]);
  });

  test('every package is installed by its hash', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean; inBundle?: boolean; resolved?: string }>;
    };
    const installed = Object.entries(packages).filter(([path, { link, inBundle }]) => path !== '' && !link && !inBundle);
    expect(installed.length).toBeGreaterThan(100);
    for (const [path, { integrity, resolved }] of installed) {
      expect([path, integrity?.startsWith('sha512-')]).toEqual([path, true]);
      expect([path, resolved ?? 'https://registry.npmjs.org/']).toEqual([
        path,
        expect.stringMatching(/^https:\/\/registry\.npmjs\.org\//),
      ]);
    }
  });
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
