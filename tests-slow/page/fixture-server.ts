/**
 * The page, served as the server serves it, over answers that a test decides: which, how late, with which status.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildApp, readWebPage } from '../../src/server/index.ts';
import type { PatientRequest } from '../../src/server/page/page-answers.ts';
import { fakeModel } from '../../tests/server/support/served.ts';
import * as fixtures from './fixtures.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | null;
}

/** An answer: an object is sent as JSON with 200; with `status` it is sent as that. 'hang' never answers, 'cut' ends the connection. */
export type Reply =
  | 'hang'
  | 'cut'
  | {
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly delayMs?: number;
    };
export type Answers = Readonly<Record<string, (asked: Asked) => Reply>>;

export const ok = (body: unknown, delayMs = 0): Reply => ({ status: 200, body, delayMs });

/** What RFC 9457 says of a refusal, as the server sends it. */
export const refusal = (status: number, code: string, title: string, detail: string): Reply => ({
  status,
  body: {
    type: `/openapi.json#/x-problems/${code}`,
    title,
    status,
    code,
    detail,
    requestId: '7d1c2f34-0000-4000-8000-000000000000',
  },
  headers: { 'content-type': 'application/problem+json' },
});

const numberOf = (id: unknown): number => Number(String(id).replace(/\D/g, ''));

export const usual: Answers = {
  'GET /v1/model': () => ok(fixtures.description()),
  'GET /v1/model/card': () => ok(fixtures.card()),
  'GET /v1/model/metrics': () => ok(fixtures.metrics()),
  'POST /v1/worklist': () => ok(fixtures.worklist(240)),
  'POST /v1/patient': ({ body }) => ok(fixtures.patientView(numberOf(body['patientId']), body as unknown as PatientRequest)),
};

export interface FixtureServer {
  readonly url: string;
  /** Requests to the API so far. */
  readonly asked: Asked[];
  /** Changes some of the answers from now on. */
  answer(answers: Answers): void;
  close(): Promise<void>;
}

export async function fixtureServer(answers: Answers = {}): Promise<FixtureServer> {
  const page = readWebPage('dist/web');
  if (page === null) throw new Error('expected the page in dist/web, found none; run npm run build');
  const model = fakeModel();
  const app = buildApp({ models: { current: () => model }, audit: { record: () => Promise.resolve() }, webPage: page });
  let current: Answers = { ...usual, ...answers };
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] as string;
    const reply = current[`${request.method ?? ''} ${path}`];
    if (reply === undefined) return app(request, response);
    void bodyOf(request).then((body) => {
      const call = {
        method: request.method ?? '',
        path: request.url ?? '',
        body,
        authorization: request.headers.authorization ?? null,
      };
      asked.push(call);
      send(response, reply(call));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (other) => (current = { ...current, ...other }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'cut') return void response.destroy();
  setTimeout(() => {
    response.writeHead(reply.status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }, reply.delayMs ?? 0);
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
