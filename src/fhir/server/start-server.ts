/**
 * A FHIR R4 server over a landing folder, on a real port: for the demo, for pulls without a network, and for tests with faults.
 *
 * Read-only: read, search, paging, $everything and metadata. It asks for a token only where it is
 * given one, so it listens on this machine alone unless it is told otherwise.
 */
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FhirError } from '../../errors.ts';
import { silent, type OnProgress } from '../../util/progress.ts';
import { buildApp } from './build-app.ts';
import type { FaultScript } from './faults.ts';
import { Interactions } from './interactions.ts';
import { outcomeAnswer } from './operation-outcome.ts';
import { ResourceStore } from './resource-store.ts';

export interface FhirServerOptions {
  /** The landing folder to serve; it is read once, at the start. */
  readonly landing: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1. */
  readonly host?: string;
  /** A larger `_count` is clamped to this; 1000. */
  readonly maxPageSize?: number;
  /** Entries on a page where `_count` is absent; 100. */
  readonly defaultPageSize?: number;
  /** A page whose resources are larger is refused, in bytes; 64 MiB. */
  readonly maxPageBytes?: number;
  /** A search whose pages nobody asked for this long is forgotten (410); one hour. */
  readonly pagingTimeoutMs?: number;
  /** What every request has to bring as a Bearer token; none by default. */
  readonly token?: string;
  /** Faults for tests; see ./faults.ts. */
  readonly faults?: FaultScript;
  readonly onProgress?: OnProgress;
  /** The clock, epoch milliseconds; where given, answers are dated by it too. */
  readonly now?: () => number;
}

export interface FhirServer {
  /** The FHIR base, without a trailing slash: http://127.0.0.1:PORT/fhir */
  readonly url: string;
  readonly port: number;
  /** Requests received so far. */
  requests(): number;
  /** Stops listening, lets answers under way finish for a second, then cuts what is left. */
  close(): Promise<void>;
}

/**
 * @throws {FhirError} as `ResourceStore.load` for the folder; SERVER_LISTEN when the port cannot be had
 */
export async function startFhirServer(options: FhirServerOptions): Promise<FhirServer> {
  const { host = '127.0.0.1', port = 0, maxPageSize = 1000, defaultPageSize = 100, pagingTimeoutMs = 3_600_000 } = options;
  const { maxPageBytes = 64 * 1024 * 1024 } = options;
  const store = await ResourceStore.load(options.landing, options.onProgress ?? silent);
  const limits = { maxPageSize, maxPageBytes, defaultPageSize: Math.min(defaultPageSize, maxPageSize) };
  const stop = new AbortController();
  let requests = 0;
  const app = buildApp({
    interactions: new Interactions(store, limits, pagingTimeoutMs, options.now ?? Date.now),
    faults: options.faults,
    loopback: /^(127\.|::1$|localhost$)/.test(host),
    stopped: stop.signal,
    token: options.token,
    nextNumber: () => (requests += 1),
  });
  const { now } = options;
  const server = createServer(
    { connectionsCheckingInterval: 1000, headersTimeout: 10_000, requestTimeout: 30_000 },
    (request, response) => {
      if (now !== undefined) response.setHeader('Date', new Date(now()).toUTCString());
      app(request, response);
    },
  );
  server.maxConnections = 1000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What Node's parser refuses never reaches the app; the answer is FHIR all the same.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const { headers, body } = outcomeAnswer(
      status,
      status === 431 ? 'too-long' : 'invalid',
      'the request is malformed, too long or too slow',
    );
    const head = { ...headers, 'Content-Length': String(body.length), Connection: 'close' };
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`), body]));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const what = `expected to listen on ${host}:${port}, found ${cause.code ?? 'an error'}; choose another port, or 0 for any`;
      reject(new FhirError('SERVER_LISTEN', what, { details: { host, port }, cause }));
    });
    server.listen(port, host, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/fhir`,
    port: actual,
    requests: () => requests,
    close: () =>
      (closing ??= new Promise<void>((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), 1000);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        stop.abort();
        server.closeIdleConnections();
      })),
  };
}
