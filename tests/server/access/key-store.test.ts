/** Keys of an issuer that is down, slow to rotate, or asked for keys that do not exist. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keyStore } from '../../../src/server/access/key-store.ts';
import { tokenAccess } from '../../../src/server/access/token-access.ts';
import type { Access } from '../../../src/server/access/principal.ts';
import { configOf, nowMs, publicUrl, request, testIssuer, type TestIssuer } from './token-support.ts';

let clockMs: number;
let calls: number;
let answer: () => Promise<unknown>;
let idp: TestIssuer;
let access: Access;
beforeEach(async () => {
  clockMs = 0;
  calls = 0;
  idp = await testIssuer('https://idp.example.org', 'ES256', { aud: publicUrl, sub: 'a', scope: 'score:read' });
  answer = () => Promise.resolve(idp.jwks);
  access = tokenAccess({
    config: configOf([idp]),
    publicUrl,
    now: () => nowMs,
    monotonic: () => clockMs,
    fetchDocument: () => {
      calls += 1;
      return answer();
    },
  });
});

const ask = async (token: Promise<string>) => access.identify(request(await token), 'score:read');

test('never loaded is 503, and asked for once in 30 seconds', async () => {
  answer = () => Promise.reject(new Error('down'));
  for (let i = 0; i < 5; i += 1) await expect(ask(idp.token())).rejects.toMatchObject({ code: 'SERVER_KEYS' });
  expect(calls).toBe(1);
  answer = () => Promise.resolve(idp.jwks);
  clockMs = 30_000;
  expect(await ask(idp.token())).toMatchObject({ subject: 'a' });
});

test('a document that is no key set is as good as none', async () => {
  answer = () => Promise.resolve({ keys: 'ZZPHI' });
  await expect(ask(idp.token())).rejects.toMatchObject({ code: 'SERVER_KEYS' });
});

test('known keys go on while the issuer is down; made-up key ids make one request in 30 seconds', async () => {
  await ask(idp.token());
  answer = () => Promise.reject(new Error('down'));
  for (clockMs = 0; clockMs < 3_600_000; clockMs += 120_000) expect(await ask(idp.token())).toMatchObject({ subject: 'a' });
  calls = 0;
  clockMs += 30_000;
  for (let i = 0; i < 20; i += 1) {
    await expect(ask(idp.token({}, { kid: `made-up-${i}` }))).rejects.toMatchObject({ code: 'SERVER_UNAUTHENTICATED' });
  }
  expect(calls).toBe(1);
});

test('a new key is found within 30 seconds, a withdrawn one goes after ten minutes', async () => {
  await ask(idp.token());
  const next = await testIssuer(idp.issuer, 'ES256', { aud: publicUrl, sub: 'b', scope: 'score:read' }, 'k2');
  answer = () => Promise.resolve(next.jwks);
  await expect(ask(next.token())).rejects.toMatchObject({ code: 'SERVER_UNAUTHENTICATED' });
  clockMs = 30_000;
  expect(await ask(next.token())).toMatchObject({ subject: 'b' });
  await expect(ask(idp.token())).rejects.toMatchObject({ code: 'SERVER_UNAUTHENTICATED' });
});

describe('over HTTP', () => {
  const asked: string[] = [];
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      if (path === '/moved') response.writeHead(302, { location: '/jwks' }).end();
      else if (path === '/large') response.end(JSON.stringify({ ...idp.jwks, more: 'x'.repeat(300 * 1024) }));
      else response.end(path === '/jwks' ? JSON.stringify(idp.jwks) : '<html>sign in</html>');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const keysAt = async (path: string): Promise<unknown> => {
    asked.length = 0;
    const [header = ''] = (await idp.token()).split('.');
    const keys = keyStore({ jwksUri: `${origin}${path}`, monotonic: () => clockMs });
    return keys(JSON.parse(Buffer.from(header, 'base64url').toString()) as Parameters<typeof keys>[0], {
      payload: '',
      signature: '',
    });
  };

  test('keys are had from the address itself', async () => {
    expect(await keysAt('/jwks')).toBeDefined();
  });

  test.each(['/moved', '/large', '/page'])('%s gives none, and is asked for nothing else', async (path) => {
    await expect(keysAt(path)).rejects.toMatchObject({ code: 'SERVER_KEYS' });
    expect(asked).toEqual([path]);
  });
});
