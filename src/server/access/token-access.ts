/**
 * Access by signed tokens: OIDC and SMART access tokens for the API, self-signed ones of CDS Hooks clients for its services.
 *
 * In      a request, and what its route asks for
 * Out     the caller; or one refusal of one wording, whatever was wrong with the token
 * Choice  the token's own header chooses nothing: algorithm, keys and their address are those of the operator's file; a token that
 *         brings a key, names another address or asks for an extension is refused before anything is fetched
 * Choice  a CDS Hooks token is for one address and one use; an access token may be used until it expires
 * Source  RFC 7519, 8725, 9068; CDS Hooks 2.0, Trusting CDS Clients
 */
import type { IncomingMessage } from 'node:http';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { RequestRefusal } from '../operation-outcome.ts';
import type { AccessConfig, IssuerConfig } from './access-config.ts';
import { keyStore, type KeyStoreOptions } from './key-store.ts';
import { scopes, type Access, type Principal, type Scope } from './principal.ts';
import { replayGuard } from './replay-guard.ts';

export interface TokenAccessOptions {
  readonly config: AccessConfig;
  /** Address by which CDS clients reach this server, without a trailing slash: `aud` of their tokens is one below it. */
  readonly publicUrl: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Milliseconds that only grow. */
  readonly monotonic?: (() => number) | undefined;
  readonly fetchDocument?: KeyStoreOptions['fetchDocument'];
}

/** Clocks differ. */
const toleranceSeconds = 30;
/** Longest life of a CDS Hooks token. */
const cdsMaxAgeSeconds = 300;
const maxTokenLength = 8192;

interface Trusted<C> {
  readonly config: C;
  readonly keys: JWTVerifyGetKey;
}

export function tokenAccess(options: TokenAccessOptions): Access {
  const { config, publicUrl, now = Date.now, monotonic = () => performance.now(), fetchDocument } = options;
  const trust = <C extends { readonly issuer: string; readonly jwksUri: string }>(
    entries: readonly C[],
  ): Map<string, Trusted<C>> =>
    new Map(entries.map((c) => [c.issuer, { config: c, keys: keyStore({ jwksUri: c.jwksUri, monotonic, fetchDocument }) }]));
  const issuers = trust(config.issuers);
  const clients = trust(config.cdsClients);
  const replay = replayGuard({ now, toleranceSeconds });

  const verified = (token: string, keys: JWTVerifyGetKey, more: JWTVerifyOptions): Promise<{ payload: JWTPayload }> =>
    jwtVerify(token, keys, { currentDate: new Date(now()), clockTolerance: toleranceSeconds, ...more });

  async function ofIssuer(token: string, header: TokenHeader): Promise<Principal> {
    if (header.jku !== undefined) throw new NotBelieved();
    const trusted = trustedOf(issuers, token);
    const { issuer, audience, algorithms, onlyAtJwt, tenants } = trusted.config;
    if (!isAccessTokenType(header.typ, onlyAtJwt)) throw new NotBelieved();
    const requiredClaims = ['exp', 'iat', 'aud'];
    const { payload } = await verified(token, trusted.keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims,
      maxTokenAge: '24 h',
    });
    if (isOfAnotherKind(payload)) throw new NotBelieved();
    const principal = principalOf(payload, trusted.config);
    if (tenants !== undefined && (principal.tenant === null || !tenants.includes(principal.tenant))) throw new NotBelieved();
    return principal;
  }

  async function ofCdsClient(token: string, header: TokenHeader, path: string): Promise<Principal> {
    const trusted = trustedOf(clients, token);
    const { issuer, jwksUri, algorithms, tenants } = trusted.config;
    if (publicUrl === undefined || header.typ !== 'JWT') throw new NotBelieved();
    if (header.jku !== undefined && header.jku !== jwksUri) throw new NotBelieved();
    const { payload } = await verified(token, trusted.keys, {
      issuer,
      audience: `${publicUrl}${path}`,
      algorithms,
      requiredClaims: ['exp', 'iat', 'jti', 'aud'],
      maxTokenAge: cdsMaxAgeSeconds,
    });
    const { jti, exp = 0, iat = 0 } = payload;
    const tenant = textClaim(payload, 'tenant');
    if (typeof jti !== 'string' || jti === '' || jti.length > 256 || exp - iat > cdsMaxAgeSeconds) throw new NotBelieved();
    if (tenants !== undefined && (tenant === null || !tenants.includes(tenant))) throw new NotBelieved();
    if (!replay.firstUse(issuer, jti, exp)) throw new NotBelieved();
    return { subject: issuer, issuer, client: issuer, tenant, patient: null, scopes: new Set<Scope>() };
  }

  return {
    async identify(request, needs) {
      try {
        const token = bearerToken(request);
        const header = tokenHeader(token);
        const path = (request.url ?? '').split('?')[0] as string;
        return await (needs === 'cds-client' ? ofCdsClient(token, header, path) : ofIssuer(token, header));
      } catch (error) {
        if (error instanceof RequestRefusal) throw error;
        throw unauthenticated();
      }
    },
  };
}

