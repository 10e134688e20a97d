/**
 * One request and its whole answer over HTTP, with every limit in force: no retry, no redirect, no opinion on the status.
 *
 * In      method, address, headers, body; limits of time and size
 * Out     status, headers and the decoded bytes of the body; an answer that broke off is an error, never a short body
 * Choice  node:http rather than fetch: the name lookup can be guarded, the size is counted on the wire and after inflation, and
 *         nothing follows a redirect behind our back
 * Time    `timeoutMs` bounds each silence (connect, first byte, between bytes), `tryMs` the whole, so a drip of bytes ends too
 */
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { FhirError } from '../errors.ts';
import { guardedLookup, type Lookup } from './address-guard.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface ExchangeLimits {
  /** Longest silence, milliseconds. */
  readonly timeoutMs: number;
  /** Longest duration in all, milliseconds. */
  readonly tryMs: number;
  /** Largest body, bytes, on the wire and inflated. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request; keeps connections open between calls until `close`. */
export interface Exchanger {
  exchange(request: ExchangeRequest, limits: ExchangeLimits): Promise<Exchanged>;
  close(): void;
}

/**
 * @param options.sockets  connections kept at most
 * @param options.ca       certificate authorities to trust beside none of the system's, PEM
 */
export function createExchanger(options: { sockets: number; ca?: string | undefined; lookup?: Lookup }): Exchanger {
  const shared = { keepAlive: true, maxSockets: options.sockets };
  const plain = new http.Agent(shared);
  const secure = new https.Agent({ ...shared, minVersion: 'TLSv1.2', ...(options.ca === undefined ? {} : { ca: options.ca }) });
  const lookup = guardedLookup(options.lookup);
  return {
    exchange: (request, limits) =>
      new Promise((resolve, reject) => {
        const isPlain = request.url.startsWith('http:');
        const send = isPlain ? http.request : https.request;
        // The socket ends the exchange for any reason; the first reason given is the one reported.
        let settled = false;
        const fail = (error: FhirError): void => {
          if (settled) return;
          settled = true;
          stop();
          outgoing.destroy();
          reject(error);
        };
        const onAbort = (): void => fail(new FhirError('FHIR_ABORTED', 'the request was cancelled by its caller'));
        const late = (what: string, ms: number): FhirError =>
          new FhirError('FHIR_TIMEOUT', `expected ${what} within ${ms} ms, found none`, { details: { timeoutMs: ms } });
        const whole = setTimeout(() => fail(late('the whole answer', limits.tryMs)), limits.tryMs);
        const silence = setTimeout(() => fail(late('a byte of the answer', limits.timeoutMs)), limits.timeoutMs);
        const heard = (): void => {
          silence.refresh();
        };
        const stop = (): void => {
          clearTimeout(whole);
          clearTimeout(silence);
          limits.signal?.removeEventListener('abort', onAbort);
        };
        const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
        const outgoing = send(request.url, {
          method: request.method,
          headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
          agent: isPlain ? plain : secure,
          lookup,
        });
        outgoing.on('error', (cause) => fail(connectionError(cause)));
        outgoing.on('response', (incoming) => {
          heard();
          const done = (bytes: Buffer): void => {
            if (settled) return;
            settled = true;
            stop();
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: bytes });
          };
          readBody(incoming, limits.maxBytes, heard, fail, done);
        });
        if (limits.signal?.aborted === true) return onAbort();
        limits.signal?.addEventListener('abort', onAbort, { once: true });
        outgoing.end(body);
      }),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
  heard: () => void,
  fail: (error: FhirError) => void,
  done: (bytes: Buffer) => void,
): void {
  const declared = Number(incoming.headers['content-length']);
  if (declared > maxBytes) return fail(tooLarge(maxBytes));
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decoder = decoderFor(encoding);
  if (decoder === undefined) {
    const what = 'expected an answer in gzip, deflate, br or plain, found another encoding; ask the server for one of these';
    return fail(new FhirError('FHIR_ENCODING', what));
  }
  // A bomb must also stop being inflated.
  const stop = (error: FhirError): void => {
    decoder?.destroy();
    fail(error);
  };
  const chunks: Buffer[] = [];
  let wire = 0;
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    heard();
    wire += chunk.length;
    if (wire > maxBytes) stop(tooLarge(maxBytes));
  });
  incoming.on('error', (cause) => stop(truncated(cause)));
  const source = decoder === null ? incoming : incoming.pipe(decoder);
  decoder?.on('error', (cause: NodeJS.ErrnoException) => stop(cause.code === 'Z_BUF_ERROR' ? truncated(cause) : garbled(cause)));
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) stop(tooLarge(maxBytes));
    else chunks.push(chunk);
  });
  source.on('end', () =>
    incoming.complete ? done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)) : stop(truncated()),
  );
}

/** null is "as it is", undefined is "unknown". */
function decoderFor(encoding: string) {
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  if (encoding === 'br') return createBrotliDecompress();
  return undefined;
}

function tooLarge(maxBytes: number): FhirError {
  const what = `expected an answer of at most ${maxBytes} bytes, found more; ask for smaller pages (page size) or use bulk export`;
  return new FhirError('FHIR_PAGE_TOO_LARGE', what, { details: { maxBytes } });
}

function truncated(cause?: unknown): FhirError {
  return new FhirError('FHIR_TRUNCATED', 'expected the whole answer, found that the connection broke off', { cause });
}

function garbled(cause: unknown): FhirError {
  return new FhirError('FHIR_ENCODING', 'expected the encoding its header names, found other bytes; check the proxy', { cause });
}

function connectionError(cause: NodeJS.ErrnoException): FhirError {
  if (cause instanceof FhirError) return cause;
  const code = cause.code ?? 'UNKNOWN';
  const details = { code };
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO/.test(code)) {
    const what = `expected a trusted TLS certificate for this host, found ${code}; mend the certificate or name its authority`;
    return new FhirError('FHIR_TLS', what, { details, cause });
  }
  return new FhirError('FHIR_CONNECTION', `expected a connection, found ${code}`, { details, cause });
}
