/**
 * The HTTP interface of the scorer, without a port: which request gets which answer, and that every refusal is of one form.
 *
 * Choice  thin: what a request means is decided in ../scoring; what an error means in ./operation-outcome.ts; what every route has in
 *         common in ./mount-routes.ts
 * Choice  nothing of a request is put into a log, a metric or an error; nothing may be kept by a cache
 */
import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import helmet, { strictTransportSecurity } from 'helmet';
import { pino, type Logger } from 'pino';
import { localAccess, type Access } from './access/principal.ts';
import type { RateLimit } from './access/rate-limit.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { countedTrail } from './audit/counted-trail.ts';
import { cdsRoutes } from './cds-hooks/cds-routes.ts';
import { cdsCors } from './cds-hooks/cors.ts';
import { defaultCdsSettings, type CdsSettings } from './cds-hooks/settings.ts';
import type { BatchJobs } from './jobs/batch-jobs.ts';
import { driftRoutes } from './drift/drift-routes.ts';
import { jobRoutes } from './jobs/job-routes.ts';
import { bodyRefusal } from './json-body.ts';
import { Lifecycle } from './lifecycle.ts';
import { createMetrics, type ModelLabels, type ServerMetrics } from './metrics.ts';
import type { ModelSource } from './model-source.ts';
import { mountRoutes, routeOfResponse } from './mount-routes.ts';
import { refusalOf, RequestRefusal, toOperationOutcome } from './operation-outcome.ts';
import { noteError, recordRequests, requestIdOf } from './request-record.ts';
import { framing } from './request-gates.ts';
import { fhirRoutes } from './fhir/index.ts';
import { adminRoutes } from './models/admin-routes.ts';
import type { ServedModels } from './models/served-models.ts';
import { modelPageRoutes } from './page/model-page-routes.ts';
import { pageRoutes } from './page/page-routes.ts';
import { readWebPage, webRoutes, type WebPage } from './page/web-routes.ts';
import type { Route } from './route.ts';
import { modelRoutes } from './routes/model-routes.ts';
import { scoreRoutes } from './routes/score-routes.ts';
import { indexText, serviceRoutes } from './routes/service-routes.ts';
import type { AppLimits, FetchBundle, FetchDischarges, FindPatient, ServerContext } from './server-context.ts';

export interface AppOptions {
  readonly models: ModelSource;
  /** The same, where the model can be changed while it is served. */
  readonly registry?: ServedModels | undefined;
  readonly jobs?: BatchJobs | undefined;
  /** Keeps an entry of every answer about a patient before it is given. */
  readonly audit: AuditTrail;
  /** Everybody who can connect may ask, by default. */
  readonly access?: Access | undefined;
  readonly rate?: RateLimit | undefined;
  /** Absent where no FHIR server is configured. */
  readonly fetchBundle?: FetchBundle | undefined;
  readonly findPatient?: FindPatient | undefined;
  readonly fetchDischarges?: FetchDischarges | undefined;
  readonly recordSource?: ServerContext['recordSource'];
  readonly cds?: Partial<CdsSettings> | undefined;
  readonly limits?: Partial<AppLimits> | undefined;
  /** Silent by default. */
  readonly logger?: Logger | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  /** Its own by default. */
  readonly metrics?: ServerMetrics | undefined;
  /** True when only this machine can connect; default. */
  readonly loopback?: boolean | undefined;
  readonly publicUrl?: string | undefined;
  /** As built beside the code, by default; null for the paths as text in its place. */
  readonly webPage?: WebPage | null | undefined;
  readonly now?: (() => number) | undefined;
}

export const defaultLimits: AppLimits = { bodyBytes: 20 * 1024 * 1024, scores: 64 };

/** Every route of a server. */
export function serverRoutes(context: ServerContext): Route[] {
  const routes: Route[] = [
    ...scoreRoutes(context),
    ...modelRoutes(context),
    ...adminRoutes(context),
    ...jobRoutes(context),
    ...driftRoutes(context),
    ...auditRoutes(context),
    ...fhirRoutes(context),
    ...modelPageRoutes(context),
    ...pageRoutes(context),
    ...cdsRoutes(context),
    ...serviceRoutes(context, () => routes),
    ...webRoutes(context.webPage, () => indexText(context.models.current().id.name, routes)),
  ];
  return routes;
}

/** What the routes of a server share, from its options. */
export function serverContext(options: AppOptions): ServerContext {
  const { models, audit, fetchBundle, publicUrl } = options;
  const metrics =
    options.metrics ??
    createMetrics(() => modelLabels(models), { ofProcess: false, drift: () => models.current().drift.report() });
  return {
    models,
    registry: options.registry,
    jobs: options.jobs,
    access: options.access ?? localAccess,
    rate: options.rate,
    audit: countedTrail(audit, metrics),
    metrics,
    limits: { ...defaultLimits, ...options.limits },
    lifecycle: options.lifecycle ?? new Lifecycle(),
    fetchBundle,
    findPatient: options.findPatient,
    fetchDischarges: options.fetchDischarges,
    recordSource: options.recordSource,
    cds: { ...defaultCdsSettings, ...options.cds },
    publicUrl,
    webPage: options.webPage === undefined ? readWebPage() : options.webPage,
    logger: options.logger,
    now: options.now ?? Date.now,
  };
}

const keepToHttps = strictTransportSecurity({ maxAge: 31_536_000 });

export function modelLabels(models: ModelSource): ModelLabels {
  const { id, scorer } = models.current();
  return { ...id, codeVersion: scorer.model.header.codeVersion };
}

export function buildApp(options: AppOptions): Express {
  const context = serverContext(options);
  const { lifecycle, limits, metrics, publicUrl } = context;
  // Whoever reaches the server by https shall not come by http again.
  const secure = publicUrl?.startsWith('https:') ?? false;

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  app.set('query parser', false);
  app.use(recordRequests(options.logger ?? pino({ enabled: false }), metrics));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use((request, response, next) => (secure || request.secure ? keepToHttps(request, response, next) : next()));
  app.use(framing(lifecycle, options.loopback ?? true, publicUrl));
  app.use(cdsCors(context.cds.origins));
  mountRoutes(app, serverRoutes(context), context);
  app.use(() => {
    throw new RequestRefusal('SERVER_NOT_FOUND', 'nothing at this path; GET /openapi.json lists what is here');
  });
  const refuse: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const limitBytes = routeOfResponse(response)?.body?.limitBytes ?? limits.bodyBytes;
    const cause = bodyRefusal(error, limitBytes) ?? error;
    const refusal = refusalOf(cause, requestIdOf(response));
    noteError(response, refusal.problem.code, cause);
    // Half an answer cannot be taken back; the connection ends so that it does not pass for a whole one.
    if (response.headersSent) return void response.destroy();
    response.status(refusal.problem.status).set(refusal.headers);
    if (routeOfResponse(response)?.speaksFhir === true || speaksFhir(request)) {
      response.type('application/fhir+json').send(JSON.stringify(toOperationOutcome(refusal)));
    } else response.type('application/problem+json').send(JSON.stringify(refusal.problem));
  };
  app.use(refuse);
  return app;
}

function speaksFhir(request: Request): boolean {
  // Below /fhir also where no route is: whoever asks there reads OperationOutcomes.
  return (
    request.path.startsWith('/fhir/') ||
    /application\/fhir\+json/i.test(`${request.headers.accept ?? ''} ${request.headers['content-type'] ?? ''}`)
  );
}
