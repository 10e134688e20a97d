/**
 * HTTP: which request is which interaction, and that every answer, refusals included, is FHIR.
 *
 * Choice  a loopback server answers only to loopback host names, so that a web page cannot reach it through a name it controls
 * Choice  links use the host the client used, as HAPI does: a client that came by "localhost" is not sent to "127.0.0.1"
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { deliver, type FaultRequest, type FaultScript } from './faults.ts';
import type { Interactions, Parameters } from './interactions.ts';
import { outcomeAnswer, RequestRefusal, type Answer } from './operation-outcome.ts';

export interface AppOptions {
  readonly interactions: Interactions;
  readonly faults: FaultScript | undefined;
  /** True when only this machine can connect. */
  readonly loopback: boolean;
  /** Ends what faults hold open. */
  readonly stopped: AbortSignal;
  /** What a request has to bring as a Bearer token; undefined: nothing. */
  readonly token?: string | undefined;
  /** Called once a request; returns its number. */
  readonly nextNumber: () => number;
}

const maxFormBytes = 1024 * 1024;

export function buildApp({ interactions, faults, loopback, stopped, token, nextNumber }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  app.use((_request, response, next) => {
    response.locals['n'] = nextNumber();
    next();
  });
  app.use(express.raw({ type: () => true, limit: maxFormBytes }));

  const answering = (interaction: (request: Request, base: string) => Answer | Promise<Answer>): RequestHandler => {
    return async (request, response) => {
      const fault = faults?.(describe(request, response.locals['n'] as number, interactions));
      let answer: Answer;
      try {
        requireHost(request, loopback);
        requireToken(request, token);
        requireJson(request);
        answer = await interaction(request, `http://${request.headers.host}/fhir`);
      } catch (error) {
        answer = refusal(error);
      }
      await deliver(response, answer, fault, stopped);
    };
  };
  const only = (methods: string): RequestHandler =>
    answering(() => {
      throw new RequestRefusal(405, 'not-supported', `this server is read-only; supported here: ${methods}`, { Allow: methods });
    });

  app
    .route('/fhir')
    .get(answering((q, base) => interactions.nextPage(queryOf(q), base)))
    .all(only('GET, HEAD'));
  app
    .route('/fhir/metadata')
    .get(answering((_q, base) => interactions.metadata(base)))
    .all(only('GET, HEAD'));
  app
    .route('/fhir/:type/_search')
    .post(answering((q, base) => interactions.search(param(q, 'type'), [...queryOf(q), ...formOf(q)], base)))
    .all(only('POST'));
  app
    .route('/fhir/Patient/:id/\\$everything')
    .get(answering((q, base) => interactions.everything(param(q, 'id'), queryOf(q), base)))
    .all(only('GET, HEAD'));
  app
    .route('/fhir/:type/:id')
    .get(answering((q) => interactions.read(param(q, 'type'), param(q, 'id'))))
    .all(only('GET, HEAD'));
  app
    .route('/fhir/:type')
    .get(answering((q, base) => interactions.search(param(q, 'type'), queryOf(q), base)))
    .all(only('GET, HEAD'));
  app.use(
    answering(() => {
      throw new RequestRefusal(404, 'not-found', 'nothing at this path; the FHIR base is /fhir');
    }),
  );
  const lastResort: ErrorRequestHandler = async (error, _request, response, next) => {
    if (response.headersSent) next(error);
    else await deliver(response, refusal(error), undefined, stopped);
  };
  app.use(lastResort);
  return app;
}

function requireToken(request: Request, token: string | undefined): void {
  if (token === undefined || isEqual(request.headers.authorization ?? '', `Bearer ${token}`)) return;
  throw new RequestRefusal(401, 'security', 'this server answers to the token it was started with', {
    'WWW-Authenticate': 'Bearer',
  });
}

/** In a time that does not tell how much of it is right. */
function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}

function describe(request: Request, n: number, interactions: Interactions): FaultRequest {
  const query = new URLSearchParams(queryText(request));
  const paged = query.get('_getpages');
  const count = Number(query.get('_count') ?? 1);
  const [, first, rest] = /^\/fhir\/([A-Z][A-Za-z]+)\/?(.*)$/.exec(request.path) ?? [];
  const isSearch = first !== undefined && (rest === '' || rest === '_search' || rest?.endsWith('$everything'));
  const type = paged === null ? first : (interactions.results.get(paged)?.type ?? undefined);
  const page = paged === null ? (isSearch ? 1 : undefined) : Math.floor(Number(query.get('_getpagesoffset') ?? 0) / count) + 1;
  return {
    n,
    method: request.method,
    url: request.originalUrl,
    ...(type === undefined ? {} : { type }),
    ...(page === undefined ? {} : { page }),
    ...(request.method === 'POST' && Buffer.isBuffer(request.body) ? { form: joined(formText(request)) } : {}),
  };
}

function joined(text: string): Record<string, string> {
  const form: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) form[name] = form[name] === undefined ? value : `${form[name]}&${value}`;
  return form;
}

function requireHost(request: Request, loopback: boolean): void {
  const host = request.headers.host ?? '';
  const name = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/.exec(host)?.[1];
  const known = name !== undefined && (!loopback || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(name));
  if (!known)
    throw new RequestRefusal(421, 'security', 'the Host header names another server; connect by localhost or 127.0.0.1');
}

/** `_format` wins over Accept (R4 http.html#mime-type). */
function requireJson(request: Request): void {
  const format = new URLSearchParams(queryText(request)).get('_format');
  // An unescaped "+" in a query is a space; R4 asks servers to bear with it here.
  const accepted = format === null ? (request.headers.accept ?? '*/*') : format.replace(' ', '+');
  const json = accepted.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((text) => text.trim().toLowerCase());
    if (parameters.some((p) => /^q=0(\.0*)?$/.test(p) || (/^fhirversion=/.test(p) && !/^fhirversion="?4\.0/.test(p))))
      return false;
    return ['application/fhir+json', 'application/json', 'application/*', '*/*', ...(format === null ? [] : ['json'])].includes(
      type,
    );
  });
  if (!json) throw new RequestRefusal(406, 'not-supported', 'only FHIR R4 JSON is served; accept application/fhir+json');
}

function formOf(request: Request): Parameters {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    const what = 'the body of _search must be application/x-www-form-urlencoded in UTF-8';
    throw new RequestRefusal(415, 'not-supported', what, { Accept: 'application/x-www-form-urlencoded' });
  }
  return [...new URLSearchParams(formText(request))];
}

function formText(request: Request): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}

function queryText(request: Request): string {
  const at = request.originalUrl.indexOf('?');
  return at === -1 ? '' : request.originalUrl.slice(at + 1);
}

function queryOf(request: Request): Parameters {
  return [...new URLSearchParams(queryText(request))];
}

function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

function refusal(error: unknown): Answer {
  if (error instanceof RequestRefusal) return outcomeAnswer(error.status, error.issue, error.diagnostics, error.headers);
  // Express and its body reader put a status on what the client did wrong; their texts may quote the request.
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return outcomeAnswer(413, 'too-long', `the body is larger than ${maxFormBytes} bytes; split the search`);
  if (status === 415) return outcomeAnswer(415, 'not-supported', 'the Content-Encoding is not supported; send the body as it is');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return outcomeAnswer(status, 'invalid', 'the request is malformed');
  return outcomeAnswer(500, 'exception', 'the server failed on this request; this is a fault of the server');
}
