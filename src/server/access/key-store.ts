/**
 * The public keys of one issuer, fetched from the address the operator gave and kept while they serve.
 *
 * Choice  a key that is not known is looked for once in 30 seconds at most, so that made-up key ids cannot be turned into traffic
 * Choice  an issuer that is down takes nothing away: the keys that are known go on; where none were ever had, the answer is 503, not 401
 */
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { createExchanger, type Exchanger } from '../../fhir/exchange.ts';
import { RequestRefusal } from '../operation-outcome.ts';

const refetchMs = 30_000;
/** Keys that still serve are looked at again after this long: withdrawn ones have to go. */
const freshMs = 600_000;
const limits = { timeoutMs: 5000, tryMs: 10_000, maxBytes: 256 * 1024 };

export interface KeyStoreOptions {
  readonly jwksUri: string;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** The document at an address; by HTTP, without following redirects. */
  readonly fetchDocument?: ((url: string) => Promise<unknown>) | undefined;
}

/** @returns what jose asks for a token's key */
export function keyStore({ jwksUri, monotonic, fetchDocument = fetchJson }: KeyStoreOptions): JWTVerifyGetKey {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let triedAt = -Infinity;
  let loadedAt = -Infinity;
  let loading: Promise<void> | undefined;

  const load = (): Promise<void> =>
    (loading ??= (async () => {
      triedAt = monotonic();
      try {
        keys = createLocalJWKSet((await fetchDocument(jwksUri)) as Parameters<typeof createLocalJWKSet>[0]);
        loadedAt = monotonic();
      } catch {
        // What was fetched before goes on; what was never fetched is told below.
      } finally {
        loading = undefined;
      }
    })());
  const mayTry = (): boolean => loading !== undefined || monotonic() - triedAt >= refetchMs;

  return async (header, token) => {
    if (keys === undefined && mayTry()) await load();
    else if (monotonic() - loadedAt >= freshMs && mayTry()) void load();
    if (keys === undefined) {
      throw new RequestRefusal('SERVER_KEYS', 'the keys of the issuer of this token could not be had; try again later');
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayTry()) throw error;
      await load();
      return keys(header, token);
    }
  };
}

async function fetchJson(url: string): Promise<unknown> {
  const exchanger: Exchanger = createExchanger({ sockets: 1 });
  try {
    const { status, body } = await exchanger.exchange({ method: 'GET', url, headers: { accept: 'application/json' } }, limits);
    if (status !== 200) throw new Error(`expected 200, found ${status}`);
    return JSON.parse(body.toString('utf8')) as unknown;
  } finally {
    exchanger.close();
  }
}
