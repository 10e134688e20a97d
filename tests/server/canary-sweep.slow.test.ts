/**
 * Every string of a patient's record, of headers, addresses, tokens and keys is a canary, and every route is asked with them, in good form and in bad.
 * They may be found in the answers that are about records, at the places listed here, and nowhere else: not in the log, in what the process writes,
 * in the metrics, in an error, in a header, in the audit trail, in a file, in the address of a request to the FHIR server.
 *
 * Choice  ids are canaries of their own: answers and the audit trail tell whom they are about
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFhirServer, type FhirServer } from '../../src/fhir/server/index.ts';
import { startServing, writeTinyModel, type ServingChild } from './audit/serving-child.ts';
import { writeSampleLanding, type SampleStay } from './support/sample-landing.ts';

const idMark = 'ZZID-';
const mark = 'ZZPHI';
/** A birth date that is a day and a canary. */
const birthDate = '1931-12-24';
const canary = /ZZPHI|1931-12-24/;
const any = /ZZPHI|1931-12-24|ZZID-/;

type Json = Record<string, unknown>;

/** Where an answer may tell what a record says; `[]` stands for any place of a list. */
const told: Readonly<Record<string, { readonly why: string; readonly places: readonly string[] }>> = {
  'POST /v1/score': { why: 'the clinician has to know which stay the risk is of', places: ['stay.reason'] },
  'POST /v1/patient': {
    why: 'the page shows whom it is about and the records behind each reason',
    places: [
      'person.name',
      'person.birthDate',
      'person.sex',
      'explanation.answer.stay.reason',
      'timeline[].label',
      'resources[].label',
      'resources[].detail',
    ],
  },
  'POST /v1/worklist': {
    why: 'a row is about a person',
    places: ['entries[].person.name', 'entries[].person.birthDate', 'entries[].person.sex', 'entries[].reason'],
  },
  'POST /cds-services/{id}': { why: 'the card says which stay it is about', places: ['cards[].detail'] },
  'GET /v1/audit': { why: 'whom was asked about, by ids of legal form', places: ['entries[].encounter'] },
  'POST /v1/audit/search': {
    why: 'whom was asked about, by ids of legal form',
    places: ['entries[].encounter'],
  },
  'GET /v1/jobs/{id}/result': { why: 'each line is the answer of a score', places: ['answer.stay.reason'] },
};

let folder: string;
let fhir: FhirServer;
let server: ServingChild;
let stay: SampleStay;
const asked: string[] = [];
const found: string[] = [];
/** Places of `told` that were needed. */
const used = new Set<string>();
let plantedTexts = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'readmission-canary-'));
  const [model, landing] = [join(folder, 'model'), mkdtempSync(join(folder, 'landing-'))];
  await writeTinyModel(model);
  [stay] = (await writeSampleLanding(landing, 2, planted)) as [SampleStay];
  fhir = await startFhirServer({
    landing,
    faults: ({ url }) => {
      asked.push(url);
      return undefined;
    },
  });
  server = await startServing({ model, state: join(folder, 'state'), more: ['--fhir-server', fhir.url] });
});
afterAll(async () => {
  await server?.kill('SIGKILL');
  await fhir?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Keys whose text decides what a resource is, which records belong together, or what the features are. */
const kept = new Set(['resourceType', 'id', 'reference', 'fullUrl', 'system', 'code', 'status', 'url']);
const time = /^\d{4}(-\d\d){0,2}(T.*)?$/;

/** What synthea-data leaves out of its patients. */
const whoItIs = {
  text: { status: 'generated', div: 'x' },
  identifier: [{ system: 'urn:oid:1.2', value: 'x', type: { text: 'x' } }],
  name: [{ use: 'official', family: 'x', given: ['x', 'y'], prefix: ['x'], text: 'x' }],
  telecom: [{ system: 'phone', value: 'x' }],
  address: [{ line: ['x'], city: 'x', postalCode: 'x', country: 'x' }],
  contact: [{ name: { family: 'x' } }],
  generalPractitioner: [{ display: 'x' }],
};

/** Every text of a record but those that make it one that can be scored. */
function planted(text: string): string {
  const plant = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => plant(item, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plant(part, name)]));
    }
    if (typeof value !== 'string') return value;
    if (key === 'id') return `${idMark}${value}`;
    if (key === 'reference') return value.replace(/^([A-Za-z]+\/|urn:uuid:)/, `$1${idMark}`);
    if (key === 'birthDate') return birthDate;
    return kept.has(key) || time.test(value) ? value : `${mark} ${key} ${(plantedTexts += 1)}`;
  };
  // Who has died since is on no worklist.
  const { deceasedDateTime: _died, ...resource } = JSON.parse(text) as Json;
  return JSON.stringify(plant(resource['resourceType'] === 'Patient' ? { ...resource, ...whoItIs } : resource, ''));
}

