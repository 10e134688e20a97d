/** Which tokens are believed: every way to be wrong is one constant refusal, and none of them makes the server fetch anything. */
import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportSPKI, importJWK } from 'jose';
import type { Access } from '../../../src/server/access/principal.ts';
import { tokenAccess } from '../../../src/server/access/token-access.ts';
import {
  base64,
  cdsPath,
  configOf,
  nowMs,
  nowSeconds,
  publicUrl,
  request,
  testIssuer,
  type TestIssuer,
} from './token-support.ts';

let idp: TestIssuer;
let ehr: TestIssuer;
let stranger: TestIssuer;
let access: Access;
let fetched: string[];

beforeAll(async () => {
  idp = await testIssuer('https://idp.example.org', 'ES256', { aud: publicUrl, sub: 'clinician-7', scope: 'openid score:read' });
  ehr = await testIssuer('https://ehr.example.org', 'ES384', { aud: `${publicUrl}${cdsPath}`, jti: 'once' });
  stranger = await testIssuer('https://idp.example.org', 'ES256', { aud: publicUrl, sub: 'x', scope: 'score:read' });
});
beforeEach(() => {
  fetched = [];
  access = tokenAccess({
    config: configOf([idp], [ehr]),
    publicUrl,
    now: () => nowMs,
    fetchDocument: async (url) => {
      fetched.push(url);
      return url === idp.jwksUri ? idp.jwks : ehr.jwks;
    },
  });
});

const refusal = { code: 'SERVER_UNAUTHENTICATED', message: expect.stringContaining('expected one Bearer token') };

describe('access tokens', () => {
  test('a good one gives caller, tenant and scopes, mapped ones among them', async () => {
    const token = await idp.token({
      client_id: 'app',
      hospital: 'north',
      scope: 'openid system/RiskAssessment.rs model:admin x',
    });
    expect(await access.identify(request(token), 'score:read')).toEqual({
      subject: 'clinician-7',
      issuer: idp.issuer,
      client: 'app',
      tenant: 'north',
      patient: null,
      scopes: new Set(['model:admin', 'score:read']),
    });
    const listed = await idp.token({ scope: undefined, scp: ['audit:read'], patient: 'p1' });
    expect(await access.identify(request(listed), 'score:read')).toMatchObject({
      patient: 'Patient/p1',
      scopes: new Set(['audit:read']),
    });
  });

  test('it may be used again until it expires', async () => {
    const token = await idp.token({ jti: 'same' });
    for (let use = 0; use < 3; use += 1) await access.identify(request(token), 'score:read');
    expect(fetched).toEqual([idp.jwksUri]);
  });

  const hmac = async (): Promise<string> => {
    const jwk = idp.jwks.keys[0];
    const secret = await exportSPKI((await importJWK(jwk!, 'ES256', { extractable: true })) as Parameters<typeof exportSPKI>[0]);
    const head = `${base64({ alg: 'HS256', typ: 'JWT', kid: 'k1' })}.${base64({ iss: idp.issuer, aud: publicUrl, sub: 'x', iat: nowSeconds, exp: nowSeconds + 60 })}`;
    return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
  };
  const cases: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['no token', () => Promise.resolve(undefined)],
    ['text', () => Promise.resolve('secret')],
    ['alg none', async () => `${base64({ alg: 'none' })}.${(await idp.token()).split('.')[1]}.`],
    ['alg none with a signature', async () => `${base64({ alg: 'none' })}.${(await idp.token()).split('.')[1]}.AAAA`],
    ['HS256 with the public key as secret', hmac],
    ['another key of the same name', () => stranger.token()],
    [
      'a changed payload',
      async () => (await idp.token()).replace(/\.([^.]+)\./, `.${base64({ iss: idp.issuer, sub: 'root' })}.`),
    ],
    ['an issuer that is not listed', () => idp.token({ iss: 'https://idp.example.org.evil.example' })],
    ['no issuer', () => idp.token({ iss: undefined })],
    ['another audience', () => idp.token({ aud: 'https://other.example.org' })],
    ['no audience', () => idp.token({ aud: undefined })],
    ['expired', () => idp.token({ exp: nowSeconds - 31 })],
    ['no expiry', () => idp.token({ exp: undefined })],
    ['no time of issue', () => idp.token({ iat: undefined })],
    ['issued in the future', () => idp.token({ iat: nowSeconds + 120 })],
    ['not yet valid', () => idp.token({ nbf: nowSeconds + 120 })],
    ['older than a day', () => idp.token({ iat: nowSeconds - 90_000 })],
    ['nobody in particular', () => idp.token({ sub: undefined })],
    ['another kind of token', () => idp.token({}, { typ: 'logout+jwt' })],
    ['an ID token by its hash', () => idp.token({ at_hash: 'x' })],
    ['an ID token of Keycloak', () => idp.token({ typ: 'ID' })],
    ['a refresh token of Keycloak', () => idp.token({ typ: 'Refresh' })],
    ['an ID token of Cognito', () => idp.token({ token_use: 'id' })],
    ['a message of the issuer', () => idp.token({ events: {} })],
    ['an address of keys', () => idp.token({}, { jku: idp.jwksUri })],
    ['an address of keys elsewhere', () => idp.token({}, { jku: 'https://evil.example/jwks' })],
    ['a key of its own', () => stranger.token({}, { jwk: stranger.jwks.keys[0]! })],
    ['a certificate of its own', () => idp.token({}, { x5u: 'https://evil.example/cert' })],
    ['an extension', () => idp.token({}, { crit: ['b64'], b64: true })],
    ['a key id that is a path', () => idp.token({}, { kid: '../../k1' })],
    ['a token of a CDS Hooks client', () => ehr.token({ aud: publicUrl })],
    ['a megabyte', async () => `${(await idp.token()).split('.').slice(0, 2).join('.')}.${'A'.repeat(1_000_000)}`],
    ['letters outside base64url', async () => `${(await idp.token()).slice(0, -3)}+/=`],
  ];
  test.each(cases)('%s is refused, in the same words', async (_title, make) => {
    const token = await make();
    await expect(access.identify(request(token), 'score:read')).rejects.toMatchObject(refusal);
    for (const url of fetched) expect(url).toBe(idp.jwksUri);
    if (token !== undefined) await expect(access.identify(request(token), 'score:read')).rejects.not.toThrow(token);
  });

  const only = async (change: object): Promise<Access> => {
    const config = configOf([idp]);
    const issuers = config.issuers.map((issuer) => ({ ...issuer, ...change }));
    return tokenAccess({
      config: { ...config, issuers },
      publicUrl,
      now: () => nowMs,
      fetchDocument: () => Promise.resolve(idp.jwks),
    });
  };

  test('marked as access tokens, where the issuer marks its own', async () => {
    const strict = await only({ onlyAtJwt: true });
    for (const typ of ['at+jwt', 'application/at+jwt']) {
      expect(await strict.identify(request(await idp.token({}, { typ })), 'score:read')).toMatchObject({
        subject: 'clinician-7',
      });
    }
    for (const typ of ['JWT', undefined as unknown as string]) {
      await expect(strict.identify(request(await idp.token({}, { typ })), 'score:read')).rejects.toMatchObject(refusal);
    }
  });

  test('of the hospitals that are served, and of no other', async () => {
    const own = await only({ tenants: ['north'] });
    expect(await own.identify(request(await idp.token({ hospital: 'north' })), 'score:read')).toMatchObject({ tenant: 'north' });
    for (const hospital of ['south', 'North', '', ['north'], undefined]) {
      await expect(own.identify(request(await idp.token({ hospital })), 'score:read')).rejects.toMatchObject(refusal);
    }
  });

  test('two Authorization headers are a question, not an answer', async () => {
    const token = await idp.token();
    const twice = request(token, '/v1/score', ['authorization', 'Bearer x']);
    await expect(access.identify(twice, 'score:read')).rejects.toMatchObject(refusal);
  });
});

