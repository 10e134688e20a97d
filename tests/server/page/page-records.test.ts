/**
 * Worklist and patient over real parts: a landing folder behind its FHIR server, the released model, the server on a port.
 *
 * The folder holds five patients as Synthea wrote them, all of them alive; one gets some facts that came to light after a discharge.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLandingFile, writeManifest } from '../../../src/fhir/landing.ts';
import { readNdjson } from '../../../src/fhir/ndjson.ts';
import { patientViewSchema, worklistSchema, type PatientView, type Worklist } from '../../../src/server/page/page-answers.ts';
import { startScoringServer, type ScoringServer } from '../../../src/server/index.ts';
import { ask, askList } from './asked.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const raw = join(root, 'tests/fixtures/synthea-raw/fhir');
const types = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'];
const patient = '79c991a3-a49c-d05d-85dd-4f82f54a9589';
/** Ended 1996-11-23T14:52:34Z. */
const stay = '7dc3d180-d071-72c9-114a-fd32dc1df3d6';
const subject = { reference: `Patient/${patient}` };

/** Facts of the days after the discharge, and a value of the stay itself that was recorded then. */
const later = [
  {
    resourceType: 'Observation',
    id: 'later-observation',
    status: 'final',
    subject,
    code: { coding: [{ system: 'http://loinc.org', code: '2947-0', display: 'Sodium' }] },
    effectiveDateTime: '1996-11-24T08:00:00Z',
    issued: '1996-11-24T09:00:00Z',
    valueQuantity: { value: 121, code: 'mmol/L', unit: 'mmol/L' },
  },
  {
    resourceType: 'Observation',
    id: 'issued-later',
    status: 'final',
    subject,
    encounter: { reference: `Encounter/${stay}` },
    code: { coding: [{ system: 'http://loinc.org', code: '2947-0', display: 'Sodium' }] },
    effectiveDateTime: '1996-11-23T08:00:00Z',
    issued: '1996-11-23T18:00:00Z',
    valueQuantity: { value: 122, code: 'mmol/L', unit: 'mmol/L' },
  },
  {
    resourceType: 'Encounter',
    id: 'later-visit',
    status: 'finished',
    class: { code: 'EMER' },
    subject,
    period: { start: '1996-11-23T20:00:00Z', end: '1996-11-23T22:00:00Z' },
  },
  {
    resourceType: 'Encounter',
    id: 'later-stay',
    status: 'finished',
    class: { code: 'IMP' },
    subject,
    period: { start: '1997-02-03T08:00:00Z', end: '1997-02-08T10:00:00Z' },
  },
];

