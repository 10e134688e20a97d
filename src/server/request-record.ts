/**
 * One line per request in the log, and its place in the metrics: what was asked by pattern, how it ended, how long it took.
 *
 * Choice  the line is made of these few named things and no others. The URL, headers, addresses, bodies and messages of errors are not
 *         among them, so nothing of a patient can reach the log by way of a request
 * Choice  durations come from a clock that never goes back
 */
import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { ReadmissionError } from '../errors.ts';
import type { ServerMetrics } from './metrics.ts';

interface Locals {
  requestId: string;
  code?: string;
  /** Where in the code an unforeseen error arose. */
  at?: string[];
}

export function recordRequests(logger: Logger, metrics: ServerMetrics): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const requestId = randomUUID();
    (response.locals as Locals).requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const ms = performance.now() - start;
      const { code, at } = response.locals as Locals;
      const { method } = request;
      const route = routeOf(request);
      const status = response.statusCode;
      metrics.answered({ method, route, status, seconds: ms / 1000, code });
      const line: Record<string, unknown> = { requestId, method, route, status, ms: Math.round(ms * 10) / 10 };
      if (code !== undefined) line['code'] = code;
      if (at !== undefined) line['at'] = at;
      if (!response.writableFinished) line['aborted'] = true;
      logger[status >= 500 ? 'error' : 'info'](line, 'request');
    });
    next();
  };
}

export function requestIdOf(response: Response): string {
  return (response.locals as Locals).requestId;
}

/** Notes how the request ended; of an error nobody foresaw, the places in the code too, without its message. */
export function noteError(response: Response, code: string, error: unknown): void {
  const locals = response.locals as Locals;
  locals.code = code;
  const at = placesOf(error);
  if (at !== undefined) locals.at = at;
}

/** Where in the code an error arose that nobody foresaw, without its message; undefined for one that was foreseen. */
export function placesOf(error: unknown): string[] | undefined {
  if (error instanceof ReadmissionError || !(error instanceof Error)) return undefined;
  const stack = error.stack ?? '';
  // A message can hold anything, lines that look like frames among it; frames come after its last character.
  const frames = stack.slice(stack.indexOf(error.message) + error.message.length);
  return frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 5);
}

/** The pattern of the route, never the path that was asked. */
function routeOf(request: Request): string {
  const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}
