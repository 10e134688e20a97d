/** The pull and the embedded server over real HTTP: what goes in comes out, also when the network is at its worst. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLanding, writeLandingFile, writeManifest } from '../../src/fhir/landing.ts';
import { pull } from '../../src/fhir/pull.ts';
import { startFhirServer, type Fault } from '../../src/fhir/server/index.ts';
import { randomStream } from '../../src/util/random.ts';
import { cohort } from './support/fake-server.ts';

const types = ['Encounter', 'Observation'];
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-'));
  const resources = cohort(23, 9).map((r) => ({ ...r, ...(r.resourceType === 'Patient' ? {} : { status: 'final' }) }));
  const files = [];
  for (const type of ['Encounter', 'Observation', 'Patient']) {
    const lines = resources.filter((r) => r.resourceType === type).sort((a, b) => (a.id < b.id ? -1 : 1));
    files.push(
      await writeLandingFile(
        join(dir),
        type,
        lines.map((r) => JSON.stringify(r)),
      ),
    );
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

async function sameAsSource(out: string): Promise<void> {
  await verifyLanding(out);
  for (const type of ['Patient', ...types]) {
    expect(await readFile(join(out, `${type}.ndjson`), 'utf8')).toBe(await readFile(join(dir, `${type}.ndjson`), 'utf8'));
  }
}

test('a landing folder served and pulled is the same, byte for byte', async () => {
  const server = await startFhirServer({ landing: dir });
  try {
    for (const inpatient of [false, true]) {
      const out = join(dir, `plain-${inpatient}`);
      const report = await pull({ server: server.url, out, types, inpatient, pageSize: 20, patientsPerQuery: 5 });
      expect(report.types['Observation']).toEqual({ expected: 207, received: 207, stored: 207, duplicate: 0, quarantined: 0 });
      await sameAsSource(out);
    }
  } finally {
    await server.close();
  }
});

test('a server with small pages is paged, one with a cursor that dies is asked again', async () => {
  const deaths = new Set([7, 19, 31]);
  let n = 0;
  const server = await startFhirServer({
    landing: dir,
    maxPageSize: 4,
    faults: ({ page = 1 }) => (page > 1 && deaths.has((n += 1)) ? { kind: 'status', status: 410 } : undefined),
  });
  try {
    const out = join(dir, 'small');
    await pull({ server: server.url, out, types, patientsPerQuery: 6 });
    expect(n).toBeGreaterThan(31);
    await sameAsSource(out);
  } finally {
    await server.close();
  }
});

describe('random faults', () => {
  const faults: readonly Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503, headers: { 'Retry-After': '1' } },
    { kind: 'status', status: 429, headers: { 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT' } },
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'truncate', afterBytes: 50 },
    { kind: 'truncate', afterBytes: 900, chunked: true },
    { kind: 'delay', ms: 5 },
    { kind: 'body', contentType: 'application/fhir+json', body: '{"resourceType":"Bundle","type":"searchset","ent' },
  ];
  test.each([1, 2, 3, 4, 5, 6])('seed %i: the same set, in a bounded number of requests', async (seed) => {
    const random = randomStream(seed, 0);
    const server = await startFhirServer({
      landing: dir,
      maxPageSize: 20,
      faults: () => (random.below(5) === 0 ? faults[random.below(faults.length)] : undefined),
    });
    try {
      const out = join(dir, `faults-${seed}`);
      const report = await pull({
        server: server.url,
        out,
        types,
        patientsPerQuery: 6,
        timeoutMs: 150,
        retry: { maxTries: 8 },
        sleep: () => Promise.resolve(),
      });
      expect(report.retries).toBeGreaterThan(0);
      expect(report.requests).toBeLessThan(150);
      await sameAsSource(out);
    } finally {
      await server.close();
    }
  });
});
