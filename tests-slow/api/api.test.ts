/**
 * The description of the API holds: schemathesis makes requests out of it, valid and broken ones, and checks each answer against it.
 *
 * In      a server of its own over a few patients of synthea-data, so that most valid requests are answered with a score
 * Choice  once as on one machine, without tokens, and once with an access file: with good tokens, with none, and with one of too little scope
 * Choice  API_EXAMPLES requests by operation and phase, 20 unless told; API_SEED, 1 unless told
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suggestionUuid } from '../../src/server/cds-hooks/suggestions.ts';
import { startServing, type ServingChild } from '../../tests/server/audit/serving-child.ts';
import { writeSampleLanding, type SampleStay } from '../../tests/server/support/sample-landing.ts';
import { startIssuer, type Issuer } from './token-issuer.ts';

const seed = process.env['API_SEED'] ?? '1';
const examples = process.env['API_EXAMPLES'] ?? '20';
const fewRecords = 4;

let folder: string;
let stays: SampleStay[];
let issuer: Issuer | undefined;
const servers: ServingChild[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readmission-api-'));
  stays = await writeSampleLanding(folder, 12);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));
  await issuer?.close();
  await rm(folder, { recursive: true, force: true });
});

test('without tokens, to its own machine', async () => {
  const server = await started([]);
  const said = await schemathesis(server, { name: 'open', tokenUrl: null, arguments: ['--exclude-checks', 'ignored_auth'] });
  expect(said.cases).toBeGreaterThan(1500);
  // Most of what is valid is answered, or the requests were not about these records.
  expect(said.statuses.get('200')).toBeGreaterThan(300);
  for (const [operation, count] of said.answered) expect([operation, count > 0]).toEqual([operation, true]);
});

test('with tokens: good ones, none, and others', async () => {
  issuer = await startIssuer();
  const port = await freePort();
  const access = join(folder, 'access.json');
  await writeFile(access, JSON.stringify(issuer.accessFile));
  const url = `http://127.0.0.1:${port}`;
  issuer.publicUrl = url;
  const server = await started(['--access', access, '--public-url', url], port);
  const said = await schemathesis(server, { name: 'tokens', tokenUrl: issuer.tokenUrl, arguments: [] });
  expect(said.statuses.get('200')).toBeGreaterThan(300);
  expect(said.statuses.get('401')).toBeGreaterThan(20);
  issuer.scope = 'none';
  const little = await schemathesis(server, {
    name: 'scope',
    tokenUrl: issuer.tokenUrl,
    arguments: ['--exclude-checks', 'positive_data_acceptance', '-n', '3'],
  });
  expect(little.statuses.get('403')).toBeGreaterThan(20);
});

async function started(more: readonly string[], port = 0): Promise<ServingChild> {
  const state = join(folder, `state-${servers.length}`);
  const server = await startServing({
    model: 'models/planted',
    state,
    more: [...more, '--data', folder, '--port', String(port)],
  });
  servers.push(server);
  return server;
}

interface Said {
  readonly cases: number;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<string, number>;
  /** How many answers of each operation were a success. */
  readonly answered: ReadonlyMap<string, number>;
}

interface Run {
  readonly name: string;
  readonly tokenUrl: string | null;
  readonly arguments: readonly string[];
}

/** Fails with what schemathesis says of each failure. */
async function schemathesis(server: ServingChild, run: Run): Promise<Said> {
  const sample = join(folder, `${run.name}.json`);
  const report = join(folder, `${run.name}.ndjson`);
  await writeFile(sample, JSON.stringify({ ...(await sampleOf(server, run.tokenUrl)), tokenUrl: run.tokenUrl }));
  const asked = ['--config-file', 'tests-slow/api/schemathesis.toml', 'run', `${server.url}/openapi.json`, '--url', server.url];
  const how = [
    '-n',
    examples,
    '--seed',
    seed,
    '--phases',
    'examples,coverage,fuzzing',
    '--generation-database',
    'none',
    '--no-color',
  ];
  const told = ['--report', 'ndjson', '--report-ndjson-path', report];
  const { status, out } = await ended('.venv/api/bin/schemathesis', [...asked, ...how, ...told, ...run.arguments], {
    API_SAMPLE: sample,
  });
  const said = await read(report);
  const counts = [...said.statuses].sort().map(([code, count]) => `${count} × ${code}`);
  process.stderr.write(`${run.name}: ${said.cases} requests, ${counts.join(', ')}\n`);
  if (status !== 0) throw new Error(out.slice(out.indexOf('= FAILURES =')));
  // Beside the log, and of errors that nobody foresaw, nothing was said.
  const lines = server.errors().split('\n');
  expect(lines.filter((line) => line !== '' && (!line.startsWith('{') || line.includes('"at":')))).toEqual([]);
  return said;
}

