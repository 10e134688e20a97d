/** Issuers with real keys, and tokens of every kind of wrongness. */
import type { IncomingMessage } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { accessConfigSchema, type AccessConfig } from '../../../src/server/access/access-config.ts';

export const nowMs = Date.UTC(2026, 0, 5, 12);
const nowSeconds = nowMs / 1000;
export const publicUrl = 'https://risk.example.org';
export const cdsPath = '/cds-services/readmission-risk-discharge';

export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly jwks: { keys: JWK[] };
  /** A good token, but for what is given. */
  token(claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function testIssuer(issuer: string, alg: string, claims: JWTPayload, kid = 'k1'): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    jwks: { keys: [jwk] },
    token: (more = {}, header = {}) => {
      const payload = { iss: issuer, iat: nowSeconds - 5, exp: nowSeconds + 200, ...claims, ...more };
      for (const [name, value] of Object.entries(payload)) if (value === undefined) delete payload[name as keyof typeof payload];
      return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'JWT', ...header }).sign(privateKey);
    },
  };
}

export function configOf(issuers: readonly TestIssuer[], cdsClients: readonly TestIssuer[] = []): AccessConfig {
  return accessConfigSchema.parse({
    issuers: issuers.map(({ issuer, jwksUri }) => ({
      issuer,
      jwksUri,
      audience: publicUrl,
      tenantClaim: 'hospital',
      scopes: { 'system/RiskAssessment.rs': ['score:read'] },
    })),
    cdsClients: cdsClients.map(({ issuer, jwksUri }) => ({ issuer, jwksUri })),
  });
}

export function request(token: string | undefined, path = '/v1/score', more: readonly string[] = []): IncomingMessage {
  const headers = token === undefined ? [] : ['Authorization', `Bearer ${token}`];
  return {
    url: path,
    rawHeaders: [...headers, ...more],
    headers: { authorization: headers[1] },
    socket: { remoteAddress: '192.0.2.1' },
  } as unknown as IncomingMessage;
}

export const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export { nowSeconds };
