/**
 * The only way to the network of a pull: one request with its policy (limits, retries, redirects, token), one parsed answer.
 *
 * In      method, address, headers and body, as the FHIR client made them
 * Out     the parsed resource of a 2xx answer, its bytes and the server's clock; or one error that says what to do
 * Choice  every address, first or from a redirect, is checked against the configured server before anything is sent; the token is
 *         added here, after the check, and only in the Authorization header
 * Choice  only reads are sent (GET, and POST to _search), so any of them may be tried again
 * Choice  a 401 asks the token source once for another token; a second 401 is final
 * Choice  redirects are followed by hand, within the server, three at most; 303 turns into GET, the others keep their method, as a
 *         search by POST must not lose its body
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CancelledError, FhirError } from '../errors.ts';
import { createExchanger, type Exchanged, type ExchangeRequest, type ExchangeLimits } from './exchange.ts';
import type { Lookup } from './address-guard.ts';
import { parseFhirJson, type FhirJson } from './fhir-json.ts';
import { isLoopbackName, resolveLink, type FhirBase } from './origin.ts';
import { describeOutcome } from './outcome.ts';
import { defaultRetryPolicy, parseHttpDate, retrySchedule, type RetryPolicy } from './retry.ts';
import { semaphore } from './semaphore.ts';

/** Gives the bearer token, or undefined for none; called again with the token that a server refused. */
export type TokenSource = (refused?: string) => Promise<string | undefined>;

export interface TransportOptions {
  readonly base: FhirBase;
  readonly token?: TokenSource | undefined;
  /** Requests under way at most; 4. */
  readonly parallel?: number | undefined;
  /** Longest silence of a server, milliseconds; 30,000. A whole answer may take four times as long. */
  readonly timeoutMs?: number | undefined;
  /** Largest answer, bytes; 64 MiB. */
  readonly maxBytes?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** Trusted certificate authorities, PEM, instead of the system's. */
  readonly ca?: string | undefined;
  readonly lookup?: Lookup | undefined;
}

export interface FhirAnswer extends FhirJson {
  /** Address that answered. */
  readonly url: string;
}

export interface Transport {
  send(request: {
    method: string;
    url: string;
    headers?: Readonly<Record<string, string>>;
    body?: string | undefined;
  }): Promise<FhirAnswer>;
  /** Exchanges, repeated ones among them; and the server's clock at the first answer, epoch milliseconds. */
  readonly stats: { readonly requests: number; readonly retries: number; readonly serverMs: number | undefined };
  close(): void;
}

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 64 * 1024 * 1024;
const maxRedirects = 3;
/** Failures of the line or of a page's text: another try may well succeed. */
const passing = new Set(['FHIR_TIMEOUT', 'FHIR_CONNECTION', 'FHIR_TRUNCATED', 'FHIR_JSON', 'FHIR_SERVER']);
const retriedStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