/** Headers in which anything may stand. */
const headers: Readonly<Record<string, string>> = {
  'user-agent': `${mark}\tagent`,
  authorization: `Bearer ${mark}.${mark}.${mark}`,
  cookie: `session=${mark}`,
  referer: `http://${mark}/`,
  origin: `http://${mark.toLowerCase()}.example`,
  forwarded: `for=${mark};host=${mark}`,
  'x-forwarded-for': mark,
  'x-forwarded-host': mark,
  'x-forwarded-proto': mark,
  'x-forwarded-user': mark,
  'x-user-id': mark,
  'x-request-id': mark,
  'x-http-method-override': mark,
  'x-correlation-id': mark,
  traceparent: mark,
};

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks, and notes where a canary came back that may not. */
async function ask(
  operation: string,
  path: string,
  init: { body?: string | undefined; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const [method = 'GET'] = operation.split(' ');
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
    ...(init.body === undefined ? {} : { body: init.body }),
    redirect: 'manual',
  });
  const text = await answer.text();
  const where = `${operation} ${answer.status}`;
  if (any.test(JSON.stringify([...answer.headers]))) found.push(`${where}: headers`);
  if (!answer.ok) {
    if (any.test(text)) found.push(`${where}: ${text}`);
  } else if (canary.test(text)) {
    for (const line of text.trim().split('\n')) {
      for (const place of canariesIn(JSON.parse(line))) {
        if (told[operation]?.places.includes(place) === true) used.add(`${operation}: ${place}`);
        else found.push(`${where}: ${place}`);
      }
    }
  }
  return { status: answer.status, text };
}

/** Paths of the texts that hold a canary. */
function canariesIn(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return canary.test(value) ? [path] : [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => canariesIn(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(canary.test(key) ? [`${path}.key`] : []),
    ...canariesIn(part, path === '' ? key : `${path}.${key}`),
  ]);
}

const of = (type: string): Json[] =>
  stay.bundle.entry.map(({ resource }) => resource as unknown as Json).filter(({ resourceType }) => resourceType === type);
const searchset = (type: string): Json => ({
  resourceType: 'Bundle',
  type: 'searchset',
  total: of(type).length,
  entry: of(type).map((resource) => ({ resource })),
});

function cdsCall(hook: string): Json {
  return {
    hook,
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: `Practitioner/${idMark}1`, patientId: stay.patientId, encounterId: stay.encounterId, [mark]: mark },
    extension: { [mark]: mark },
    prefetch: {
      [mark]: mark,
      patient: of('Patient')[0],
      encounter: of('Encounter').find(({ id }) => id === stay.encounterId),
      encounters: searchset('Encounter'),
      conditions: searchset('Condition'),
      observations: searchset('Observation'),
      procedures: searchset('Procedure'),
      medicationRequests: searchset('MedicationRequest'),
    },
  };
}

interface Case {
  readonly path: string;
  readonly body?: Json | string;
  readonly headers?: Record<string, string>;
  /** In good form. */
  readonly status: number;
}

