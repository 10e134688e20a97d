/**
 * Whose tokens are believed, and for what: the operator's file, stated once as a schema.
 *
 * Choice  issuers, audiences, key addresses and algorithms are listed one by one; nothing a token says adds to them
 * Choice  scopes of other vocabularies (SMART's system/*.rs, say) are mapped by the operator; a scope that is not listed gives nothing
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { documentFault } from '../../util/document-fault.ts';
import { scopes } from './principal.ts';

/** Asymmetric only: a shared key would let whoever checks a token make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const cdsAlgorithms = ['ES384', 'RS384'] as const;

const httpsAddress = z
  .url()
  .refine((text) => /^https:/.test(text) || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(text), 'an https address');

const issuerSchema = z.strictObject({
  /** Exactly as the tokens have it. */
  issuer: httpsAddress,
  /** What `aud` has to name. */
  audience: z.string().min(1),
  /** Where the issuer publishes its keys (JWKS). */
  jwksUri: httpsAddress,
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'RS384', 'ES256', 'ES384']),
  /** Name of the claim that says which hospital the caller belongs to. */
  tenantClaim: z.string().min(1).optional(),
  /** Hospitals that are served here, as that claim names them; absent: every one. Each needs a server over its own records. */
  tenants: z.array(z.string().min(1)).min(1).optional(),
  /** Take tokens of the type at+jwt alone (RFC 9068): for issuers that mark their access tokens, so that no other kind can pass for one. */
  onlyAtJwt: z.boolean().default(false),
  /** Scopes of the issuer and what they permit here; those of this server's own names need no entry. */
  scopes: z.record(z.string(), z.array(z.enum(scopes))).default({}),
});

const cdsClientSchema = z.strictObject({
  /** `iss` of the client's tokens. */
  issuer: z.string().min(1),
  /** Where the client publishes its keys; a `jku` in a token has to equal it. */
  jwksUri: httpsAddress,
  /** Those that CDS Hooks names; ES384 alone where the client has such a key. */
  algorithms: z
    .array(z.enum(cdsAlgorithms))
    .min(1)
    .default([...cdsAlgorithms]),
  /** Tenants of this client that are served; absent: whatever it says, none among them. */
  tenants: z.array(z.string()).optional(),
});

export const accessConfigSchema = z
  .strictObject({
    issuers: z.array(issuerSchema).default([]),
    cdsClients: z.array(cdsClientSchema).default([]),
    rate: z
      .strictObject({
        /** Cost units a caller may use in a minute; a score by features costs 1. */
        perMinute: z.number().positive().default(6000),
        /** Cost units that may be used at once. */
        burst: z.number().positive().default(600),
      })
      .prefault({}),
  })
  .refine(({ issuers, cdsClients }) => issuers.length + cdsClients.length > 0, 'at least one entry in issuers or cdsClients')
  .refine(({ issuers }) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'each issuer once')
  .refine(
    ({ issuers }) => issuers.every(({ tenants, tenantClaim }) => tenants === undefined || tenantClaim !== undefined),
    'tenantClaim beside tenants: the claim that names the tenant',
  )
  .refine(({ cdsClients }) => new Set(cdsClients.map(({ issuer }) => issuer)).size === cdsClients.length, 'each CDS client once');

export type AccessConfig = z.infer<typeof accessConfigSchema>;
export type IssuerConfig = AccessConfig['issuers'][number];
export type CdsClientConfig = AccessConfig['cdsClients'][number];

/** @throws {UsageError} SERVER_ACCESS_FILE, naming the first fault by its path; the file system's own error */
export async function readAccessConfig(path: string): Promise<AccessConfig> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError('SERVER_ACCESS_FILE', `${path}: expected JSON, found text that is not`, { cause: error });
  }
  const parsed = accessConfigSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const { place, what } = documentFault(accessConfigSchema, document, parsed.error);
  throw new UsageError('SERVER_ACCESS_FILE', `${path}: ${place}: ${what}`);
}