/** Says nothing of why; whoever is entitled can look at the token. */
class NotBelieved extends Error {}

function unauthenticated(): RequestRefusal {
  return new RequestRefusal('SERVER_UNAUTHENTICATED', 'expected one Bearer token of an issuer that this server believes', {
    'WWW-Authenticate': 'Bearer',
  });
}

interface TokenHeader {
  readonly typ?: string | undefined;
  readonly jku?: string | undefined;
}

function bearerToken(request: IncomingMessage): string {
  // Node joins or drops repeated headers; two tokens are a question of who is meant.
  const given = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  const value = request.headers.authorization ?? '';
  const token = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(value)?.[1];
  if (given.length !== 1 || token === undefined || token.length > maxTokenLength) throw new NotBelieved();
  return token;
}

/** What would let a token choose its own key is refused here. */
function tokenHeader(token: string): TokenHeader {
  const header = decodeProtectedHeader(token);
  for (const name of ['crit', 'b64', 'jwk', 'x5u', 'x5c', 'zip', 'enc']) if (name in header) throw new NotBelieved();
  const { kid, typ, jku } = header;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 256)) throw new NotBelieved();
  return { typ, jku: jku as string | undefined };
}

function isAccessTokenType(typ: string | undefined, onlyAtJwt: boolean): boolean {
  return onlyAtJwt ? /^(application\/)?at\+jwt$/i.test(typ ?? '') : /^((application\/)?at\+)?jwt$/i.test(typ ?? 'JWT');
}

/**
 * ID tokens, refresh tokens and messages of the same issuer, signed by the same key, whatever audience was configured. Marks: hashes that only ID
 * tokens carry (OpenID Connect), events (RFC 8417), and what Keycloak and Cognito write into their tokens.
 */
function isOfAnotherKind(payload: JWTPayload): boolean {
  const { typ, token_use: use } = payload;
  if (['at_hash', 'c_hash', 's_hash', 'events'].some((name) => name in payload)) return true;
  return (typeof typ === 'string' && /^(id|refresh|offline|logout)$/i.test(typ)) || (typeof use === 'string' && use !== 'access');
}

function trustedOf<C>(known: ReadonlyMap<string, Trusted<C>>, token: string): Trusted<C> {
  const trusted = known.get(decodeJwt(token).iss ?? '');
  if (trusted === undefined) throw new NotBelieved();
  return trusted;
}

function principalOf(payload: JWTPayload, config: IssuerConfig): Principal {
  const client = textClaim(payload, 'client_id') ?? textClaim(payload, 'azp');
  const subject = payload.sub ?? client;
  if (subject === null || subject === '') throw new NotBelieved();
  const patient = textClaim(payload, 'patient');
  return {
    subject,
    issuer: config.issuer,
    client,
    tenant: config.tenantClaim === undefined ? null : textClaim(payload, config.tenantClaim),
    patient: patient === null ? null : `Patient/${patient.replace(/^Patient\//, '')}`,
    scopes: scopesOf(payload, config),
  };
}

/** `scope` as one text (RFC 8693) or `scp` as a list. */
function scopesOf(payload: JWTPayload, config: IssuerConfig): ReadonlySet<Scope> {
  const { scope, scp } = payload;
  const given = [
    ...(typeof scope === 'string' ? scope.split(' ') : []),
    ...(Array.isArray(scp) ? (scp as unknown[]).filter((item) => typeof item === 'string') : []),
  ];
  const own = given.filter((name): name is Scope => (scopes as readonly string[]).includes(name));
  return new Set([...own, ...given.flatMap((name) => (Object.hasOwn(config.scopes, name) ? (config.scopes[name] ?? []) : []))]);
}

function textClaim(payload: JWTPayload, name: string): string | null {
  const value = payload[name];
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : null;
}