test('a canary stays where it was put', async () => {
  const { paths } = JSON.parse((await ask('GET /openapi.json', '/openapi.json')).text) as { paths: Record<string, Json> };
  const { patientId, encounterId, bundle } = stay;
  const byId = { patientId, encounterId };
  const end = (of('Encounter').find(({ id }) => id === encounterId)?.['period'] as { end: string }).end;
  const scored = { bundle, encounter: encounterId };
  const parameters = (...more: Json[]): Json => ({
    resourceType: 'Parameters',
    [mark]: mark,
    parameter: [{ name: 'bundle', resource: bundle }, ...more],
  });
  const card = (
    JSON.parse(
      (
        await ask('POST /cds-services/{id}', '/cds-services/readmission-risk-discharge', {
          body: JSON.stringify(cdsCall('encounter-discharge')),
        })
      ).text,
    ) as { cards: { uuid: string }[] }
  ).cards[0]?.uuid;
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const lines = [scored, byId, { bundle: { resourceType: mark }, encounter: mark }, { [mark]: mark }]
    .map((line) => JSON.stringify(line))
    .join('\n');
  const job = async (): Promise<string> => {
    const { id } = JSON.parse((await ask('POST /v1/jobs', '/v1/jobs', { body: `${lines}\n${mark}`, headers: ndjson })).text) as {
      id: string;
    };
    for (let i = 0; i < 200; i += 1) {
      const { text } = await ask('GET /v1/jobs/{id}', `/v1/jobs/${id}`);
      if (/"finished":"/.test(text)) return id;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('expected the job to end');
  };
  const [kept, removed] = [await job(), await job()];
  const cases: Readonly<Record<string, Case>> = {
    'POST /v1/score': { path: '/v1/score', body: scored, status: 200 },
    'POST /v1/patient': { path: '/v1/patient', body: byId, status: 200 },
    'POST /v1/worklist': { path: '/v1/worklist', body: { days: 30, until: end.slice(0, 10) }, status: 200 },
    'POST /fhir/Encounter/{id}/$readmission-risk': {
      path: `/fhir/Encounter/${encounterId}/$readmission-risk`,
      body: parameters(),
      status: 200,
    },
    'POST /fhir/Encounter/$readmission-risk': {
      path: '/fhir/Encounter/$readmission-risk',
      body: parameters({ name: 'encounter', valueReference: { reference: `Encounter/${encounterId}`, display: mark } }),
      status: 200,
    },
    'POST /cds-services/{id}': {
      path: '/cds-services/readmission-risk-patient-view',
      body: cdsCall('patient-view'),
      status: 200,
    },
    'POST /cds-services/{id}/feedback': {
      path: '/cds-services/readmission-risk-discharge/feedback',
      body: {
        feedback: [
          {
            card,
            outcome: 'overridden',
            outcomeTimestamp: '2026-01-01T00:00:00Z',
            overrideReason: { reason: { code: 'ZZCODE', system: 'urn:zz' }, userComment: `${mark} comment` },
            [mark]: mark,
          },
        ],
      },
      status: 200,
    },
    'POST /v1/jobs': { path: '/v1/jobs', body: lines, headers: ndjson, status: 202 },
    'GET /v1/jobs/{id}': { path: `/v1/jobs/${kept}`, status: 200 },
    'GET /v1/jobs/{id}/result': { path: `/v1/jobs/${kept}/result`, status: 200 },
    'DELETE /v1/jobs/{id}': { path: `/v1/jobs/${removed}`, status: 200 },
    'POST /v1/audit/search': { path: '/v1/audit/search', body: { patient: `Patient/${patientId}` }, status: 200 },
    'POST /v1/admin/model': { path: '/v1/admin/model', body: { name: mark }, status: 422 },
    'GET /fhir/OperationDefinition/{id}': { path: `/fhir/OperationDefinition/${mark}`, status: 404 },
    'GET /fhir/StructureDefinition/{id}': { path: `/fhir/StructureDefinition/${mark}`, status: 404 },
    'GET /fhir/CodeSystem/{id}': { path: `/fhir/CodeSystem/${mark}`, status: 404 },
    'GET /v1/model/report': { path: '/v1/model/report', status: 404 },
    'GET /assets/{name}': { path: `/assets/${mark}`, status: 404 },
  };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.length).toBeGreaterThan(20);
  expect(Object.keys(cases).filter((operation) => !operations.includes(operation) && operation !== 'GET /assets/{name}')).toEqual(
    [],
  );

  for (const operation of operations) {
    const [method = '', pattern = ''] = operation.split(' ');
    const { path, body, status, headers: own = {} } = cases[operation] ?? { path: pattern, status: 200 };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const good = await ask(operation, path, { body: text, headers: own });
    expect([operation, good.status, good.status === status ? '' : good.text.slice(0, 300)]).toEqual([operation, status, '']);
    // Addresses.
    await ask(operation, `${path}?name=${mark}&${mark}=1#${mark}`, { body: text, headers: own });
    for (const id of [mark, `${mark}%20x`, `..%2f${mark}`, `${mark}%`, `${mark}%0d%0aSet-Cookie:${mark}`]) {
      if (pattern.includes('{')) await ask(operation, pattern.replace(/\{\w+\}/, id), { body: text, headers: own });
      else await ask(operation, `${path === '/' ? '' : path}/${id}`, { body: text, headers: own });
    }
    // What is asked for, and in which form it is sent.
    for (const more of [
      { accept: `${mark}/${mark}` },
      { accept: 'application/fhir+json' },
      { 'accept-encoding': mark },
      { 'accept-language': mark },
    ]) {
      await ask(operation, path, { body: text, headers: { ...own, ...more } });
    }
    await ask(`PUT ${pattern}`, path, { body: text ?? mark });
    if (method !== 'POST' || text === undefined) continue;
    for (const more of [
      { 'content-type': mark },
      { 'content-type': `application/json; charset=${mark}` },
      { 'content-encoding': mark },
      { 'idempotency-key': `${mark} \u00e9` },
      { 'idempotency-key': `${mark}-1` },
      { 'idempotency-key': `${mark}-1` },
    ]) {
      await ask(operation, path, { body: text, headers: { ...own, ...more } });
    }
    for (const broken of brokenForms(text)) await ask(operation, path, { body: broken, headers: own });
  }
  await sweepFields();

  const lives = await ask('GET /healthz', '/healthz');
  expect(lives.status).toBe(200);
  const { text: metrics } = await ask('GET /metrics', '/metrics');
  expect(metrics).toMatch(/readmission_/);
  expect(metrics).not.toMatch(any);
  expect(await server.kill('SIGTERM')).toBe(0);
  const log = server.errors();
  expect(log.split('\n').length).toBeGreaterThan(500);
  expect(log.split('\n').filter((line) => any.test(line))).toEqual([]);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((address) => any.test(address))).toEqual([]);
  expect(inFiles(join(folder, 'state'))).toEqual([]);
  expect([...new Set(found)]).toEqual([]);
  // What is permitted is no more than what is needed.
  expect([...used].sort()).toEqual(
    Object.entries(told)
      .flatMap(([operation, { places }]) => places.map((place) => `${operation}: ${place}`))
      .sort(),
  );
  expect(plantedTexts).toBeGreaterThan(500);
}, 120_000);

