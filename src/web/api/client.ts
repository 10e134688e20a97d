/**
 * Asks the server. Every question ends: with an answer of the right form, or with a problem that says what happened.
 *
 * Choice  the token is sent to this page's own origin and kept nowhere but in memory
 * Choice  a redirect is not followed: what stands behind it is a page to sign in, not an answer
 * Choice  a worklist that takes long is answered 202 with its progress, and asked for again
 */
import type { PatientRequest, WorklistRequest } from '../../server/page/page-answers.ts';
import type { Json } from '../model/metrics-reading.ts';
import {
  isDocument,
  isModelDescription,
  isPatientView,
  isWorklist,
  progressOf,
  type ModelDescription,
  type PatientView,
  type Progress,
  type Worklist,
} from './answers.ts';
import { PageError, problemOf, problemOfAnswer } from './problem.ts';

/** What is sent with a request. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly cache: 'no-store';
  readonly credentials: 'same-origin';
  readonly redirect: 'manual';
  readonly referrerPolicy: 'no-referrer';
  readonly signal: AbortSignal;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface ClientOptions {
  readonly fetch: (path: string, sent: Sent) => Promise<Response>;
  /** Bearer token; null where none was given. */
  readonly token: () => string | null;
  /** Longest time one request may take, milliseconds; 60,000. */
  readonly timeoutMs?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Client {
  worklist(request: WorklistRequest, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<Worklist>;
  patient(request: PatientRequest, signal: AbortSignal): Promise<PatientView>;
  model(signal: AbortSignal): Promise<ModelDescription>;
  card(signal: AbortSignal): Promise<Json>;
  /** null where the server has none. */
  metrics(signal: AbortSignal): Promise<Json | null>;
  /** The report's page, as a file. */
  report(signal: AbortSignal): Promise<Blob>;
}

const POLL_MS = 700;

export function createClient({ fetch, token, timeoutMs = 60_000, sleep = pause }: ClientOptions): Client {
  const call = async (path: string, signal: AbortSignal, body?: unknown, accept = 'application/json'): Promise<Response> => {
    const bearer = token();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    let response: Response;
    try {
      response = await fetch(path, {
        method: body === undefined ? 'GET' : 'POST',
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'manual',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.any([signal, limit.signal]),
        headers: {
          accept,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // The whole body belongs to the time of the request.
      const bytes = await response.arrayBuffer();
      if (response.type === 'opaqueredirect') throw new PageError(problemOf('unauthenticated'));
      response = new Response(bytes.byteLength === 0 ? null : bytes, response);
    } catch (error) {
      if (error instanceof PageError || signal.aborted) throw error;
      throw new PageError(problemOf(limit.signal.aborted ? 'timeout' : 'offline'));
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const problem = problemOfAnswer(response.status, await jsonOf(response).catch(() => null));
    throw new PageError({ ...problem, requestId: problem.requestId ?? response.headers.get('x-request-id') });
  };
  const read = async <T>(response: Response, isRight: (value: unknown) => value is T): Promise<T> => {
    const value = await jsonOf(response).catch(() => undefined);
    if (isRight(value)) return value;
    throw new PageError(problemOf('unreadable', { status: response.status, requestId: response.headers.get('x-request-id') }));
  };
  const optional = async (path: string, signal: AbortSignal): Promise<Json | null> => {
    try {
      const response = await call(path, signal);
      return response.status === 204 ? null : await read(response, isDocument);
    } catch (error) {
      if (error instanceof PageError && error.problem.kind === 'not-found') return null;
      throw error;
    }
  };
  return {
    async worklist(request, signal, onProgress) {
      for (;;) {
        const response = await call('/v1/worklist', signal, request);
        if (response.status !== 202) return read(response, isWorklist);
        onProgress(progressOf(await jsonOf(response).catch(() => null)));
        const after = Number(response.headers.get('retry-after') ?? Number.NaN);
        await sleep(after > 0 ? Math.min(after, 10) * 1000 : POLL_MS, signal);
      }
    },
    patient: async (request, signal) => read(await call('/v1/patient', signal, request), isPatientView),
    model: async (signal) => read(await call('/v1/model', signal), isModelDescription),
    card: async (signal) => read(await call('/v1/model/card', signal), isDocument),
    metrics: (signal) => optional('/v1/model/metrics', signal),
    report: async (signal) => (await call('/v1/model/report', signal, undefined, 'text/html')).blob(),
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  return JSON.parse(await response.text()) as unknown;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('the question was taken back', 'AbortError'));
    });
  });
}
