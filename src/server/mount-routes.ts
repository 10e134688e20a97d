/**
 * Routes on an Express app, each behind the same gates in the same order: caller, scope, limit, type, load, body; then the work, the
 * audit entry, the answer.
 *
 * Choice  nothing about a patient is sent before its audit entry is on disk; where that fails, the answer is a refusal
 * Choice  a caller that is known and lacks the scope leaves an audit entry; one that is not known does not, or anybody could fill the disk
 */
import { pipeline, Readable } from 'node:stream';
import type { Express, Request, RequestHandler, Response } from 'express';
import { fhirId } from '../util/fhir-id.ts';
import { requireOwnPatient } from './access/patient-limit.ts';
import type { Principal } from './access/principal.ts';
import { noFacts, type AuditEntry, type AuditFacts } from './audit/audit-trail.ts';
import { bodyReader, parseBody } from './json-body.ts';
import { codeOf, RequestRefusal } from './operation-outcome.ts';
import { only, requireAccepted } from './request-gates.ts';
import { requestIdOf } from './request-record.ts';
import type { Answer, Asked, Route } from './route.ts';
import type { ServerContext } from './server-context.ts';

interface Locals {
  route?: Route;
}

/** The route that answers; undefined before one is found. */
export function routeOfResponse(response: Response): Route | undefined {
  return (response.locals as Locals).route;
}

export function mountRoutes(app: Express, routes: readonly Route[], context: ServerContext): void {
  const scoresUnderWay = new ScoresUnderWay(context);
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, own] of byPath) {
    const at = app.route(path);
    for (const route of own) at[route.method](handling(route, context, scoresUnderWay));
    at.all(only(own.map(({ method }) => (method === 'get' ? 'GET, HEAD' : method.toUpperCase())).join(', ')));
  }
}

/** One handler for all of a route: between the steps nothing but these lines can run. */
function handling(route: Route, context: ServerContext, scores: ScoresUnderWay): RequestHandler {
  const readBody = route.body === undefined ? null : bodyReader(route.body);
  return async (request, response) => {
    const locals = response.locals as Locals;
    locals.route = route;
    const principal = route.access === 'open' ? null : await identified(route, context, request, response);
    requireAccepted(request, route.produces);
    if (route.scores === true) scores.enter();
    let call: Call;
    let answer: Answer;
    try {
      if (readBody !== null) await readBody(request, response);
      call = new Call(request, response, principal);
      answer = await answered(route, context, call);
    } finally {
      // What is left to do waits for the disk and the client, and holds nothing up.
      if (route.scores === true) scores.leave();
    }
    const { isGone } = call;
    try {
      if (answer.isOnRecord !== true) await record(route, context, call, isGone ? 'aborted' : 'success', null);
    } catch (error) {
      discard(answer);
      await answer.settle?.(false);
      throw error;
    }
    await answer.settle?.(!isGone);
    if (isGone) discard(answer);
    else send(response, route, answer);
  };
}

async function identified(route: Route, context: ServerContext, request: Request, response: Response): Promise<Principal> {
  const needs = route.access as Exclude<Route['access'], 'open'>;
  const principal = await context.access.identify(request, needs);
  context.rate?.take(JSON.stringify([principal.issuer, principal.client, principal.subject]), route.cost);
  if (needs === 'cds-client' || principal.scopes.has(needs)) return principal;
  const refusal = new RequestRefusal('SERVER_FORBIDDEN', `expected a token with the scope ${needs}`);
  const entry = auditEntry(route, requestIdOf(response), principal, noFacts);
  if (entry !== null) await context.audit.record({ ...entry, outcome: 'refused', code: refusal.code });
  throw refusal;
}

/** A fixed number of scores at once; the excess is told to come back before its body is read. */
class ScoresUnderWay {
  readonly #context: Pick<ServerContext, 'lifecycle' | 'limits'>;
  #count = 0;

  constructor(context: Pick<ServerContext, 'lifecycle' | 'limits'>) {
    this.#context = context;
  }

