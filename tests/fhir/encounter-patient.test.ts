/** Whose encounter it is, by a server that has it, has it not, or hands out another. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEncounterPatient } from '../../src/fhir/encounter-patient.ts';
import { writeLandingFile, writeManifest } from '../../src/fhir/landing.ts';
import { startFhirServer, type FhirServerOptions } from '../../src/fhir/server/index.ts';

const encounter = (id: string, subject: object): object => ({ resourceType: 'Encounter', id, status: 'finished', subject });
const encounters = [
  encounter('e1', { reference: 'Patient/p1' }),
  encounter('e2', { reference: 'https://elsewhere.example/fhir/Patient/p2' }),
  encounter('e3', { display: 'somebody' }),
];

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'encounter-patient-'));
  const lines = encounters.map((resource) => JSON.stringify(resource));
  await writeManifest(dir, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made for a test' },
    transactionTime: '2024-06-01T00:00:00Z',
    synthetic: true,
    coverage: { types: ['Encounter'], from: null },
    files: [await writeLandingFile(dir, 'Encounter', lines)],
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function found(encounterId: string, faults?: FhirServerOptions['faults'], signal?: AbortSignal) {
  const server = await startFhirServer({ landing: dir, ...(faults === undefined ? {} : { faults }) });
  try {
    return await findEncounterPatient({ server: server.url, encounterId, signal, retry: { baseMs: 1, capMs: 1 } });
  } finally {
    await server.close();
  }
}

test.each([
  ['e1', 'p1'],
  ['e2', 'p2'],
  ['e3', null],
  ['e9', null],
])('of %s: %s', async (id, patient) => {
  expect(await found(id)).toBe(patient);
});

test('a server that ignores the id names nobody', async () => {
  const everyone: FhirServerOptions['faults'] = () => ({
    kind: 'rewrite-bundle',
    edit: (bundle) => ({ ...(bundle as object), entry: encounters.map((resource) => ({ resource, search: { mode: 'match' } })) }),
  });
  expect(await found('e9', everyone)).toBeNull();
  expect(await found('e1', everyone)).toBe('p1');
});

test('refusals', async () => {
  await expect(found('../e1')).rejects.toMatchObject({ code: 'FHIR_OPTION' });
  await expect(found('e1', () => ({ kind: 'status', status: 401 }))).rejects.toMatchObject({ code: 'FHIR_UNAUTHORIZED' });
  await expect(found('e1', undefined, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});
