/** One patient's records from a server, whole or not at all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLandingFile, writeManifest } from '../../src/fhir/landing.ts';
import { fetchPatientBundle } from '../../src/fhir/patient-bundle.ts';
import { startFhirServer, type FhirServerOptions } from '../../src/fhir/server/index.ts';

const ids = (type: string, n: number, patient: string) =>
  Array.from({ length: n }, (_, i) => ({
    resourceType: type,
    id: `${patient}-${type}-${String(i).padStart(3, '0')}`,
    status: 'final',
    subject: { reference: `Patient/${patient}` },
  }));
const resources = [
  ...['p1', 'p2'].map((id) => ({ resourceType: 'Patient', id })),
  ...['p1', 'p2'].flatMap((patient) => [...ids('Encounter', 3, patient), ...ids('Observation', 25, patient)]),
];
const types = ['Encounter', 'Observation'];

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'patient-bundle-'));
  const files = [];
  for (const type of ['Encounter', 'Observation', 'Patient']) {
    const lines = resources.filter((r) => r.resourceType === type).map((r) => JSON.stringify(r));
    files.push(await writeLandingFile(dir, type, lines));
  }
  await writeManifest(dir, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made for a test' },
    transactionTime: '2024-06-01T00:00:00Z',
    synthetic: true,
    coverage: { types: ['Patient', ...types], from: null },
    files,
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function fetched(patientId: string, options: Partial<FhirServerOptions> = {}, more: object = {}) {
  const server = await startFhirServer({ landing: dir, ...options });
  try {
    return await fetchPatientBundle({ server: server.url, patientId, types, retry: { baseMs: 1, capMs: 1 }, ...more });
  } finally {
    await server.close();
  }
}

test('every record of the patient and of nobody else, over pages, and what was searched', async () => {
  const { bundle, types: searched } = await fetched('p1', { maxPageSize: 4 });
  expect(searched).toEqual(['Patient', 'Encounter', 'Observation']);
  const found = bundle.entry.map(({ resource }) => (resource as { id: string }).id).sort();
  expect(found).toEqual(
    resources
      .map(({ id }) => id)
      .filter((id) => id.startsWith('p1'))
      .sort(),
  );
});

test('a passing failure is tried again', async () => {
  let n = 0;
  const faults: FhirServerOptions['faults'] = () => ((n += 1) <= 2 ? { kind: 'status', status: 503 } : undefined);
  expect((await fetched('p1', { faults })).bundle.entry).toHaveLength(29);
});

test('an unknown patient', async () => {
  await expect(fetched('nobody')).rejects.toMatchObject({ code: 'FHIR_PATIENT_UNKNOWN' });
  await expect(fetched('../p1')).rejects.toMatchObject({ code: 'FHIR_OPTION' });
});

type Entry = { resource: { id: string; subject?: { reference: string } } };
type Edited = { entry?: Entry[]; total?: number };

test.each([
  ['a page that brings less than was counted', 'FHIR_INCOMPLETE', (entries: Entry[]) => entries.slice(1)],
  [
    "another patient's record",
    'FHIR_FILTER_IGNORED',
    (entries: Entry[]) =>
      entries.map((e, i) => (i === 0 ? { resource: { ...e.resource, subject: { reference: 'Patient/p2' } } } : e)),
  ],
  [
    'a record without a legal id',
    'FHIR_ENTRY_REFUSED',
    (entries: Entry[]) => entries.map((e) => ({ resource: { ...e.resource, id: 'a b' } })),
  ],
])('%s ends it with no Bundle', async (_title, code, edit) => {
  const faults: FhirServerOptions['faults'] = ({ type }) =>
    type === 'Encounter'
      ? {
          kind: 'rewrite-bundle',
          edit: (bundle) => ({
            ...(bundle as Edited),
            ...((bundle as Edited).entry ? { entry: edit((bundle as Edited).entry ?? []) } : {}),
          }),
        }
      : undefined;
  await expect(fetched('p1', { faults })).rejects.toMatchObject({ code });
});

test('a server that does not answer ends at the deadline, a caller that goes away at once', async () => {
  const faults: FhirServerOptions['faults'] = () => ({ kind: 'hang' });
  await expect(fetched('p1', { faults }, { deadlineMs: 200 })).rejects.toMatchObject({ code: 'FHIR_TIMEOUT' });
  await expect(fetched('p1', { faults }, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'CANCELLED' });
});
