/** Copying nature without what was displaced, and stripping back to the same bytes. */
import { createHash } from 'node:crypto';
import { access, appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  readManifest,
  verifyLanding,
  writeLandingFile,
  writeManifest,
  type LandingFile,
  type LandingManifest,
} from '../../src/fhir/landing.ts';
import { createDisplacement } from '../../src/simulation/displacement.ts';
import { copyNature, writePlantedManifest } from '../../src/simulation/landing-copy.ts';
import { createPlantedWriter } from '../../src/simulation/planted-writer.ts';
import type { SimulatedPatient } from '../../src/simulation/patient-simulation.ts';
import { createPlanter } from '../../src/simulation/planted-stay.ts';
import { stripLanding } from '../../src/simulation/strip.ts';
import { randomStream } from '../../src/util/random.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'landing-copy-'));
});
afterEach(() => rm(root, { recursive: true }));

const line = (resource: object): string => JSON.stringify(resource);
const of = (id: string): object => ({ subject: { reference: `Patient/${id}` } });
const patients = ['a', 'b', 'c'].map((id) =>
  line({ resourceType: 'Patient', id, birthDate: '1950-01-01', deceasedDateTime: '2024-01-01' }),
);
const encounters = [
  line({ resourceType: 'Encounter', id: 'a1', ...of('a'), period: { start: '2020-01-01T00:00:00Z' } }),
  line({ resourceType: 'Encounter', id: 'a2', ...of('a'), period: { start: '2020-02-01T00:00:00Z' } }),
  line({ resourceType: 'Encounter', id: 'a3', ...of('a'), partOf: { reference: 'Encounter/a1' } }),
  line({ resourceType: 'Encounter', id: 'b1', ...of('b'), period: { start: '2021-06-01T00:00:00Z' } }),
  line({ resourceType: 'Encounter', id: 'c1', ...of('c'), period: { start: '2021-06-02T00:00:00Z' } }),
];
const escaped =
  '{"resourceType":"Observation","id":"o5","subject":{"reference":"Patient\\/a"},"encounter":{"reference":"Encounter\\/a1"}}';
const observations = [
  line({ resourceType: 'Observation', id: 'o1', ...of('a'), encounter: { reference: 'Encounter/a1' } }),
  line({ resourceType: 'Observation', id: 'o2', ...of('a'), encounter: { reference: 'Encounter/a2' } }),
  line({ resourceType: 'Observation', id: 'o3', ...of('b'), effectiveDateTime: '2021-05-31' }),
  line({ resourceType: 'Observation', id: 'o4', ...of('b'), effectiveDateTime: '2021-06-03' }),
  escaped,
  line({ resourceType: 'Observation', id: 'o6', ...of('c'), effectiveDateTime: '2025-06-03', note: 'Å' }),
  line({ resourceType: 'Observation', id: 'o7', ...of('b') }),
];

function displacement(): ReturnType<typeof createDisplacement> {
  const made = createDisplacement(0);
  const endMs = Date.UTC(2021, 5, 1, 12);
  const death = { ms: endMs, latestMs: endMs, ymd: 20210601, precision: 4 };
  const none = { displaced: new Set<string>(), endMs: null, death: undefined, completeFromMs: null };
  made.add({ patientId: 'Patient/a', ...none, displaced: new Set(['Encounter/a1']) } as unknown as SimulatedPatient);
  made.add({ patientId: 'Patient/b', ...none, endMs, death } as unknown as SimulatedPatient);
  made.add({ patientId: 'Patient/c', ...none, death: null } as unknown as SimulatedPatient);
  return made;
}

async function source(write: (dir: string) => Promise<LandingFile[]>): Promise<{ from: string; manifest: LandingManifest }> {
  const from = await mkdtemp(join(root, 'from-'));
  const manifest: LandingManifest = {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'made by a test' },
    transactionTime: '2026-01-01T00:00:00Z',
    synthetic: true,
    coverage: { types: ['Patient', 'Encounter', 'Observation'], from: null },
    files: await write(from),
    accounting: { Patient: { received: 3, stored: 3, duplicate: 0, quarantined: 0 } },
  };
  await writeManifest(from, manifest);
  return { from, manifest };
}

const landed = (dir: string): Promise<LandingFile[]> =>
  Promise.all([
    writeLandingFile(dir, 'Patient', patients, { gzip: true }),
    writeLandingFile(dir, 'Encounter', encounters, { gzip: true, part: 0 }),
    writeLandingFile(dir, 'Observation', observations),
  ]);

