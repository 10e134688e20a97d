/**
 * The scoring server on a port: a checked model, a warm scorer, limits on slow and many connections, an orderly end.
 *
 * Choice  model and options are checked before the port is opened; /healthz answers while it warms up, /readyz once it is warm
 * Choice  stopping takes no new scores, finishes those under way, closes every connection after its answer, and cuts what is left
 *         after ten seconds
 */
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { UsageError } from '../errors.ts';
import { openAuditTrail, type AuditEvent, type OpenAuditTrail } from './audit/open-audit-trail.ts';
import { countedTrail } from './audit/counted-trail.ts';
import { buildApp, defaultLimits, modelLabels } from './build-app.ts';
import { byteCount } from './byte-count.ts';
import { cdsSettings, openFeedback, type CdsOptions } from './cds-hooks/open-cds.ts';
import { BatchJobs } from './jobs/batch-jobs.ts';
import { drain } from './connections.ts';
import { exposureOf, type ExposureOptions } from './exposure.ts';
import { Lifecycle } from './lifecycle.ts';
import { createListener, listen } from './listener.ts';
import { createMetrics } from './metrics.ts';
import type { ModelSource } from './model-source.ts';
import { openModels, type ModelOptions } from './models/open-models.ts';
import { reloadModel, type Reloaded } from './models/reload.ts';
import { openRecordSource, tokenOf, type RecordSource, type RecordSourceOptions } from './record-source.ts';
import { PoolWatch } from './scoring-pool/pool-watch.ts';
import { defaultStateDir, openStateDir } from './state-dir.ts';
import { codeOf } from './operation-outcome.ts';

export interface ScoringServerOptions extends ExposureOptions, RecordSourceOptions, ModelOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Largest body: bytes, or text such as '20mb'. */
  readonly bodyLimit?: number | string | undefined;
  /** Score requests under way at once; 64. */
  readonly maxScores?: number | undefined;
  /** CDS Hooks: whose FHIR servers may be asked, which pages may call, when a card warns. */
  readonly cds?: CdsOptions | undefined;
  /** Folder of what outlives the server (audit trail, ...), made where it is missing; readmission-state in the working folder. */
  readonly stateDir?: string | undefined;
  readonly logger?: Logger | undefined;
  /** Longest time that stopping may take, milliseconds; 10,000. */
  readonly drainMs?: number | undefined;
}

export interface ScoringServer {
  /** Without a trailing slash: http://127.0.0.1:8080 */
  readonly url: string;
  readonly port: number;
  readonly models: ModelSource;
  /** Reads the model again, or the one that is named now: for a signal. Never rejects. */
  reload(): Promise<Reloaded>;
  /** Finishes what is under way, then closes; the same promise however often it is called. */
  close(): Promise<void>;
}

/**
 * Resolves when the server is ready to score.
 *
 * @throws {UsageError} SERVER_STATE_DIR, SERVER_STATE_BUSY; {ReadmissionError} SERVER_AUDIT_CHAIN, as openAuditTrail
 * @throws {UsageError} as exposureOf and listen; SERVER_OPTION
 * @throws as openRecordSource; {ModelError} as readModelFolder and createScorer
 */
export async function startScoringServer(options: ScoringServerOptions): Promise<ScoringServer> {
  const records = await openRecordSource(options);
  try {
    const server = await startOver(records, options);
    let closing: Promise<void> | undefined;
    return { ...server, close: () => (closing ??= server.close().finally(() => records.close())) };
  } catch (error) {
    await records.close();
    throw error;
  }
}

async function startOver(records: RecordSource, options: ScoringServerOptions): Promise<ScoringServer> {
  const { port, drainMs = 10_000 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw optionError('port', 'a whole number from 0 to 65535');
  const limits = {
    bodyBytes: byteCount(options.bodyLimit ?? defaultLimits.bodyBytes),
    scores: options.maxScores ?? defaultLimits.scores,
  };
  const { host, loopback, access, rate, publicUrl, tls } = await exposureOf(options);
  const cds = cdsSettings(options.cds ?? {}, {
    own: options.fhirServer === undefined ? undefined : { server: options.fhirServer, token: tokenOf(options) },
    reader: options.fhir,
  });
  const { logger } = options;
  const watch = new PoolWatch((reason) => logger?.error({ reason }, 'scoring thread lost'));
  // Closed in the reverse order, however far the start came.
  const opened: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const models = await openModels(options, watch);
    opened.push(() => watch.close());
    opened.push(() => models.close());
    const metrics = createMetrics(() => modelLabels(models), {
      ofProcess: true,
      threads: watch,
      drift: () => models.current().drift.report(),
    });
    const audit = await openAudit(options);
    opened.push(() => audit.close());
    const cards = await openFeedback(options.stateDir ?? defaultStateDir);
    opened.push(() => cards.close());
    const jobs = await BatchJobs.open({
      ...records,
      dir: join(options.stateDir ?? defaultStateDir, 'jobs'),
      models,
      metrics,
      now: Date.now,
      onFault: (id, error) => logger?.error({ id, code: codeOf(error) }, 'job'),
    });
    opened.push(() => jobs.close());
    const lifecycle = new Lifecycle('warming');
    const app = buildApp({
      models,
      registry: models,
      jobs,
      metrics,
      audit,
      access,
      rate,
      publicUrl,
      ...records,
      cds: { ...cds, cards },
      limits,
      logger,
      lifecycle,
      loopback,
    });
    const server = createListener(app, tls);
    const answers = new Set<ServerResponse>();
    server.on('request', (_request, response) => {
      answers.add(response);
      response.once('close', () => answers.delete(response));
    });
    opened.push(() => {
      server.close();
      server.closeAllConnections();
    });
    await listen(server, host, port);
    await models.ready;
    lifecycle.phase = 'ready';
    const actual = (server.address() as AddressInfo).port;
    let closing: Promise<void> | undefined;
    return {
      url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${actual}`,
      port: actual,
      models,
      reload: () => reloadModel(models, { audit: countedTrail(audit, metrics), metrics, logger }),
      close: () => {
        lifecycle.phase = 'stopping';
        return (closing ??= drain(server, answers, drainMs).finally(closeAll));
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openAudit({ stateDir, logger }: ScoringServerOptions): Promise<OpenAuditTrail> {
  const state = await openStateDir(stateDir ?? defaultStateDir);
  const onEvent = (event: AuditEvent): void => logger?.[event.event === 'failing' ? 'error' : 'info'](event, 'audit trail');
  return openAuditTrail({ dir: join(state, 'audit'), now: Date.now, onEvent });
}

function optionError(name: string, expected: string): UsageError {
  return new UsageError('SERVER_OPTION', `${name}: expected ${expected}, found another value`, { details: { option: name } });
}
