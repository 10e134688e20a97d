/**
 * The scoring server on a port: a checked model, a warm scorer, limits on slow and many connections, an orderly end.
 *
 * Choice  there is no authentication, so it listens on this machine alone unless it is told otherwise
 * Choice  model and options are checked before the port is opened; /healthz answers while it warms up, /readyz once it is warm
 * Choice  stopping takes no new scores, finishes those under way, closes every connection after its answer, and cuts what is left
 *         after ten seconds
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { UsageError } from '../errors.ts';
import { parseFhirBase } from '../fhir/origin.ts';
import { fetchPatientBundle, type PatientReaderOptions } from '../fhir/patient-bundle.ts';
import type { TokenSource } from '../fhir/transport.ts';
import { readModelFolder } from '../model/index.ts';
import { createScorer, type Scorer } from '../scoring/index.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import { buildApp, defaultLimits } from './build-app.ts';
import { byteCount } from './byte-count.ts';
import { drain, refuseUnreadable } from './connections.ts';
import { Lifecycle } from './lifecycle.ts';
import { servedModel } from './model-source.ts';
import type { FetchBundle } from './server-context.ts';
import { warmUp } from './warm-up.ts';

export interface ScoringServerOptions {
  /** The model's folder. */
  readonly model: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The address to listen on; 127.0.0.1. */
  readonly host?: string | undefined;
  /** Listen on another address than this machine's own: whoever reaches it can ask it. */
  readonly allowRemote?: boolean | undefined;
  /** FHIR base to fetch records from, for requests by id. */
  readonly fhirServer?: string | undefined;
  /** Bearer token of the FHIR server, or a source of tokens. */
  readonly token?: string | TokenSource | undefined;
  /** Folders of the researcher's own features that the model was trained with. */
  readonly featureFolders?: readonly string[] | undefined;
  /** Further options of the FHIR server. */
  readonly fhir?: Omit<PatientReaderOptions, 'server' | 'token'> | undefined;
  /** Largest body: bytes, or text such as '20mb'. */
  readonly bodyLimit?: number | string | undefined;
  /** Score requests under way at once; 32. */
  readonly maxScores?: number | undefined;
  readonly logger?: Logger | undefined;
  /** Longest time that stopping may take, milliseconds; 10,000. */
  readonly drainMs?: number | undefined;
}

export interface ScoringServer {
  /** Without a trailing slash: http://127.0.0.1:8080 */
  readonly url: string;
  readonly port: number;
  readonly scorer: Scorer;
  /** Finishes what is under way, then closes; the same promise however often it is called. */
  close(): Promise<void>;
}

/**
 * Resolves when the server is ready to score.
 *
 * @throws {UsageError} SERVER_REMOTE_BIND, SERVER_OPTION, SERVER_LISTEN (port in use, not permitted, no such address)
 * @throws {FhirError} FHIR_BASE_URL, FHIR_INSECURE; {ModelError} as readModelFolder and createScorer
 */
export async function startScoringServer(options: ScoringServerOptions): Promise<ScoringServer> {
  const { host = '127.0.0.1', port, drainMs = 10_000 } = options;
  const loopback = isLoopback(host);
  if (!loopback && options.allowRemote !== true) {
    const what = `expected an address of this machine, found ${host}: there is no authentication, and whoever reaches the server could ask it`;
    throw new UsageError(
      'SERVER_REMOTE_BIND',
      `${what}; put a proxy that authenticates before it, or allow remote access explicitly`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw optionError('port', 'a whole number from 0 to 65535');
  const limits = {
    bodyBytes: byteCount(options.bodyLimit ?? defaultLimits.bodyBytes),
    scores: options.maxScores ?? defaultLimits.scores,
  };
  const fetchBundle = bundleFetcher(options);
  const modelFolder = await readModelFolder(options.model);
  const scorer = await createScorer(modelFolder, { featureFolders: options.featureFolders ?? [] });
  const lifecycle = new Lifecycle('warming');
  const { logger } = options;
  const model = servedModel(scorer, modelFolder);
  const audit: AuditTrail = { record: () => Promise.resolve() };
  const app = buildApp({
    models: { current: () => model },
    audit,
    fetchBundle,
    limits,
    logger,
    lifecycle,
    loopback,
    processMetrics: true,
  });
  const server = createServer({ connectionsCheckingInterval: 1000, headersTimeout: 10_000, requestTimeout: 30_000 }, app);
  server.keepAliveTimeout = 5000;
  server.maxConnections = 1000;
  server.maxRequestsPerSocket = 1000;
  // A client that never reads its answer holds its socket no longer than this.
  server.timeout = 60_000;
  server.on('clientError', refuseUnreadable);
  const answers = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    answers.add(response);
    response.once('close', () => answers.delete(response));
  });
  try {
    await listen(server, host, port);
    await warmUp(scorer);
  } catch (error) {
    server.close();
    server.closeAllConnections();
    scorer.close();
    throw error;
  }
  lifecycle.phase = 'ready';
  const actual = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    port: actual,
    scorer,
    close: () => {
      lifecycle.phase = 'stopping';
      return (closing ??= drain(server, answers, drainMs).finally(() => scorer.close()));
    },
  };
}

function bundleFetcher({ fhirServer, token, fhir }: ScoringServerOptions): FetchBundle | undefined {
  if (fhirServer === undefined) return undefined;
  const base = parseFhirBase(fhirServer, { allowHttp: fhir?.allowHttp ?? false });
  if (token !== undefined && !base.confidential) {
    throw new UsageError('SERVER_OPTION', 'token: expected an https FHIR server to send it to, found http; use an https address');
  }
  const source: TokenSource | undefined = typeof token === 'string' ? () => Promise.resolve(token) : token;
  return (patientId, signal) => fetchPatientBundle({ ...fhir, server: fhirServer, token: source, patientId, signal });
}

function listen(server: Server, host: string, port: number): Promise<void> {
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

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}

function optionError(name: string, expected: string): UsageError {
  return new UsageError('SERVER_OPTION', `${name}: expected ${expected}, found another value`, { details: { option: name } });
}
