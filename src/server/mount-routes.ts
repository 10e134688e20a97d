/**
 * Routes on an Express app, each behind the same gates in the same order: caller, scope, limit, type, load, body; then the work, the
 * audit entry, the answer.
 *
 * Choice  nothing about a patient is sent before its audit entry is on disk; where that fails, the answer is a refusal
 * Choice  a caller that is known and lacks the scope leaves an audit entry; one that is not known does not, or anybody could fill the disk
 */
import { Readable } from 'node:stream';
import type { Express, Request, RequestHandler, Response } from 'express';
import { ReadmissionError } from '../errors.ts';
import type { Principal } from './access/principal.ts';
import { noFacts, type AuditEntry, type AuditFacts } from './audit/audit-trail.ts';
import { parseBody, readBody } from './json-body.ts';
import { RequestRefusal } from './operation-outcome.ts';
import { accepting, only } from './request-gates.ts';
import { requestIdOf } from './request-record.ts';
import type { Answer, Asked, Route } from './route.ts';
import type { ServerContext } from './server-context.ts';

interface Locals {
  principal?: Principal;
  route?: Route;
  /** Gives back the place among the scores under way. */
  release?: () => void;
}

/** The route that answers; undefined before one is found. */
export function routeOfResponse(response: Response): Route | undefined {
  return (response.locals as Locals).route;
}

export function mountRoutes(app: Express, routes: readonly Route[], context: ServerContext): void {
  const admit = admission(context);
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, own] of byPath) {
    const at = app.route(path);
    for (const route of own) at[route.method](...gates(route, context, admit), answering(route, context));
    at.all(only(own.map(({ method }) => (method === 'get' ? 'GET, HEAD' : method.toUpperCase())).join(', ')));
  }
}

function gates(route: Route, context: ServerContext, admit: RequestHandler): RequestHandler[] {
  const enter: RequestHandler = async (request, response, next) => {
    const locals = response.locals as Locals;
    locals.route = route;
    if (route.access !== 'open') locals.principal = await identified(route, context, request, response);
    next();
  };
  return [
    enter,
    accepting(...route.produces),
    ...(route.scores === true ? [admit] : []),
    ...(route.body === undefined ? [] : readBody(route.body)),
  ];
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
function admission({ lifecycle, limits }: ServerContext): RequestHandler {
  let underWay = 0;
  return (_request, response, next) => {
    if (lifecycle.phase === 'stopping')
      throw new RequestRefusal('SERVER_STOPPING', 'expected to score, found the server stopping; try another');
    if (underWay >= limits.scores)
      throw new RequestRefusal('SERVER_BUSY', `expected fewer than ${limits.scores} scores under way; try again`);
    underWay += 1;
    let held = true;
    const release = (): void => {
      if (held) underWay -= 1;
      held = false;
    };
    (response.locals as Locals).release = release;
    response.once('close', release);
    next();
  };
}

function answering(route: Route, { audit }: ServerContext): RequestHandler {
  return async (request, response) => {
    const requestId = requestIdOf(response);
    const principal = (response.locals as Locals).principal ?? null;
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    let facts: AuditFacts = noFacts;
    const asked: Asked = {
      request,
      requestId,
      principal,
      signal: gone.signal,
      param: (name) => idParameter(request, name),
      json: () => parseBody(request.body),
      note: (more) => {
        facts = { ...facts, ...more };
        requireOwnPatient(principal, facts);
      },
    };
    const record = async (outcome: AuditEntry['outcome'], told: AuditFacts, code: string | null): Promise<void> => {
      const entry = auditEntry(route, requestId, principal, told);
      if (entry !== null) await audit.record({ ...entry, outcome, code });
    };
    let answer: Answer | undefined;
    try {
      answer = await route.handle(asked);
      if (answer.facts !== undefined) requireOwnPatient(principal, (facts = answer.facts));
    } catch (error) {
      (response.locals as Locals).release?.();
      await answer?.settle?.(false);
      await record(gone.signal.aborted ? 'aborted' : 'refused', facts, codeOf(error));
      throw error;
    }
    // What is left to do waits for the disk and the client, and holds nothing up.
    (response.locals as Locals).release?.();
    const isGone = gone.signal.aborted;
    try {
      if (answer.isOnRecord !== true) await record(isGone ? 'aborted' : 'success', facts, null);
    } catch (error) {
      await answer.settle?.(false);
      throw error;
    }
    await answer.settle?.(!isGone);
    if (!isGone) send(response, route, answer);
  };
}

function send(response: Response, route: Route, answer: Answer): void {
  const { body, status = 200, headers = {}, type = route.produces[0] as string } = answer;
  response.status(status).set(headers).type(type);
  if (body instanceof Readable) body.on('error', () => response.destroy()).pipe(response);
  else if (typeof body === 'string' || Buffer.isBuffer(body)) response.send(body);
  else response.send(JSON.stringify(body));
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

/** A token that was given for one patient opens no other's record, whichever route is asked. */
function requireOwnPatient(principal: Principal | null, { patients }: AuditFacts): void {
  const only = principal?.patient ?? null;
  if (only === null || patients.every((patient) => patient === only)) return;
  throw new RequestRefusal('SERVER_FORBIDDEN', 'expected the patient that the token was given for, found another');
}

function codeOf(error: unknown): string {
  return error instanceof ReadmissionError ? error.code : 'SERVER_FAULT';
}

function idParameter(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(value)) return value;
  throw new RequestRefusal('SERVER_NOT_FOUND', 'expected an id of the form [A-Za-z0-9-.]{1,64} in the path');
}
