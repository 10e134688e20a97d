/** From a hook to feedback on a port, with a real scorer: what is eligible, when the stay is open, and what is left on disk. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModelFolder } from '../../../src/model/index.ts';
import { feedbackReport, startScoringServer, type ScoringServer } from '../../../src/server/index.ts';
import { startFake, type FakeServer } from '../../fhir/support/fake-server.ts';
import { tinyMetrics, tinyModel } from '../support/tiny-model.ts';
import { discharge, dischargeCall, patient, post, prefetch, searchset, stay, subject, view, viewCall } from './calls.ts';
import { cards, nullOrEmpty, type Card } from './standard.ts';

let dir: string;
let server: ScoringServer;
let fake: FakeServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cds-served-'));
  fake = await startFake([patient, stay].map((resource) => ({ ...resource, meta: { lastUpdated: '2024-03-09T00:00:00Z' } })));
  const model = join(dir, 'model');
  await writeModelFolder(model, { model: tinyModel(), metrics: tinyMetrics, card: { name: 'tiny' }, cardMarkdown: '# tiny' });
  server = await startScoringServer({
    model,
    port: 0,
    workers: 0,
    stateDir: join(dir, 'state'),
    cds: { fhirServers: [fake.url] },
  });
});
afterAll(async () => {
  await server.close();
  await fake.close();
  await rm(dir, { recursive: true, force: true });
});

async function cardsOf(service: string, call: unknown): Promise<Card[]> {
  const response = await post(server.url, service, call);
  const body: unknown = await response.json();
  expect([response.status, body]).toEqual([200, expect.objectContaining({ cards: expect.any(Array) })]);
  return cards.parse(body).cards;
}

const before = { ...stay, id: 'e1', status: 'finished', period: { start: '2024-01-10T08:00:00Z', end: '2024-01-12T08:00:00Z' } };
const ended = { ...stay, status: 'finished', period: { start: '2024-03-01T08:00:00Z', end: '2024-03-08T08:00:00Z' } };
const withEncounters = (...encounters: object[]): Record<string, unknown> => ({
  ...prefetch,
  encounter: null,
  encounters: searchset(...encounters),
});

test('a discharge: the risk of the model, its reasons, and two proposals', async () => {
  const [card] = await cardsOf(discharge, dischargeCall({ prefetch: withEncounters(ended, before) }));
  expect(card?.summary).toContain('Unplanned readmission within 30 days: 71 %');
  expect([card?.indicator, card?.suggestions?.length]).toEqual(['warning', 2]);
  expect(card?.detail).toContain('Stay from 2024-03-01');
  expect(card?.links?.[0]?.url).toBe(`${server.url}/`);
  expect(nullOrEmpty(card)).toEqual([]);
});

test('an open stay is scored as if it ended now', async () => {
  const start = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const open = { ...stay, period: { start } };
  const [card] = await cardsOf(view, viewCall({ prefetch: withEncounters(open) }));
  expect(card?.indicator).toBe('info');
  expect(card?.detail).toContain(`Stay from ${start.slice(0, 10)} to ${new Date().toISOString().slice(0, 10)}`);
});

test('nothing is said of a child, of a visit, of a stay long ago', async () => {
  const child = { ...patient, birthDate: '2015-01-01' };
  expect(await cardsOf(discharge, dischargeCall({ prefetch: { ...withEncounters(ended), patient: child } }))).toEqual([]);
  const visit = { ...ended, class: { code: 'AMB' } };
  expect(await cardsOf(discharge, dischargeCall({ prefetch: withEncounters(visit) }))).toEqual([]);
  expect(await cardsOf(view, viewCall({ prefetch: withEncounters(visit) }))).toEqual([]);
  expect(await cardsOf(view, viewCall({ prefetch: withEncounters(ended, before) }))).toEqual([]);
});

test('records of another patient are refused by the scorer', async () => {
  const other = { resourceType: 'Condition', id: 'c9', subject: { reference: 'Patient/p9' } };
  const call = dischargeCall({
    prefetch: { ...withEncounters(ended), conditions: searchset({ ...other, id: 'c1', subject }, other) },
  });
  const response = await post(server.url, discharge, call);
  expect([response.status, await response.json()]).toEqual([422, expect.objectContaining({ code: 'SCORING_BUNDLE_PATIENT' })]);
});

test('records are fetched where none were sent, and feedback is in the report', async () => {
  const call = dischargeCall({ prefetch: undefined, fhirServer: fake.url });
  const [card] = await cardsOf(discharge, call);
  const folder = join(dir, 'state', 'feedback');
  const before = await feedbackReport(folder);
  const feedback = [
    {
      card: card?.uuid,
      outcome: 'accepted',
      acceptedSuggestions: [{ id: card?.suggestions?.[0]?.uuid }],
      outcomeTimestamp: new Date().toISOString(),
    },
  ];
  expect((await post(server.url, `${discharge}/feedback`, { feedback })).status).toBe(200);
  const after = await feedbackReport(folder);
  expect(after.total).toEqual({ ...before.total, accepted: before.total.accepted + 1 });
  expect(after.total.cards).toBeGreaterThan(2);
  expect((await readdir(folder)).every((name) => /^(cards|outcomes)-\d{4}-\d{2}\.ndjson$/.test(name))).toBe(true);
});