/** What hooks.py puts into valid requests: the patients with the fewest records of whom there is something to say, and cards about them. */
async function sampleOf(server: ServingChild, tokenUrl: string | null): Promise<object> {
  const { services } = (await (await fetch(`${server.url}/cds-services`)).json()) as { services: { id: string; hook: string }[] };
  const cards: Record<string, string[]> = Object.fromEntries(services.map(({ id }) => [id, []]));
  const suggestions: Record<string, string> = {};
  const known: object[] = [];
  for (const stay of stays) {
    const prefetch = prefetchOf(stay);
    const context = { userId: 'Practitioner/1', patientId: stay.patientId, encounterId: stay.encounterId };
    const [own = []] = await Promise.all(
      services.map(async ({ id, hook }) => {
        const call = { hook, hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea', context, prefetch };
        const issued = await cardsOf(`${server.url}/cds-services/${id}`, call, tokenUrl);
        for (const uuid of issued) {
          cards[id]?.push(uuid);
          suggestions[uuid] = suggestionUuid(uuid, 'follow-up-visit');
        }
        return issued;
      }),
    );
    if (own.length > 0) known.push({ ...stay, prefetch, asOf: prefetch.encounter?.period?.end });
    if (known.length === fewRecords) break;
  }
  expect(known).toHaveLength(fewRecords);
  return { stays: known, services, cards, suggestions, model: 'planted', notShown };
}

/** uuids. */
async function cardsOf(url: string, call: object, tokenUrl: string | null): Promise<string[]> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (tokenUrl !== null) {
    const given = await fetch(tokenUrl, { method: 'POST', body: JSON.stringify({ path: new URL(url).pathname }) });
    headers['authorization'] = `Bearer ${await given.text()}`;
  }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(call) });
  const { cards = [] } = (await answer.json()) as { cards?: { uuid: string }[] };
  return cards.map(({ uuid }) => uuid);
}

/** What a request has to be that concerns two places of it, by how its refusal begins. */
const notShown = [
  'expected a parameter "encounter", as the path names none',
  'expected a parameter "bundle" or "patient"',
  'expected no parameter "encounter", or the one that the path names',
  'expected to be told what was searched only of a Bundle',
  'expected "coveredType" beside "coveredFrom"',
  ...['bundle', 'encounter', 'patient', 'asOf', 'coveredFrom'].map((name) => `${name}: expected it once`),
  'hook: expected',
  'fhirAuthorization.patient: expected the patient of the context',
];

/** The whole answer of a search. */
function bundleOf(resources: readonly object[]): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: resources.length,
    entry: resources.map((resource) => ({ resource })),
  };
}

function prefetchOf({ patientId, encounterId, bundle }: SampleStay) {
  const of = (type: string) => bundle.entry.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type);
  return {
    patient: of('Patient').find(({ id }) => id === patientId),
    encounter: of('Encounter').find(({ id }) => id === encounterId),
    encounters: bundleOf(of('Encounter')),
    conditions: bundleOf(of('Condition')),
    observations: bundleOf(of('Observation')),
    procedures: bundleOf(of('Procedure')),
    medicationRequests: bundleOf(of('MedicationRequest')),
  };
}

function ended(
  command: string,
  options: readonly string[],
  env: Record<string, string>,
): Promise<{ status: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, options, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let out = '';
    const keep = (part: Buffer): void => void (out += part.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out }));
  });
}

async function read(report: string): Promise<Said> {
  const statuses = new Map<string, number>();
  const answered = new Map<string, number>();
  let cases = 0;
  for (const line of (await readFile(report, 'utf8')).split('\n')) {
    if (!line.startsWith('{"ScenarioFinished"')) continue;
    const { recorder } = (JSON.parse(line) as { ScenarioFinished: { recorder: Recorder } }).ScenarioFinished;
    const operation = recorder.label;
    answered.set(operation, answered.get(operation) ?? 0);
    for (const { response } of Object.values(recorder.interactions ?? {})) {
      cases += 1;
      const status = String(response?.status_code ?? 'none');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status.startsWith('2')) answered.set(operation, (answered.get(operation) ?? 0) + 1);
    }
  }
  return { cases, statuses, answered };
}

interface Recorder {
  readonly label: string;
  readonly interactions?: Readonly<Record<string, { readonly response: { readonly status_code: number } | null }>>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