/** Each key with a canary as its value, in the place of its name, and beside it; and text that is no JSON. */
function* brokenForms(text: string): Generator<string> {
  yield* [
    `${text.slice(0, -1)},}`,
    text.slice(0, Math.min(400, text.length - 1)),
    `"${mark}"`,
    `[${text}]`,
    mark,
    `{"${mark}":1}`,
    '{"__proto__":{"ZZPHI":1}}',
  ];
  if (!text.startsWith('{') || text.includes('\n')) return;
  const whole = JSON.parse(text) as Json;
  for (const key of Object.keys(whole)) {
    const { [key]: value, ...rest } = whole;
    for (const other of [mark, [mark], { [mark]: mark }, 1e308, null]) yield JSON.stringify({ ...rest, [key]: other });
    yield JSON.stringify({ ...rest, [`${mark}${key}`]: value });
    if (typeof value !== 'object' || value === null || key === 'bundle') continue;
    for (const inner of Object.keys(value)) yield JSON.stringify({ ...rest, [key]: { ...value, [inner]: [mark] } });
  }
}

/** Every element of every type of record in turn: a canary in the place of its text, an object, a list. */
async function sweepFields(): Promise<void> {
  const shapes = new Set<string>();
  const first = stay.bundle.entry.filter(
    ({ resource }, i, all) =>
      resource.id === stay.encounterId || all.findIndex((one) => one.resource.resourceType === resource.resourceType) === i,
  );
  const statuses = new Set<number>();
  for (const [i, { resource }] of first.entries()) {
    for (const path of leavesOf(resource)) {
      const shape = `${resource.resourceType}.${path.filter((step) => typeof step === 'string').join('.')}`;
      if (shapes.has(shape)) continue;
      shapes.add(shape);
      for (const value of [`${mark} x`, { [mark]: mark }, [mark]]) {
        const entry = first.map((one, j) => (j === i ? { resource: replaced(one.resource, path, value) } : one));
        const broken = { bundle: { resourceType: 'Bundle', type: 'collection', entry }, encounter: stay.encounterId };
        statuses.add((await ask('POST /v1/score', '/v1/score', { body: JSON.stringify(broken) })).status);
      }
    }
  }
  expect(shapes.size).toBeGreaterThan(50);
  expect([...statuses].sort()).toEqual([200, 422]);
}

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, Array.isArray(value) ? Number(key) : key]));
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : (item as unknown)));
  return { ...(value as Json), [step]: replaced((value as Json)[step as string], rest, by) };
}

/** Files that hold a canary and may not, with what they hold. */
function inFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(dir, name);
    // What a job was given and what it found are its owner's, until it is removed.
    if (statSync(path).isDirectory() || /^jobs\/[^/]*\/(input|result)\.ndjson$/.test(name)) return [];
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines
      .map((line) => {
        if (name.startsWith('audit/')) return withoutSubjects(line);
        if (name.startsWith('jobs/')) return withoutIds(line);
        return name.startsWith('feedback/') ? line.replace(`${mark} comment`, '') : line;
      })
      .filter((line) => any.test(line))
      .map((line) => `${name}: ${line.slice(0, 400)}`);
  });
}

/** An entry of the audit trail without those it is about, and who asked at the client: ids that have the form of one. */
function withoutSubjects(line: string): string {
  if (line === '') return '';
  const { patients, encounter, scores, user, ...rest } = JSON.parse(line) as Json;
  return JSON.stringify(rest) + withoutIds(JSON.stringify({ patients, encounter, scores, user }));
}

function withoutIds(line: string): string {
  return line.replaceAll(/"(?:Patient|Encounter|Practitioner)\/[A-Za-z0-9.-]{1,64}"/g, '""');
}
