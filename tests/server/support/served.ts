/** The app over a fake scorer, on a free port, with its log kept in memory. */
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Express } from 'express';
import { pino } from 'pino';
import type { BundleRequest, FeaturesRequest, ScoreAnswer } from '../../../src/scoring/index.ts';
import { buildApp, servedModel, type AppOptions, type AuditEntry, type ServedModel } from '../../../src/server/index.ts';
import { tinyDefinition, tinyFeatures, tinyMapping, tinyMetrics, tinyModel } from './tiny-model.ts';

export const answer: ScoreAnswer = {
  risk: 0.3,
  interval: { low: 0.21, high: 0.4, level: 0.95, vennAbers: { low: 0.28, high: 0.31 }, comparableDischarges: 57 },
  band: 'high',
  bandFrom: 0.2,
  bandMeaning: 'at or above the base rate',
  baseRate: 0.2,
  horizonDays: 30,
  outcome: 'first unplanned stay after discharge',
  forestOutput: 0.3,
  baseValue: 0.2,
  attributions: [{ feature: 'age_years', value: 70, unit: 'a', attribution: 0.1 }],
  reasons: [{ feature: 'age_years', words: '70 years old', direction: 'raises', attribution: 0.1, resources: ['Patient/p1'] }],
  missing: [],
  notCovered: [],
  outOfTrainingRange: [],
  encounter: null,
  stay: null,
  asOf: null,
  coverage: null,
  notes: [],
  model: { name: 'tiny', sha256: 'aa'.repeat(32), codeVersion: '0.1.0', synthetic: true },
  caution: 'not for patient care',
};

export interface FakeCalls {
  readonly features: FeaturesRequest[];
  readonly bundles: BundleRequest[];
}

export interface Served {
  readonly app: Express;
  readonly url: string;
  readonly port: number;
  readonly calls: FakeCalls;
  /** Entries of the audit trail so far. */
  readonly audited: AuditEntry[];
  /** Lines of the log so far, as written. */
  readonly log: string[];
  score(body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** The tiny model behind a scorer that notes what it is asked. @param scoring  what it does; answers by default */
export function fakeModel(
  calls: FakeCalls = { features: [], bundles: [] },
  scoring: (request: BundleRequest | FeaturesRequest) => ScoreAnswer | Promise<ScoreAnswer> = () => answer,
): ServedModel {
  const scoreBundle = async (request: BundleRequest): Promise<ScoreAnswer> => {
    calls.bundles.push(request);
    return scoring(request);
  };
  return servedModel(
    {
      model: tinyModel(),
      modelSha256: 'aa'.repeat(32),
      features: tinyFeatures(),
      definition: tinyDefinition(),
      mapping: tinyMapping,
      scoreFeatures: (request) => {
        calls.features.push(request);
        return scoring(request);
      },
      scoreBundle,
      explainBundle: async (request) => ({ answer: await scoreBundle(request), whatIf: null, profile: null }),
      lastInpatientEncounter: () => null,
    },
    { metrics: tinyMetrics, card: { '(1)(i)': 'the developer' } },
  );
}

const open: Server[] = [];

/** Closes what `serve` opened, however the test ended. */
export async function closeAll(): Promise<void> {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** @param scoring  what the fake scorer does with a Bundle; answers by default */
export async function serve(
  options: Partial<AppOptions> = {},
  scoring: (request: BundleRequest | FeaturesRequest) => ScoreAnswer | Promise<ScoreAnswer> = () => answer,
): Promise<Served> {
  const calls: FakeCalls = { features: [], bundles: [] };
  const log: string[] = [];
  const audited: AuditEntry[] = [];
  const model = fakeModel(calls, scoring);
  const app = buildApp({
    models: { current: () => model },
    audit: { record: (entry) => Promise.resolve(void audited.push(entry)) },
    logger: pino({}, { write: (line: string) => void log.push(line) }),
    ...options,
  });
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    url,
    port,
    calls,
    audited,
    log,
    score: (body, headers = {}) =>
      fetch(`${url}/v1/score`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
  };
}

/** Sends raw bytes, gives everything that comes back until the connection ends. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (received += part));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
