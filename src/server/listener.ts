/**
 * The port: how long a connection may take over what, how many there may be, TLS, and opening it.
 */
import http, { type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import { UsageError } from '../errors.ts';
import { noteAnswer, refuseUnreadable } from './connections.ts';

/**
 * Ciphers with forward secrecy and authenticated encryption, the strongest first. Node's own list goes on to CBC and to keys that RSA
 * transports, so that who records the traffic today could read it once the key is known.
 */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');
const protection = { minVersion: 'TLSv1.2', ciphers, honorCipherOrder: true, handshakeTimeout: 10_000 } as const;

/** How long a connection may take, milliseconds. */
export interface Patience {
  /** To its head. */
  readonly headersTimeout: number;
  /** To the whole request. */
  readonly requestTimeout: number;
  /** In silence, and without reading its answer. */
  readonly timeout: number;
  /** Slow ones are looked for as often. */
  readonly connectionsCheckingInterval: number;
}

const usual: Patience = { headersTimeout: 10_000, requestTimeout: 30_000, timeout: 60_000, connectionsCheckingInterval: 1000 };

/** A request without Host is refused in the app, in the form of every refusal. */
const framed = { requireHostHeader: false } as const;

/** @param tls  PEM; absent: plain http. @throws {UsageError} SERVER_TLS where certificate and key are not a pair */
export function createListener(
  app: RequestListener,
  tls: { readonly cert: Buffer; readonly key: Buffer } | undefined,
  patience: Patience = usual,
): Server {
  const server = tls === undefined ? http.createServer({ ...patience, ...framed }, app) : secureServer(app, tls, patience);
  server.keepAliveTimeout = 5000;
  // An idle connection costs some 14 kB and no time; with few allowed, whoever opens as many keeps everybody else out.
  server.maxConnections = 10_000;
  server.maxRequestsPerSocket = 1000;
  // A client that never reads its answer holds its socket no longer than this.
  server.timeout = patience.timeout;
  server.on('request', noteAnswer);
  server.on('clientError', refuseUnreadable);
  return server;
}

function secureServer(app: RequestListener, tls: { readonly cert: Buffer; readonly key: Buffer }, patience: Patience): Server {
  try {
    return https.createServer({ ...patience, ...framed, ...tls, ...protection }, app);
  } catch (cause) {
    const what = 'expected a certificate chain and its key in PEM, found files that do not fit; check --tls-cert and --tls-key';
    throw new UsageError('SERVER_TLS', what, { cause });
  }
}

/** @throws {UsageError} SERVER_LISTEN: port in use, not permitted, no such address */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Later errors, of single connections, end no server; the connection they belong to is gone already.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const remedy = cause.code === 'EACCES' ? 'choose a port from 1024 on' : 'choose another port, or 0 for any';
      const what = `expected to listen on ${host}:${port}, found ${cause.code ?? 'an error'}; ${remedy}`;
      reject(new UsageError('SERVER_LISTEN', what, { details: { host, port, reason: cause.code ?? null }, cause }));
    });
    server.listen(port, host, resolve);
  });
}