let dir: string;
let server: ScoringServer;
let view: PatientView;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'page-records-'));
  await mkdir(join(dir, 'landing'));
  const files = [];
  for (const type of types) {
    const lines = later.filter(({ resourceType }) => resourceType === type).map((resource) => JSON.stringify(resource));
    for await (const { text } of readNdjson(join(raw, `${type}.ndjson.gz`))) {
      const { deceasedDateTime: _died, ...resource } = JSON.parse(text) as { deceasedDateTime?: string };
      lines.push(JSON.stringify(resource));
    }
    files.push(await writeLandingFile(join(dir, 'landing'), type, lines));
  }
  await writeManifest(join(dir, 'landing'), {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made for a test' },
    transactionTime: '2026-01-01T00:00:00Z',
    synthetic: true,
    coverage: { types, from: null },
    files,
  });
  server = await startScoringServer({
    model: join(root, 'models/planted'),
    port: 0,
    workers: 0,
    data: join(dir, 'landing'),
    stateDir: join(dir, 'state'),
  });
  view = patientViewSchema.parse((await ask(server, '/v1/patient', { patientId: patient, encounterId: stay })).body);
}, 60_000);
afterAll(async () => {
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

async function listOf(request: object): Promise<Worklist> {
  const list = worklistSchema.parse((await askList(server, request)).body);
  const sum = (counts: readonly { count: number }[]): number => counts.reduce((total, { count }) => total + count, 0);
  expect(list.entries.length + sum(list.notEligible) + sum(list.failed)).toBe(list.found);
  return list;
}

test('the days up to a day are ranked, and say the same of each stay as a score asked for by id', async () => {
  const list = await listOf({ days: 365, until: '1996-11-30' });
  expect(list).toMatchObject({ from: '1995-12-01', until: '1996-11-30', source: 'landing', cut: false, found: 2, failed: [] });
  expect(list.entries.map(({ encounter }) => encounter)).toEqual([
    `Encounter/${stay}`,
    'Encounter/1e770058-b42e-f169-ebf6-1df5e5f42556',
  ]);
  const risks = list.entries.map(({ risk }) => risk);
  expect(risks).toEqual([...risks].sort((a, b) => b - a));
  for (const { person, encounter, risk, band, admission, discharge, reasons } of list.entries) {
    const encounterId = encounter.replace('Encounter/', '');
    const { body } = await ask(server, '/v1/score', { patientId: person.id, encounterId });
    const told = (body['reasons'] as { words: string; direction: string }[]).slice(0, 3);
    expect(body).toMatchObject({ risk, band, stay: { admission, discharge } });
    expect(reasons).toEqual(told.map(({ words, direction }) => ({ words, direction })));
  }
});

test('three encounters of one stay are one entry', async () => {
  const list = await listOf({ days: 30, until: '2021-01-20' });
  expect(list.found).toBe(3);
  expect(list.entries.map(({ encounter }) => encounter)).toEqual(['Encounter/5d55ecbb-2c13-4173-13d4-3e00b8791e87']);
  expect(list.notEligible).toMatchObject([{ rule: 'part-of-stay', count: 2 }]);
});

test('who has no risk is counted by the rule, up to the newest discharge', async () => {
  const list = await listOf({ days: 365 });
  expect(list).toMatchObject({ from: '2024-12-20', until: '2025-12-20', entries: [] });
  expect(list.notEligible.map(({ rule, count }) => [rule, count])).toEqual([
    ['cancer-treatment', 12],
    ['sleep-study', 1],
  ]);
});

test('the view adds up, and has every resource its reasons name, once', () => {
  const { answer } = view.explanation;
  const total = answer.attributions.reduce((sum, { attribution }) => sum + attribution, answer.baseValue);
  expect(total).toBeCloseTo(answer.forestOutput, 9);
  const named = new Set(answer.reasons.flatMap(({ resources }) => resources));
  expect(named.size).toBeGreaterThan(10);
  expect(view.resources.map(({ resource }) => resource)).toEqual([...named]);
  expect(view.resources.every(({ label, date }) => label !== '' && date !== null)).toBe(true);
  expect(view.person).toMatchObject({ id: patient });
});

test('the timeline holds two years before the discharge and nothing of what came or was recorded after it', () => {
  const endMs = Date.parse('1996-11-23T14:52:34Z');
  expect(view.timeline.length).toBeGreaterThan(50);
  expect(new Set(view.timeline.map(({ kind }) => kind))).toEqual(new Set(['inpatient', 'outpatient', 'emergency', 'laboratory']));
  for (const { start, end } of view.timeline) {
    expect(Date.parse(start)).toBeLessThanOrEqual(endMs);
    expect(Date.parse(end ?? start)).toBeGreaterThanOrEqual(endMs - 730 * 86_400_000);
  }
  const starts = view.timeline.map(({ start }) => start);
  expect(starts).toEqual([...starts].sort());
  const own = view.timeline.filter(({ index, kind }) => index && kind === 'inpatient');
  expect(own).toMatchObject([{ resource: `Encounter/${stay}`, end: '1996-11-23T14:52:34.000Z' }]);
  const values = view.timeline.filter(({ kind }) => kind === 'laboratory');
  expect(values.every(({ value, unit }) => value !== null && unit !== null)).toBe(true);
  const everything = JSON.stringify(view);
  for (const { id } of later) expect(everything).not.toContain(id);
});

test('the same facts are there once the prediction time is later', async () => {
  const { body } = await ask(server, '/v1/patient', { patientId: patient });
  const resources = patientViewSchema.parse(body).timeline.map(({ resource }) => resource);
  for (const { id, resourceType } of later) expect(resources).toContain(`${resourceType}/${id}`);
});

test('what if and profile are answered of the encounter that was asked about', async () => {
  const request = { patientId: patient, encounterId: stay, set: { length_of_stay_days: 2 }, profile: 'age_years' };
  const { explanation, changeable } = patientViewSchema.parse((await ask(server, '/v1/patient', request)).body);
  expect(explanation.whatIf?.risk.before).toBe(view.explanation.answer.risk);
  expect(explanation.whatIf?.set).toMatchObject([{ feature: 'length_of_stay_days', after: 2 }]);
  expect(explanation.profile).toMatchObject({ feature: 'age_years' });
  const stayLength = changeable.find(({ feature }) => feature === 'length_of_stay_days');
  expect(stayLength?.value).toBeCloseTo(1.00675, 4);
  expect(stayLength?.range[0]).toBeLessThan(stayLength?.range[1] as number);
});

test('the report of the model and all its figures', async () => {
  const report = await fetch(`${server.url}/v1/model/report`);
  expect(report.status).toBe(200);
  expect(report.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(report.headers.get('content-security-policy')).toContain("style-src 'unsafe-inline'");
  expect(report.headers.get('content-security-policy')).not.toContain('script');
  expect(await report.text()).toMatch(/^<!doctype html>/);
  const metrics = (await (await fetch(`${server.url}/v1/model/metrics`)).json()) as Record<string, unknown>;
  expect(Object.keys(metrics)).toEqual(expect.arrayContaining(['attrition', 'validations']));
});
