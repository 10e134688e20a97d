/** What the server says in FHIR is valid by HAPI's validator: answers of the real scorer to real records, refusals, definitions. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { readModelFolder, type ModelFolder } from '../../src/model/index.ts';
import { createScorer, type Scorer } from '../../src/scoring/index.ts';
import { definitions } from '../../src/server/fhir/index.ts';
import { buildApp, servedModel } from '../../src/server/index.ts';
import { silentCap } from './hapi-server.ts';
import { chooseSample, type Resource } from './synthea-sample.ts';
import { errorsOf, validate, type ValidationMessage } from './validator.ts';

type Encounter = Resource & { period: { start: string; end?: string }; status: string };
type Bundle = { resourceType: 'Bundle'; type: 'collection'; entry: { fullUrl?: string; resource: Resource }[] };

const servers: Server[] = [];
const scorers: Scorer[] = [];
/** One Bundle per patient, with the id of the last inpatient encounter. */
let records: { bundle: Bundle; encounter: string }[];
let url: string;
let recalibratedUrl: string;

async function serve(folder: ModelFolder): Promise<string> {
  const scorer = await createScorer(folder);
  scorers.push(scorer);
  const model = servedModel(scorer, folder);
  const app = buildApp({
    models: { current: () => model },
    audit: { record: () => Promise.resolve() },
    now: () => Date.parse('2026-04-01T09:30:00Z'),
  });
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const folder = await readModelFolder(fileURLToPath(new URL('../../models/planted', import.meta.url)));
  url = await serve(folder);
  // As after recalibration elsewhere: another level, one band, no intervals.
  const { riskIntervals: _intervals, ...header } = folder.model.header;
  const bands = [{ name: 'undivided', from: 0, meaning: 'every risk <in> the "validation" was equal & low' }];
  const calibration = {
    kind: 'identity',
    intercept: 0,
    slope: 1,
    epsilon: 1e-4,
    reason: 'of the test',
    rows: 100,
    events: 20,
  } as const;
  recalibratedUrl = await serve({ ...folder, model: { ...folder.model, header: { ...header, bands, calibration } } });
  const { inpatients, resources } = await chooseSample(silentCap);
  records = inpatients.flatMap((id) => {
    const own = resources.filter((one) => one.id === id || one.subject?.reference === `Patient/${id}`);
    const bundle: Bundle = { resourceType: 'Bundle', type: 'collection', entry: own.map((resource) => ({ resource })) };
    const encounter = scorers[0]?.lastInpatientEncounter({ bundle });
    return encounter === null || encounter === undefined ? [] : [{ bundle, encounter: encounter.replace('Encounter/', '') }];
  });
});
afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  for (const scorer of scorers) scorer.close();
});

async function ask(base: string, encounter: string, bundle: Bundle, ...more: object[]): Promise<Resource> {
  const response = await fetch(`${base}/fhir/Encounter/${encounter}/$readmission-risk`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'bundle', resource: bundle }, ...more] }),
  });
  return (await response.json()) as Resource;
}

function changed(bundle: Bundle, change: (resource: Resource) => Resource | null): Bundle {
  const entry = bundle.entry.flatMap(({ resource }) => change(resource) ?? []).map((resource) => ({ resource }));
  return { ...bundle, entry };
}

function withoutBestPractice(messages: readonly ValidationMessage[]): string[] {
  return messages.filter(({ text }) => !text.includes('dom-6')).map(({ name, severity, text }) => `${severity} ${name}: ${text}`);
}

