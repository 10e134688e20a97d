/** A pull from a real HAPI server that pages by 200, cuts searches at 402 without a word and answers from a cache. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { landingFiles, pull, readNdjson, verifyLanding, type PullReport } from '../../src/fhir/index.ts';
import { fetchPatientBundle } from '../../src/fhir/patient-bundle.ts';
import { stableJson } from '../../src/util/stable-json.ts';
import { largestPage, silentCap, startHapi, type HapiServer } from './hapi-server.ts';
import { load } from './load.ts';
import { chooseSample, type Resource, type Sample } from './synthea-sample.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const types = ['Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'];

let hapi: HapiServer;
let sample: Sample;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hapi-'));
  sample = await chooseSample(silentCap);
  hapi = await startHapi();
  await load(hapi.url, sample.resources);
});
afterAll(async () => {
  await hapi?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Text of each resource without what the server adds, by `Type/id`. */
function contents(resources: readonly Resource[]): Map<string, string> {
  return new Map(
    resources
      .map((resource) => [`${resource.resourceType}/${resource.id}`, stableJson({ ...resource, meta: undefined })] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function landed(out: string): Promise<Resource[]> {
  const manifest = await verifyLanding(out);
  const resources: Resource[] = [];
  for (const type of new Set(manifest.files.map((file) => file.type))) {
    for (const path of landingFiles(manifest, out, type)) {
      for await (const { text } of readNdjson(path)) resources.push(JSON.parse(text) as Resource);
    }
  }
  return resources;
}

function expectComplete(report: PullReport, resources: readonly Resource[]): void {
  for (const type of ['Patient', ...types]) {
    const n = resources.filter(({ resourceType }) => resourceType === type).length;
    expect(report.types[type]).toEqual({ expected: n, received: n, stored: n, duplicate: 0, quarantined: 0 });
  }
  expect(report.incomplete).toEqual([]);
  expect(report.warnings).toEqual([]);
}

function observationsOf(id: string): number {
  return sample.resources.filter((r) => r.resourceType === 'Observation' && r.subject?.reference === `Patient/${id}`).length;
}

interface Page {
  readonly total?: number;
  readonly entry?: readonly unknown[];
  readonly link?: ReadonlyArray<{ readonly relation: string; readonly url: string }>;
}

test('the server has the manners this suite is about: clamped pages, bare next links, a silent cap', async () => {
  const fetched: number[] = [];
  let last: Page = {};
  const patients = sample.inpatients.join(',');
  for (let url: string | undefined = `${hapi.url}/Observation?patient=${patients}&_count=1000`; url !== undefined;) {
    last = (await (await fetch(url)).json()) as Page;
    fetched.push(last.entry?.length ?? 0);
    url = last.link?.find(({ relation }) => relation === 'next')?.url;
    if (url !== undefined) expect(url.startsWith(`${hapi.url}?_getpages=`)).toBe(true);
  }
  const loaded = sample.inpatients.reduce((sum, id) => sum + observationsOf(id), 0);
  expect(fetched).toEqual([largestPage, largestPage, silentCap - 2 * largestPage]);
  expect(last.total).toBe(silentCap);
  expect(loaded).toBeGreaterThan(silentCap);
  expect(Math.max(...sample.inpatients.map(observationsOf))).toBeGreaterThan(silentCap);
});

test('what was loaded is what is pulled, past the cap and down to one patient who exceeds it', async () => {
  const out = join(dir, 'whole');
  const report = await pull({ server: hapi.url, out, patientsPerQuery: 12 });
  expectComplete(report, sample.resources);
  expect(report.patients).toBe(13);
  // 49 where halves are counted before they are read, and time is halved where the records are; 223 otherwise.
  expect(report.requests).toBeLessThan(70);
  expect(contents(await landed(out))).toEqual(contents(sample.resources));
});

test('the same records in other pages and searches are the same bytes', async () => {
  const report = await pull({ server: `${hapi.url}/`, out: join(dir, 'again'), patientsPerQuery: 3, pageSize: 37, parallel: 2 });
  expectComplete(report, sample.resources);
  expect(report.manifest.files).toEqual((await verifyLanding(join(dir, 'whole'))).files);
});

test('patients found by their inpatient encounters, and only these', async () => {
  const out = join(dir, 'inpatient');
  const report = await pull({ server: hapi.url, out, inpatient: true });
  const { outpatient, resources } = sample;
  const wanted = resources.filter(({ id, subject }) => id !== outpatient && subject?.reference !== `Patient/${outpatient}`);
  expectComplete(report, wanted);
  expect(report.patients).toBe(sample.inpatients.length);
  expect(contents(await landed(out))).toEqual(contents(wanted));
});

test('one patient above the cap, read for a score', async () => {
  const patientId = sample.inpatients.find((id) => observationsOf(id) > silentCap) ?? '';
  const { bundle } = await fetchPatientBundle({ server: hapi.url, patientId });
  const own = sample.resources.filter(({ id, subject }) => id === patientId || subject?.reference === `Patient/${patientId}`);
  expect(contents(bundle.entry.map(({ resource }) => resource as Resource))).toEqual(contents(own));
});

test('the command, killed in the middle and given again, makes the same files', async () => {
  const out = join(dir, 'command');
  const first = command(out);
  while ((await pagesIn(out)) < 4 && first.child.exitCode === null) await setTimeout(20);
  first.child.kill('SIGKILL');
  expect(await first.ended).toMatchObject({ status: null });
  await expect(verifyLanding(out)).rejects.toMatchObject({ code: 'LANDING_MISSING' });
  const second = await command(out).ended;
  expect(second).toMatchObject({ status: 0, error: '' });
  const report = JSON.parse(second.output) as PullReport;
  expectComplete(report, sample.resources);
  expect((await verifyLanding(out)).files).toEqual((await verifyLanding(join(dir, 'whole'))).files);
});

test('a change is seen at once, whatever the server still holds in its cache', async () => {
  const [changed, deleted] = sample.resources.filter(({ resourceType }) => resourceType === 'Observation');
  await load(hapi.url, [{ ...changed!, status: 'amended' } as Resource]);
  await fetch(`${hapi.url}/Observation/${deleted!.id}`, { method: 'DELETE' });
  const out = join(dir, 'changed');
  const report = await pull({ server: hapi.url, out, patientsPerQuery: 12 });
  const now = sample.resources
    .filter((resource) => resource !== deleted)
    .map((resource) => (resource === changed ? { ...changed, status: 'amended' } : resource));
  expectComplete(report, now);
  expect(contents(await landed(out))).toEqual(contents(now));
});

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly error: string;
}

/** `readmission pull` as a process of its own. */
function command(out: string): { child: ChildProcess; ended: Promise<Ended> } {
  const flags = ['--server', hapi.url, '--out', out, '--page-size', '100', '--parallel', '1', '--json'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'pull', ...flags], { cwd: root });
  let [output, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString('utf8')));
  return { child, ended: once(child, 'close').then(([status]) => ({ status: status as number | null, output, error })) };
}

async function pagesIn(out: string): Promise<number> {
  const journal = await readFile(join(out, '.pull', 'journal.ndjson'), 'utf8').catch(() => '');
  return journal.split('"kind":"page"').length - 1;
}