async function copied({ from, manifest }: Awaited<ReturnType<typeof source>>): Promise<string> {
  const out = join(root, `out-${Math.floor(performance.now() * 1000)}`);
  const writer = await createPlantedWriter(out);
  const planter = createPlanter(1);
  const stay = planter.plantStay(
    {
      patientId: 'Patient/a',
      key: 'one',
      cause: 'pneumonia',
      startMs: Date.UTC(2022, 1, 1),
      utcOffsetMinutes: 0,
      patient: { ageYears: 72, sex: null, groups: new Set(), recorded: {} },
      severity: 0,
      isReturn: false,
      provider: null,
      recordedUntilMs: null,
    },
    randomStream(1, 1),
  );
  await writer.write(stay.resources);
  const planted = await writer.close();
  expect(planted.reduce((sum, { count }) => sum + count, 0)).toBe(stay.resources.length);
  const copy = await copyNature(from, manifest, out, displacement());
  await writePlantedManifest(from, manifest, out, copy, planted, { process: 'test', processSha256: '0'.repeat(64), seed: 1 });
  await verifyLanding(out);
  return out;
}

async function linesOf(path: string): Promise<string[]> {
  const bytes = await readFile(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').slice(0, -1);
}
const idsOf = async (path: string): Promise<string[]> =>
  (await linesOf(path)).map((text) => (JSON.parse(text) as { id: string }).id);

it('leaves out what was displaced, replaces deaths, and keeps other lines byte for byte in order', async () => {
  const out = await copied(await source(landed));
  expect(await idsOf(join(out, 'Encounter.000000.ndjson.gz'))).toEqual(['a2', 'b1', 'c1']);
  expect(await linesOf(join(out, 'Observation.ndjson'))).toEqual([1, 2, 5, 6].map((i) => observations[i]));
  const people = (await linesOf(join(out, 'Patient.ndjson.gz'))).map((text) => JSON.parse(text) as fhir4.Patient);
  expect(people.map(({ deceasedDateTime }) => deceasedDateTime)).toEqual(['2024-01-01', '2021-06-01T12:00:00+00:00', undefined]);
  expect(await linesOf(join(out, 'Patient.ndjson.gz'))).toContain(patients[0]);
  const kept = (await linesOf(join(out, 'displaced.ndjson.gz'))).map(
    (text) => JSON.parse(text) as { file: string; line: number; replaced?: true },
  );
  expect(kept.map(({ file, line: number, replaced }) => [file, number, replaced])).toEqual([
    ['Patient.ndjson.gz', 2, true],
    ['Patient.ndjson.gz', 3, true],
    ['Encounter.000000.ndjson.gz', 1, undefined],
    ['Encounter.000000.ndjson.gz', 3, undefined],
    ['Observation.ndjson', 1, undefined],
    ['Observation.ndjson', 4, undefined],
    ['Observation.ndjson', 5, undefined],
  ]);
});

it('strips to the same bytes on disk, manifest included', async () => {
  const { from, manifest } = await source(landed);
  const back = join(root, 'back');
  const report = await stripLanding(await copied({ from, manifest }), back);
  expect(report).toMatchObject({ files: 3, restored: 7, identicalFiles: 3 });
  for (const path of ['manifest.json', ...manifest.files.map((file) => file.path)]) {
    expect((await readFile(join(back, path))).equals(await readFile(join(from, path)))).toBe(true);
  }
});

it('keeps line ends as they were: carriage returns, blank lines, a last line without an end', async () => {
  const text = `${observations[0]}\r\n\r\n${observations[2]}\r\n${observations[3]}`;
  const { from, manifest } = await source(async (dir) => {
    await writeFile(join(dir, 'Observation.ndjson'), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const all = await landed(join(dir));
    await writeFile(join(dir, 'Observation.ndjson'), text);
    return [...all.slice(0, 2), { type: 'Observation', path: 'Observation.ndjson', count: 3, bytes: text.length, sha256 }];
  });
  const out = await copied({ from, manifest });
  expect(await readFile(join(out, 'Observation.ndjson'), 'utf8')).toBe(`\r\n${observations[2]}\r\n`);
  const back = join(root, 'back');
  await stripLanding(out, back);
  expect(await readFile(join(back, 'Observation.ndjson'), 'utf8')).toBe(text);
});

it('refuses to strip natural records, and a folder that was changed', async () => {
  const { from, manifest } = await source(landed);
  await expect(stripLanding(from, join(root, 'x'))).rejects.toThrow(/SIM_NOT_PLANTED/);
  const out = await copied({ from, manifest });
  await appendFile(join(out, 'Observation.ndjson'), `${observations[1]}\n`);
  await expect(stripLanding(out, join(root, 'y'))).rejects.toThrow(/SIM_STRIP/);
  // Found while writing: what was written is taken back.
  await expect(access(join(root, 'y'))).rejects.toMatchObject({ code: 'ENOENT' });
});

type Document = Omit<LandingManifest, 'files'> & { files: { path: string }[] };

const ofFolder = 'the 3 natural files of this folder';
const valid = 'the manifest of the natural records';
it.each<[string, string, (natural: Document) => unknown]>([
  [
    'that leaves the folder',
    valid,
    ({ files, ...rest }) => ({ ...rest, files: files.map((file) => ({ ...file, path: `../${file.path}` })) }),
  ],
  ['without one of its files', ofFolder, ({ files, ...rest }) => ({ ...rest, files: files.slice(1) })],
  [
    'with a planted file',
    ofFolder,
    ({ files, ...rest }) => ({ ...rest, files: [...files.slice(1), { ...files[0], path: 'planted/Encounter.ndjson.gz' }] }),
  ],
  ['of another form', valid, ({ files }) => files],
])('refuses a natural manifest %s before anything is written', async (_what, expected, changeOf) => {
  const out = await copied(await source(landed));
  const path = join(out, 'natural-manifest.json');
  await writeFile(path, JSON.stringify(changeOf(JSON.parse(await readFile(path, 'utf8')) as Document)));
  await refusesToStrip(out, expected);
});

it('refuses a natural manifest or displaced lines that are missing', async () => {
  for (const [name, expected] of [
    ['natural-manifest.json', valid],
    ['displaced.ndjson.gz', 'the displaced lines'],
  ] as const) {
    const out = await copied(await source(landed));
    await rm(join(out, name));
    await refusesToStrip(out, expected);
  }
});

it('refuses displaced lines other than those the manifest names', async () => {
  const out = await copied(await source(landed));
  await writeFile(join(out, 'displaced.ndjson.gz'), gzipSync(''));
  await refusesToStrip(out, 'SHA-256');
});

const asWritten = 'a displaced line of a natural file';
it.each([
  ['no JSON', asWritten, '{"file":'],
  ['of another form', asWritten, '{"file":"Patient.ndjson.gz","line":0,"text":""}'],
  ['of an unknown file', asWritten, '{"file":"../Patient.ndjson.gz","line":1,"text":""}'],
  ['too few', '7 lines', ''],
])('refuses displaced lines that are %s though their hash is the named one', async (_what, expected, text) => {
  const out = await copied(await source(landed));
  const bytes = gzipSync(text);
  await writeFile(join(out, 'displaced.ndjson.gz'), bytes);
  const manifest = await readManifest(out);
  const planting = manifest.planting!;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeManifest(out, { ...manifest, planting: { ...planting, displaced: { ...planting.displaced, sha256 } } });
  await refusesToStrip(out, expected);
});

async function refusesToStrip(out: string, expected: string): Promise<void> {
  const message = expect.stringContaining(`expected ${expected}`) as unknown;
  await expect(stripLanding(out, join(root, 'refused'))).rejects.toMatchObject({ code: 'SIM_STRIP', message });
  await expect(access(join(root, 'refused'))).rejects.toMatchObject({ code: 'ENOENT' });
}

it('refuses lines that the manifest does not count, and lines that are no resource', async () => {
  const short = await source(landed);
  const files = short.manifest.files.map((file) => ({ ...file, count: file.count + 1 }));
  await expect(
    copyNature(short.from, { ...short.manifest, files }, await mkdtemp(join(root, 'o-')), displacement()),
  ).rejects.toThrow(/SIM_ACCOUNTING/);
  const broken = await source(async (dir) => [await writeLandingFile(dir, 'Observation', ['{"no":'])]);
  const out = await mkdtemp(join(root, 'o-'));
  await expect(copyNature(broken.from, broken.manifest, out, displacement())).rejects.toThrow(/SIM_RECORD/);
  // No file is open any more, none is half-written.
  expect(await readdir(out)).toEqual([]);
});

it('gives up planted files that are not closed', async () => {
  const out = await mkdtemp(join(root, 'o-'));
  const writer = await createPlantedWriter(out);
  await writer.discard();
  expect(await readdir(join(out, 'planted'))).toEqual([]);
});
