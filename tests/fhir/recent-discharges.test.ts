/** Who was discharged lately: windows at both edges, the newest discharge, limits, and servers that cannot sort. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLandingFile, writeManifest } from '../../src/fhir/landing.ts';
import { fetchRecentDischarges, type DischargeWindow } from '../../src/fhir/recent-discharges.ts';
import { startFhirServer, type FhirServer, type FhirServerOptions } from '../../src/fhir/server/index.ts';

function encounter(id: string, start: string, end: string | undefined, more: object = {}): object {
  return {
    resourceType: 'Encounter',
    id,
    status: end === undefined ? 'in-progress' : 'finished',
    class: { code: 'IMP' },
    subject: { reference: `Patient/p-${id}` },
    period: { start, ...(end === undefined ? {} : { end }) },
    ...more,
  };
}

const encounters = [
  encounter('old', '2024-01-01T08:00:00Z', '2024-01-05T08:00:00Z'),
  encounter('first-ms', '2024-04-20T08:00:00Z', '2024-05-01T00:00:00.000Z'),
  encounter('before-first', '2024-04-20T08:00:00Z', '2024-04-30T23:59:59.999Z'),
  // Admitted first of all and discharged last.
  encounter('long', '2023-12-01T08:00:00Z', '2024-05-31T20:00:00+02:00'),
  encounter('last-admitted', '2024-05-30T08:00:00Z', '2024-05-31T06:00:00Z', { class: { code: 'ACUTE' } }),
  encounter('still-here', '2024-05-31T08:00:00Z', undefined),
  encounter('leaves-tomorrow', '2024-05-31T08:00:00Z', '2024-06-02T08:00:00Z'),
  encounter('visit', '2024-05-31T08:00:00Z', '2024-05-31T09:00:00Z', { class: { code: 'AMB' } }),
  encounter('mistake', '2024-05-20T08:00:00Z', '2024-05-31T19:00:00Z', { status: 'entered-in-error' }),
  encounter('nobody', '2024-05-10T08:00:00Z', '2024-05-12T08:00:00Z', { subject: { display: 'somebody' } }),
];
const now = (): number => Date.parse('2024-06-01T00:00:00Z');

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recent-discharges-'));
  const file = await writeLandingFile(
    dir,
    'Encounter',
    encounters.map((each) => JSON.stringify(each)),
  );
  await writeManifest(dir, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made for a test' },
    transactionTime: '2024-06-01T00:00:00Z',
    synthetic: true,
    coverage: { types: ['Encounter'], from: null },
    files: [file],
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function found(window: Partial<DischargeWindow>, options: Partial<FhirServerOptions> = {}, more: object = {}) {
  const server: FhirServer = await startFhirServer({ landing: dir, ...options });
  try {
    const asked = { days: 30, until: null, limit: 100, ...window };
    const { discharges, ...rest } = await fetchRecentDischarges({ server: server.url, now, ...asked, ...more });
    return { ids: discharges.map(({ encounterId }) => encounterId), discharges, ...rest };
  } finally {
    await server.close();
  }
}

test('up to the day of the newest discharge, both days whole, newest first, over pages', async () => {
  const { ids, discharges, ...rest } = await found({}, { maxPageSize: 2 });
  expect(ids).toEqual(['long', 'last-admitted', 'nobody', 'first-ms']);
  expect(rest).toEqual({ from: '2024-05-01', until: '2024-05-31', cut: false });
  expect(discharges[0]).toMatchObject({ patientId: 'p-long', period: { end: '2024-05-31T20:00:00+02:00' } });
  expect(discharges[2]?.patientId).toBeNull();
});

test('up to a day that was asked for', async () => {
  const { ids, from, until } = await found({ days: 1, until: '2024-05-01' });
  expect(ids).toEqual(['first-ms', 'before-first']);
  expect([from, until]).toEqual(['2024-04-30', '2024-05-01']);
});

test('an end that lies ahead is no discharge yet', async () => {
  const { ids, until } = await found({ days: 1, until: '2024-06-02' });
  expect([ids, until]).toEqual([[], '2024-06-02']);
});

test('the limit keeps the newest and says so', async () => {
  const { ids, cut } = await found({ limit: 2 });
  expect(ids).toEqual(['long', 'last-admitted']);
  expect(cut).toBe(true);
});

test('far more than are wanted: the earlier half of the days is left unread', async () => {
  const asked: string[] = [];
  const faults: FhirServerOptions['faults'] = ({ form }) => {
    const isCount = form?.['_summary'] === 'count';
    if (isCount) asked.push(form?.['date'] ?? '');
    const bundle = { resourceType: 'Bundle', type: 'searchset', total: 1_000_000 };
    return isCount && asked.length < 4
      ? { kind: 'body', contentType: 'application/fhir+json', body: JSON.stringify(bundle) }
      : undefined;
  };
  const { ids, from, until, cut } = await found({}, { faults });
  expect(ids).toEqual(['long', 'last-admitted']);
  // 31 days, 15, 7, 3.
  expect([from, until]).toEqual(['2024-05-29', '2024-05-31']);
  expect(cut).toBe(true);
});

test('a server that cannot sort gives the same', async () => {
  let refusals = 0;
  const faults: FhirServerOptions['faults'] = ({ form }) => {
    if (form?.['_sort'] === undefined) return undefined;
    refusals += 1;
    return { kind: 'status', status: 400 };
  };
  const { ids } = await found({}, { faults });
  expect(refusals).toBeGreaterThan(0);
  expect(ids).toEqual(['long', 'last-admitted', 'nobody', 'first-ms']);
});

test('classes of the site', async () => {
  expect((await found({}, {}, { inpatientClasses: ['ACUTE'] })).ids).toEqual(['last-admitted']);
  const none = await found({}, {}, { inpatientClasses: ['101'] });
  expect(none).toMatchObject({ ids: [], from: '2024-05-02', until: '2024-06-01', cut: false });
});

test('a server that ignores the class tells of no visits', async () => {
  const visit = encounters.find((each) => (each as { id: string }).id === 'visit') as fhir4.Encounter;
  const faults: FhirServerOptions['faults'] = ({ form }) =>
    form?.['_summary'] === undefined
      ? { kind: 'rewrite-bundle', edit: (bundle) => ({ ...bundle, entry: [{ resource: visit }, ...(bundle.entry ?? [])] }) }
      : undefined;
  expect((await found({}, { faults })).ids).toEqual(['long', 'last-admitted', 'nobody', 'first-ms']);
});

test('fewer than were counted is an error, not a shorter list', async () => {
  const faults: FhirServerOptions['faults'] = ({ form, page }) =>
    form?.['_summary'] === undefined && page === 1 && form?.['_sort'] === undefined
      ? { kind: 'rewrite-bundle', edit: (bundle) => ({ ...bundle, link: [], entry: bundle.entry?.slice(1) }) }
      : undefined;
  await expect(found({}, { faults }, { retry: { baseMs: 1, capMs: 1 } })).rejects.toMatchObject({ code: 'FHIR_INCOMPLETE' });
});

test.each([{ until: '2024-02-30' }, { until: '2024' }, { days: -1 }, { days: 1.5 }, { limit: 0 }])(
  'no window: %j',
  async (window) => {
    await expect(found(window)).rejects.toMatchObject({ code: 'FHIR_OPTION' });
  },
);