export function createTransport(options: TransportOptions): Transport {
  const { base, signal } = options;
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? defaultSleep;
  const parallel = options.parallel ?? 4;
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const schedule = retrySchedule(policy);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const limits: ExchangeLimits = { timeoutMs, tryMs: 4 * timeoutMs, maxBytes: options.maxBytes ?? defaultMaxBytes, signal };
  const exchanger = createExchanger({ sockets: parallel, ca: options.ca, ...(options.lookup ? { lookup: options.lookup } : {}) });
  const slots = semaphore(parallel);
  const stats = { requests: 0, retries: 0, serverMs: undefined as number | undefined };

  /** One try: the exchange with its redirects, and one renewal of the token. */
  async function attempt(request: ExchangeRequest): Promise<{ answer: Exchanged; url: string }> {
    let { method, url, body } = request;
    let token = await bearerToken();
    let renewed = false;
    for (let hops = 0; ;) {
      const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      stats.requests += 1;
      const answer = await exchanger.exchange({ method, url, body, headers: { ...request.headers, ...authorization } }, limits);
      if (answer.status === 401 && token !== undefined && !renewed) {
        renewed = true;
        token = await bearerToken(token);
        continue;
      }
      if (![301, 302, 303, 307, 308].includes(answer.status)) return { answer, url };
      hops += 1;
      const location = answer.headers.location;
      if (hops > maxRedirects || location === undefined) throw badRedirect(hops);
      url = resolveLink(base, url, location, { kind: 'redirect' });
      if (answer.status === 303) [method, body] = ['GET', undefined];
    }
  }

  async function bearerToken(refused?: string): Promise<string | undefined> {
    const token = await options.token?.(refused);
    if (token === undefined || token === '') return undefined;
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new FhirError('FHIR_TOKEN', 'bearer token: expected printable ASCII without spaces, found other characters');
    }
    if (!base.confidential) {
      throw new FhirError('FHIR_INSECURE', 'expected https for a request with a token, found http; use an https address');
    }
    return token;
  }

  async function tries(request: ExchangeRequest): Promise<FhirAnswer> {
    for (let count = 1; ; count += 1) {
      let retryAfter: string | undefined;
      try {
        const { answer, url } = await attempt(request);
        retryAfter = answer.headers['retry-after'];
        if (answer.status < 200 || answer.status > 299) throw statusError(answer, request);
        const parsed = parseFhirJson(answer.body, answer.headers);
        schedule.succeeded();
        stats.serverMs ??= parseHttpDate(answer.headers.date ?? '');
        return { ...parsed, url };
      } catch (error) {
        if (signal?.aborted === true) throw new CancelledError('pull');
        if (!(error instanceof FhirError) || !passing.has(error.code)) throw error;
        const decision = schedule.next(count, retryAfter, now());
        if (!decision.retry) throw unavailable(error, count, decision.reason, decision.waitMs);
        stats.retries += 1;
        await pause(decision.waitMs);
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    try {
      await sleep(ms, signal);
    } catch (error) {
      if (signal?.aborted === true) throw new CancelledError('pull');
      throw error;
    }
  }

  return {
    stats,
    close: () => exchanger.close(),
    async send({ method, url, headers = {}, body }) {
      if (method !== 'GET' && method !== 'POST') throw new FhirError('FHIR_METHOD', `expected GET or POST, found ${method}`);
      const checked = resolveLink(base, base.text, url, { kind: 'next' });
      const accept = { accept: 'application/fhir+json', 'accept-encoding': isLocal(base) ? 'identity' : 'gzip' };
      return slots.run(() => tries({ method, url: checked, headers: { ...accept, ...headers }, body }), signal);
    },
  };
}

/** Compression between two processes of one machine costs more than it saves. */
function isLocal(base: FhirBase): boolean {
  return isLoopbackName(base.hostname);
}

function statusError(answer: Exchanged, request: ExchangeRequest): FhirError {
  const { status } = answer;
  const said = describeBody(answer);
  const where = `${request.method} ${new URL(request.url).pathname}`;
  const details = { status, path: new URL(request.url).pathname };
  const found = said === null ? `status ${status}` : `status ${status} (${said})`;
  if (retriedStatuses.has(status))
    return new FhirError('FHIR_SERVER', `${where}: expected an answer, found ${found}`, { details });
  if (status === 401) {
    return new FhirError('FHIR_UNAUTHORIZED', `${where}: expected access, found ${found}; give a valid bearer token`, {
      details,
    });
  }
  if (status === 403) {
    return new FhirError('FHIR_FORBIDDEN', `${where}: expected access, found ${found}; ask for the scope to read this`, {
      details,
    });
  }
  if (status === 404 || status === 410) {
    return new FhirError('FHIR_NOT_FOUND', `${where}: expected an answer, found ${found}; check server address and types`, {
      details,
    });
  }
  return new FhirError('FHIR_REFUSED', `${where}: expected an answer, found ${found}; change the query`, { details });
}

function describeBody(answer: Exchanged): string | null {
  try {
    return describeOutcome(parseFhirJson(answer.body, answer.headers).resource);
  } catch {
    return null;
  }
}

function badRedirect(hops: number): FhirError {
  const found = hops > maxRedirects ? `more than ${maxRedirects} redirects` : 'a redirect without an address';
  return new FhirError('FHIR_REDIRECT', `expected an answer, found ${found}; use the address it leads to`);
}

function unavailable(cause: FhirError, tries: number, reason: string, waitMs: number): FhirError {
  const found = reason === 'wait' ? `a server that asks to wait ${Math.round(waitMs / 1000)} s` : `${tries} failed tries`;
  const shared = reason === 'budget' ? ' and no retries left for this run' : '';
  const message = `expected an answer, found ${found}${shared}; last: ${cause.message}; run the same command again to resume`;
  return new FhirError('FHIR_UNAVAILABLE', message, { details: { ...cause.details, tries, reason, last: cause.code }, cause });
}

async function defaultSleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
}