describe('tokens of CDS Hooks clients', () => {
  test('for one address, once', async () => {
    const token = await ehr.token({}, { jku: ehr.jwksUri });
    expect(await access.identify(request(token, cdsPath), 'cds-client')).toMatchObject({ issuer: ehr.issuer, scopes: new Set() });
    await expect(access.identify(request(token, cdsPath), 'cds-client')).rejects.toMatchObject(refusal);
    expect(await access.identify(request(await ehr.token({ jti: 'twice' }), cdsPath), 'cds-client')).toBeDefined();
  });

  test.each<[string, Record<string, unknown>, Record<string, string>, string]>([
    ['the address of discovery', { aud: `${publicUrl}/cds-services` }, {}, cdsPath],
    ['another service', {}, {}, '/cds-services/other'],
    ['no id', { jti: undefined }, {}, cdsPath],
    ['an id that is no text', { jti: 5 }, {}, cdsPath],
    ['longer than five minutes', { exp: nowSeconds + 3600 }, {}, cdsPath],
    ['another type', {}, { typ: 'at+jwt' }, cdsPath],
    ['keys elsewhere', {}, { jku: 'https://evil.example/jwks' }, cdsPath],
  ])('%s is refused', async (_title, claims, header, path) => {
    await expect(access.identify(request(await ehr.token(claims, header), path), 'cds-client')).rejects.toMatchObject(refusal);
  });

  test('an access token is not one', async () => {
    await expect(access.identify(request(await idp.token(), cdsPath), 'cds-client')).rejects.toMatchObject(refusal);
  });

  test('an algorithm that the operator does not want of it', async () => {
    const config = configOf([], [ehr]);
    const cdsClients = config.cdsClients.map((client) => ({ ...client, algorithms: ['RS384' as const] }));
    const own = tokenAccess({
      config: { ...config, cdsClients },
      publicUrl,
      now: () => nowMs,
      fetchDocument: () => Promise.resolve(ehr.jwks),
    });
    await expect(own.identify(request(await ehr.token(), cdsPath), 'cds-client')).rejects.toMatchObject(refusal);
  });

  test('tenants that are not served', async () => {
    const config = configOf([], [ehr]);
    const served = { ...config, cdsClients: config.cdsClients.map((client) => ({ ...client, tenants: ['north'] })) };
    const own = tokenAccess({ config: served, publicUrl, now: () => nowMs, fetchDocument: () => Promise.resolve(ehr.jwks) });
    await expect(own.identify(request(await ehr.token(), cdsPath), 'cds-client')).rejects.toMatchObject(refusal);
    const north = await ehr.token({ tenant: 'north', jti: 'n' });
    expect(await own.identify(request(north, cdsPath), 'cds-client')).toMatchObject({ tenant: 'north' });
  });
});
