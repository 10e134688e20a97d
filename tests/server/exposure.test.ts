/** Who can reach the server: no address beyond this machine without authentication, none in clear text by accident. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localAccess } from '../../src/server/access/principal.ts';
import { exposureOf } from '../../src/server/exposure.ts';

const issuer = { issuer: 'https://idp.example.org', audience: 'risk', jwksUri: 'https://idp.example.org/jwks' };
const client = { issuer: 'https://ehr.example.org', jwksUri: 'https://ehr.example.org/jwks' };
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exposure-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const file = async (document: unknown): Promise<string> => {
  const path = join(dir, 'access.json');
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
};

test('by default this machine, and everybody on it', async () => {
  expect(await exposureOf({})).toMatchObject({ host: '127.0.0.1', loopback: true, access: localAccess, rate: undefined });
});

test('issuers are asked of everybody, this machine too', async () => {
  const { access, rate } = await exposureOf({ access: await file({ issuers: [issuer] }) });
  expect(access).not.toBe(localAccess);
  expect(rate).toBeDefined();
});

describe('is refused', () => {
  const full = { issuers: [issuer] };
  test.each<[string, object, unknown, string, string]>([
    ['every address without issuers', { host: '0.0.0.0' }, undefined, 'SERVER_REMOTE_BIND', '--access'],
    ['a name that only looks like this machine', { host: '127.0.0.1.example.org' }, undefined, 'SERVER_REMOTE_BIND', '--access'],
    ['a proxy before it without issuers', { publicUrl: 'https://risk.example.org' }, undefined, 'SERVER_REMOTE_BIND', '--access'],
    ['every address in clear text', { host: '0.0.0.0' }, full, 'SERVER_INSECURE', '--tls-cert'],
    ['a file that is no JSON', {}, '{', 'SERVER_ACCESS_FILE', 'expected JSON'],
    ['a file that trusts nobody', {}, {}, 'SERVER_ACCESS_FILE', 'at least one'],
    [
      'a symmetric algorithm',
      {},
      { issuers: [{ ...issuer, algorithms: ['HS256'] }] },
      'SERVER_ACCESS_FILE',
      'issuers.0.algorithms',
    ],
    ['keys by http', {}, { issuers: [{ ...issuer, jwksUri: 'http://idp.example.org/jwks' }] }, 'SERVER_ACCESS_FILE', 'jwksUri'],
    ['an issuer twice', {}, { issuers: [issuer, issuer] }, 'SERVER_ACCESS_FILE', 'each issuer once'],
    ['a scope that there is not', {}, { issuers: [{ ...issuer, scopes: { x: ['all'] } }] }, 'SERVER_ACCESS_FILE', 'scopes.x'],
    [
      'tenants that no claim names',
      {},
      { issuers: [{ ...issuer, tenants: ['north'] }] },
      'SERVER_ACCESS_FILE',
      'tenantClaim beside tenants',
    ],
    [
      'a symmetric algorithm of a CDS Hooks client',
      { publicUrl: 'https://risk.example.org' },
      { cdsClients: [{ ...client, algorithms: ['HS384'] }] },
      'SERVER_ACCESS_FILE',
      'cdsClients.0.algorithms',
    ],
    ['a misspelt key', {}, { issuers: [{ ...issuer, audiance: 'x' }] }, 'SERVER_ACCESS_FILE', 'audiance'],
    ['CDS Hooks clients without a public address', {}, { cdsClients: [client] }, 'SERVER_OPTION', 'publicUrl'],
    ['a public address in clear text', { publicUrl: 'http://risk.example.org' }, full, 'SERVER_OPTION', 'https'],
    ['a public address with a password', { publicUrl: 'https://a:b@risk.example.org' }, full, 'SERVER_OPTION', 'https'],
  ])('%s', async (_title, options, document, code, said) => {
    const access = document === undefined ? undefined : await file(document);
    const refused = exposureOf({ access, ...options });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
  });
});

test('every address, with issuers, behind a proxy; its address without a trailing slash', async () => {
  const access = await file({ issuers: [issuer], cdsClients: [client] });
  const exposure = await exposureOf({ host: '0.0.0.0', access, plainHttp: true, publicUrl: 'https://risk.example.org/app/' });
  expect(exposure).toMatchObject({ loopback: false, publicUrl: 'https://risk.example.org/app' });
});