test('assessments of real discharges, open stays, thin records and another calibration', async () => {
  const answers = new Map<string, Resource>();
  expect(records.length).toBeGreaterThan(3);
  for (const [i, { bundle, encounter }] of records.entries()) {
    answers.set(`discharge-${i}`, await ask(url, encounter, bundle));
    answers.set(`recalibrated-${i}`, await ask(recalibratedUrl, encounter, bundle));
    const end = bundle.entry.map(({ resource }) => resource as Encounter).find(({ id }) => id === encounter)?.period
      .end as string;
    const open = changed(bundle, (resource) => {
      if (resource.id !== encounter) return resource;
      const { period, ...rest } = resource as Encounter;
      return { ...rest, status: 'in-progress', period: { start: period.start } } as unknown as Resource;
    });
    answers.set(`open-${i}`, await ask(url, encounter, open, { name: 'asOf', valueDateTime: end }));
    const thin = changed(bundle, (resource) => (/^(Patient|Encounter)$/.test(resource.resourceType) ? resource : null));
    const covered = { name: 'coveredType', valueCode: 'Encounter' };
    answers.set(`thin-${i}`, await ask(url, encounter, thin, covered, { name: 'coveredFrom', valueDate: '2000-01-01' }));
  }
  const assessed = [...answers.values()].filter(({ resourceType }) => resourceType === 'RiskAssessment');
  expect(assessed.length).toBeGreaterThan(12);
  const statuses = new Set(assessed.map((resource) => (resource as unknown as fhir4.RiskAssessment).status));
  expect([...statuses].sort()).toEqual(['final', 'preliminary']);
  const messages = await validate(answers, definitions());
  expect(errorsOf(messages)).toEqual([]);
});

test('refusals', async () => {
  const [{ bundle, encounter }] = records as [(typeof records)[number]];
  const child = changed(
    bundle,
    (resource) => (resource.resourceType === 'Patient' ? { ...resource, birthDate: '2020-01-01' } : resource) as Resource,
  );
  const outcomes = new Map<string, Resource>([
    ['too young', await ask(url, encounter, child)],
    ['no such encounter', await ask(url, 'e9', bundle)],
    ['an unknown parameter', await ask(url, encounter, bundle, { name: 'when', valueDate: '2020-01-01' })],
    [
      'an element of another type',
      await ask(
        url,
        encounter,
        changed(bundle, (resource) => ({ ...resource, code: ['x'] }) as Resource),
      ),
    ],
    ['nothing there', (await (await fetch(`${url}/fhir/Patient/1`)).json()) as Resource],
    ['not offered', (await (await fetch(`${url}/fhir/Encounter/$readmission-risk`)).json()) as Resource],
  ]);
  expect([...outcomes.values()].map(({ resourceType }) => resourceType)).toEqual(Array(outcomes.size).fill('OperationOutcome'));
  expect(JSON.stringify(outcomes.get('too young'))).toContain('business-rule');
  expect(errorsOf(await validate(outcomes, definitions()))).toEqual([]);
});

test('capability statement and definitions, as they are served', async () => {
  const served = new Map<string, object>([['metadata', (await (await fetch(`${url}/fhir/metadata`)).json()) as object]]);
  for (const { resourceType, id } of definitions()) {
    served.set(`${resourceType}-${id}`, (await (await fetch(`${url}/fhir/${resourceType}/${id}`)).json()) as object);
  }
  expect(served.size).toBeGreaterThan(9);
  const messages = await validate(served);
  expect(errorsOf(messages)).toEqual([]);
  expect(withoutBestPractice(messages).filter((line) => !line.includes("should be 'element' not 'fhirpath'"))).toEqual([]);
});

test('what is wrong is told', async () => {
  const [{ bundle, encounter }] = records as [(typeof records)[number]];
  const right = (await ask(url, encounter, bundle)) as unknown as fhir4.RiskAssessment;
  const prediction = right.prediction?.[0] as fhir4.RiskAssessmentPrediction;
  const wrong = new Map<string, object>([
    ['above 100 percent', { ...right, prediction: [{ ...prediction, probabilityDecimal: 101 }] }],
    ['no period', { ...right, prediction: [{ ...prediction, whenPeriod: undefined }] }],
    ['an extension nobody defined', { ...right, extension: [{ url: 'http://example.org/none', valueString: 'x' }] }],
    ['another status', { ...right, status: 'done' }],
  ]);
  const failed = new Set(
    (await validate(wrong, definitions())).filter(({ severity }) => severity === 'error').map(({ name }) => name),
  );
  expect([...failed].sort()).toEqual([...wrong.keys()].sort());
});
