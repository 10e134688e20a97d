/** Keys of an issuer that is down, slow to rotate, or asked for keys that do not exist. */
import { beforeEach, expect, test } from '@jest/globals';
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
