/**
 * The HTTP interface of the scorer, without a port: which request gets which answer, and that every refusal is of one form.
 *
 * Choice  thin: what a request means is decided in ../scoring; what an error means in ./operation-outcome.ts
 * Choice  nothing of a request is put into a log, a metric or an error; nothing may be kept by a cache
 * Choice  a fixed number of score requests is under way at once; the excess is told to come back, before its body is read
 */
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { pino, type Logger } from 'pino';
import { ScoringError } from '../errors.ts';
import type { ModelFolder } from '../model/index.ts';
import type { Scorer, ScoreAnswer, ServerRequest } from '../scoring/index.ts';
import { bodyRefusal, jsonTypes, parseBody, readBody } from './json-body.ts';
import { Lifecycle } from './lifecycle.ts';
import { createMetrics } from './metrics.ts';
import { describeModel } from './model-description.ts';
import { openApiDocument } from './open-api.ts';
import { refusalOf, RequestRefusal, toOperationOutcome } from './operation-outcome.ts';
import { noteError, recordRequests, requestIdOf } from './request-record.ts';
import { accepting, framing, only } from './request-gates.ts';
import { readScoreRequest } from './score-request.ts';

/** Records of one patient as a Bundle, and the types that were searched. */
export type FetchBundle = (
  patientId: string,
  signal: AbortSignal,
) => Promise<{ bundle: { resourceType: 'Bundle' }; types: readonly string[] }>;

export interface AppOptions {
  readonly scorer: Pick<
    Scorer,
    'model' | 'modelSha256' | 'features' | 'definition' | 'mapping' | 'scoreFeatures' | 'scoreBundle'
  >;
  readonly modelFolder: Pick<ModelFolder, 'metrics' | 'card'>;
  /** Absent where no FHIR server is configured. */
  readonly fetchBundle?: FetchBundle | undefined;
  readonly limits?: Partial<AppLimits> | undefined;
  /** Silent by default. */
  readonly logger?: Logger | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  /** Metrics of the process beside those of the app. */
  readonly processMetrics?: boolean | undefined;
  /** True when only this machine can connect; default. */
  readonly loopback?: boolean | undefined;
}

export interface AppLimits {
  /** Largest body as sent and inflated, bytes; 20 MiB. */
  readonly bodyBytes: number;
  /** Score requests under way at once; 32. */
  readonly scores: number;
}

export const defaultLimits: AppLimits = { bodyBytes: 20 * 1024 * 1024, scores: 32 };

export function buildApp(options: AppOptions): Express {
  const { scorer, modelFolder, fetchBundle } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const lifecycle = options.lifecycle ?? new Lifecycle();
  const { header } = scorer.model;
  const metrics = createMetrics(
    { name: header.name, sha256: scorer.modelSha256, codeVersion: header.codeVersion },
    { ofProcess: options.processMetrics ?? false },
  );
  const featureNames = new Set(scorer.features.features.map((feature) => feature.name));
  const description = describeModel(scorer, modelFolder.metrics);
  const openApi = openApiDocument({
    version: header.codeVersion,
    bodyLimitBytes: limits.bodyBytes,
    exampleFeatures: Object.fromEntries(description.features.slice(0, 4).map(({ name, range }) => [name, range[0]])),
  });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  app.set('query parser', false);
  app.use(recordRequests(options.logger ?? pino({ enabled: false }), metrics));
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } }, strictTransportSecurity: false }));
  app.use(framing(lifecycle, options.loopback ?? true));

  let underWay = 0;
  const admit: RequestHandler = (_request, response, next) => {
    if (lifecycle.phase === 'stopping')
      throw new RequestRefusal('SERVER_STOPPING', 'expected to score, found the server stopping; try another');
    if (underWay >= limits.scores)
      throw new RequestRefusal('SERVER_BUSY', `expected fewer than ${limits.scores} scores under way; try again`);
    underWay += 1;
    response.once('close', () => (underWay -= 1));
    next();
  };
  const score: RequestHandler = async (request, response) => {
    const asked = readScoreRequest(parseBody(request.body), featureNames);
    const answer =
      asked.form === 'features'
        ? scorer.scoreFeatures(asked.request)
        : await scorer.scoreBundle(asked.form === 'bundle' ? asked.request : await fetched(asked.request, fetchBundle, response));
    metrics.scored({ form: asked.form, risk: answer.risk, band: answer.band });
    response.json(answer satisfies ScoreAnswer);
  };
  app
    .route('/v1/score')
    .post(accepting(...jsonTypes), admit, ...readBody(limits.bodyBytes), score)
    .all(only('POST'));

  const get = (path: string, type: string, answer: (response: Response) => unknown): void => {
    const handler: RequestHandler = async (_request, response) => {
      const body = await answer(response);
      if (typeof body === 'string') response.type(type).send(body);
      else response.json(body);
    };
    app.route(path).get(accepting(type), handler).all(only('GET, HEAD'));
  };
  get('/v1/model', 'application/json', () => description);
  get('/v1/model/card', 'application/json', () => modelFolder.card);
  get('/healthz', 'application/json', () => ({ status: 'ok' }));
  get('/readyz', 'application/json', (response) => {
    if (lifecycle.phase !== 'ready') response.status(503).set('Retry-After', '1');
    return { status: lifecycle.phase };
  });
  get('/metrics', metrics.contentType, () => metrics.text());
  get('/openapi.json', 'application/json', () => openApi);
  get('/', 'text/plain', () => indexPage(header.name, Object.keys(openApi['paths'] as object)));

  app.use(() => {
    throw new RequestRefusal('SERVER_NOT_FOUND', 'nothing at this path; GET / lists what is here');
  });
  const refuse: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const cause = bodyRefusal(error, limits.bodyBytes) ?? error;
    const refusal = refusalOf(cause, requestIdOf(response));
    noteError(response, refusal.problem.code, cause);
    // Half an answer cannot be taken back; the connection ends so that it does not pass for a whole one.
    if (response.headersSent) return void response.destroy();
    response.status(refusal.problem.status).set(refusal.headers);
    if (speaksFhir(request)) response.type('application/fhir+json').send(JSON.stringify(toOperationOutcome(refusal)));
    else response.type('application/problem+json').send(JSON.stringify(refusal.problem));
  };
  app.use(refuse);
  return app;
}

function speaksFhir(request: Request): boolean {
  return /application\/fhir\+json/i.test(`${request.headers.accept ?? ''} ${request.headers['content-type'] ?? ''}`);
}

async function fetched(request: ServerRequest, fetchBundle: FetchBundle | undefined, response: Response) {
  if (fetchBundle === undefined) {
    throw new ScoringError(
      'SCORING_NO_FHIR_SERVER',
      'expected a bundle or features, as no FHIR server is configured; start with one to score by id',
    );
  }
  // Who has gone away needs no records.
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { bundle, types } = await fetchBundle(request.patientId, gone.signal);
  const { encounterId: encounter, asOf, explain } = request;
  return {
    bundle,
    encounter,
    covers: { types: [...types], from: null },
    ...(asOf === undefined ? {} : { asOf }),
    ...(explain === undefined ? {} : { explain }),
  };
}

function indexPage(model: string, paths: readonly string[]): string {
  return `Readmission risk, model ${model}\n\n${paths.map((path) => (path === '/v1/score' ? `POST ${path}` : `GET  ${path}`)).join('\n')}\n`;
}
