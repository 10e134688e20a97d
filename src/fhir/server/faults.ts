/**
 * Faults on purpose: what servers, proxies and networks do to an answer, so that a client can be tested against it.
 *
 * In      a whole answer and the fault a test's script chose for this request
 * Out     the answer sent, changed, cut, slowed or withheld
 * Choice  faults act on the finished answer, so the server itself knows nothing of them
 */
import type { ServerResponse } from 'node:http';
import type { Answer, IssueCode } from './operation-outcome.ts';
import { outcomeAnswer } from './operation-outcome.ts';

export interface FaultRequest {
  /** 1 for the first request since the start. */
  readonly n: number;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** The resource type of a read, a search or a page of one. */
  readonly type?: string;
  /** 1 for a search, 2 and more for what its next links lead to. */
  readonly page?: number;
  /** Of POST _search; repeated values are joined by "&". */
  readonly form?: Readonly<Record<string, string>>;
}

export type Fault =
  /** An error status; the body is an OperationOutcome unless one is given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection stays open and nothing is sent. */
  | { readonly kind: 'hang' }
  /** The connection is reset before anything is sent. */
  | { readonly kind: 'reset' }
  /** The first bytes of the body, then the end of the connection: short of Content-Length, or chunked without the last chunk. */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly chunked?: boolean }
  /** The whole body, slowly. */
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** The right answer, late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Another body under status 200 (or the one given). */
  | {
      readonly kind: 'body';
      readonly contentType: string;
      readonly body: string | Uint8Array;
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The next link of the page, changed; undefined removes it. `to` is not called where there is none. */
  | { readonly kind: 'rewrite-next'; readonly to: (url: string) => string | undefined }
  /** The Bundle, edited. */
  | { readonly kind: 'rewrite-bundle'; readonly edit: (bundle: fhir4.Bundle) => unknown };

/** Called once a request, in order of arrival; undefined for an honest answer. */
export type FaultScript = (request: FaultRequest) => Fault | undefined;

/** Sends an answer, under a fault where there is one. Resolves when no more is to be sent. `stopped` ends what a fault holds open. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
  stopped: AbortSignal,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(response, answer);
    case 'status':
      return send(response, statusAnswer(fault));
    case 'body': {
      const headers = { 'Content-Type': fault.contentType, ...fault.headers };
      return send(response, { status: fault.status ?? 200, headers, body: Buffer.from(fault.body as string) });
    }
    case 'rewrite-next':
      return send(
        response,
        edited(answer, (bundle) => withNext(bundle, fault.to)),
      );
    case 'rewrite-bundle':
      return send(response, edited(answer, fault.edit));
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      await pause(response, stopped, undefined);
      response.destroy();
      return;
    case 'delay':
      if (await pause(response, stopped, fault.ms)) send(response, answer);
      else response.destroy();
      return;
    case 'truncate':
      response.writeHead(
        answer.status,
        fault.chunked ? answer.headers : { ...answer.headers, 'Content-Length': answer.body.length },
      );
      await new Promise<void>((resolve) => response.write(answer.body.subarray(0, fault.afterBytes), () => resolve()));
      response.destroy();
      return;
    case 'drip':
      return drip(response, answer, fault.bytesPerSecond, stopped);
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.end(body);
}

async function drip(
  response: ServerResponse,
  { status, headers, body }: Answer,
  bytesPerSecond: number,
  stopped: AbortSignal,
): Promise<void> {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let sent = 0; sent < body.length; sent += step) {
    response.write(body.subarray(sent, sent + step));
    if (!(await pause(response, stopped, (1000 * step) / bytesPerSecond))) {
      response.destroy();
      return;
    }
  }
  response.end();
}

/** True when the time has passed; false when the client left or the server stopped first. Without a time it waits for those. */
function pause(response: ServerResponse, stopped: AbortSignal, ms: number | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (passed: boolean): void => {
      clearTimeout(timer);
      response.off('close', left);
      stopped.removeEventListener('abort', left);
      resolve(passed);
    };
    const left = (): void => end(false);
    const timer = ms === undefined ? undefined : setTimeout(() => end(true), ms);
    response.on('close', left);
    stopped.addEventListener('abort', left);
    if (stopped.aborted || response.destroyed) left();
  });
}

function statusAnswer(fault: Extract<Fault, { kind: 'status' }>): Answer {
  const issue: IssueCode = fault.status === 429 ? 'throttled' : fault.status >= 500 ? 'transient' : 'exception';
  const answer = outcomeAnswer(fault.status, issue, `status ${fault.status} on purpose`, fault.headers);
  return fault.body === undefined ? answer : { ...answer, body: Buffer.from(fault.body, 'utf8') };
}

function edited(answer: Answer, edit: (bundle: fhir4.Bundle) => unknown): Answer {
  const resource = JSON.parse(answer.body.toString('utf8')) as { resourceType?: string };
  if (resource.resourceType !== 'Bundle') return answer;
  return { ...answer, body: Buffer.from(JSON.stringify(edit(resource as fhir4.Bundle)), 'utf8') };
}

function withNext(bundle: fhir4.Bundle, to: (url: string) => string | undefined): fhir4.Bundle {
  const link = (bundle.link ?? []).flatMap((old) => {
    const url = old.relation === 'next' ? to(old.url) : old.url;
    return url === undefined ? [] : [{ ...old, url }];
  });
  return { ...bundle, link };
}