  /** @throws {RequestRefusal} SERVER_STOPPING, SERVER_BUSY; otherwise it has to be left again */
  enter(): void {
    const { lifecycle, limits } = this.#context;
    if (lifecycle.phase === 'stopping')
      throw new RequestRefusal('SERVER_STOPPING', 'expected to score, found the server stopping; try another');
    if (this.#count >= limits.scores)
      throw new RequestRefusal('SERVER_BUSY', `expected fewer than ${limits.scores} scores under way; try again`);
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
  }
}

/** A request that has passed the gates, as its route sees it. */
class Call implements Asked {
  readonly request: Request;
  readonly requestId: string;
  readonly principal: Principal | null;
  facts: AuditFacts = noFacts;
  isGone: boolean;
  #gone: AbortController | undefined;

  constructor(request: Request, response: Response, principal: Principal | null) {
    this.request = request;
    this.requestId = requestIdOf(response);
    this.principal = principal;
    this.isGone = response.closed;
    response.once('close', () => {
      if (response.writableFinished) return;
      this.isGone = true;
      this.#gone?.abort();
    });
  }

  /** Made for who asks: most work is over sooner than anybody could go away. */
  get signal(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.isGone) this.#gone.abort();
    return this.#gone.signal;
  }

  // Bound, as routes take the call apart.
  readonly param = (name: string): string => idParameter(this.request, name);
  readonly json = (): unknown => parseBody(this.request.body);
  readonly note = (more: Partial<AuditFacts>): void => {
    this.facts = { ...this.facts, ...more };
    requireOwnPatient(this.principal, this.facts.patients);
  };
}

/** The answer of a route, nothing of it sent; what it refuses is in the audit trail before the refusal is told. */
async function answered(route: Route, context: ServerContext, call: Call): Promise<Answer> {
  let answer: Answer | undefined;
  try {
    answer = await route.handle(call);
    if (answer.facts !== undefined) requireOwnPatient(call.principal, (call.facts = answer.facts).patients);
    return answer;
  } catch (error) {
    await answer?.settle?.(false);
    await record(route, context, call, call.isGone ? 'aborted' : 'refused', codeOf(error));
    throw error;
  }
}

async function record(
  route: Route,
  { audit }: ServerContext,
  { requestId, principal, facts }: Call,
  outcome: AuditEntry['outcome'],
  code: string | null,
): Promise<void> {
  const entry = auditEntry(route, requestId, principal, facts);
  if (entry !== null) await audit.record({ ...entry, outcome, code });
}

/** An answer that is not sent keeps no file open. */
function discard({ body }: Answer): void {
  if (body instanceof Readable) body.destroy();
}

function send(response: Response, route: Route, answer: Answer): void {
  const { body, status = 200, headers = {}, type = route.produces[0] as string } = answer;
  if (body instanceof Readable || Buffer.isBuffer(body)) {
    response.status(status).set(headers).type(type);
    if (Buffer.isBuffer(body)) response.send(body);
    // Closes the file when the client leaves, and the connection when the file fails.
    else pipeline(body, response, () => undefined);
    return;
  }
  // Text goes out as it is: what Express would look up, negotiate and compare for it is known here.
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name] as string);
  response.setHeader('Content-Type', type.includes('charset') ? type : `${type}; charset=utf-8`);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

type Entry = Omit<AuditEntry, 'outcome' | 'code'>;

function auditEntry(route: Route, requestId: string, principal: Principal | null, facts: AuditFacts): Entry | null {
  if (route.action === undefined) return null;
  const { scopes: _scopes, ...caller } = principal ?? { scopes: null };
  return {
    ...facts,
    action: route.action,
    requestId,
    route: `${route.method.toUpperCase()} ${route.path}`,
    principal: principal === null ? null : (caller as Omit<Principal, 'scopes'>),
  };
}

function idParameter(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value === 'string' && fhirId.test(value)) return value;
  throw new RequestRefusal('SERVER_NOT_FOUND', 'expected an id of the form [A-Za-z0-9-.]{1,64} in the path');
}
