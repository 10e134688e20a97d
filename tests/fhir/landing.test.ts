/** Landing folder: what is written can be proved whole, and whatever is not whole is refused by name. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  landingFiles,
  readManifest,
  verifyLanding,
  writeLandingBytes,
  writeLandingFile,
  writeManifest,
  type LandingFile,
  type LandingManifest,
} from '../../src/fhir/landing.ts';
import { readNdjson } from '../../src/fhir/ndjson.ts';
import { sha256 } from '../../src/util/sha256.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'landing-'));
});
afterEach(() => rm(dir, { recursive: true }));

const patient = '{"resourceType":"Patient","id":"p1","name":[{"family":"Ångström"}]}';

function manifestOf(files: LandingFile[], change: Partial<LandingManifest> = {}): LandingManifest {
  return {
    format: 'readmission-landing',
    formatVersion: 1,
    source: { kind: 'folder', description: 'two resources made by hand' },
    transactionTime: '2026-01-01T00:00:00Z',
    synthetic: true,
    coverage: { types: ['Patient'], from: null },
    files,
    ...change,
  };
}

describe('writing', () => {
  test('runs of bytes, however cut, give the file that lines give', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => JSON.stringify({ resourceType: 'Patient', id: `p${i}`, n: i * 7919 }));
    const file = await writeLandingFile(dir, 'Patient', lines, { gzip: true });
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const runs = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 70_001) yield bytes.subarray(at, at + size);
    };
    const cut = await writeLandingBytes(dir, 'other.ndjson.gz', runs());
    expect(cut).toEqual({ path: 'other.ndjson.gz', bytes: file.bytes, sha256: file.sha256 });
    expect((await writeLandingBytes(dir, 'fast.ndjson.gz', runs(), 1)).bytes).toBeGreaterThan(file.bytes);
  });

  test.each([
    [{}, 'Patient.ndjson'],
    [{ gzip: true }, 'Patient.ndjson.gz'],
    [{ gzip: true, part: 12 }, 'Patient.000012.ndjson.gz'],
  ])('%j gives %s, which verifies and reads back', async (options, path) => {
    const file = await writeLandingFile(dir, 'Patient', [patient, patient], options);
    expect(file).toMatchObject({ type: 'Patient', path, count: 2 });
    await writeManifest(
      dir,
      manifestOf([file], { accounting: { Patient: { received: 3, stored: 2, duplicate: 1, quarantined: 0 } } }),
    );
    const manifest = await verifyLanding(dir);
    expect(landingFiles(manifest, dir, 'Patient')).toEqual([join(dir, path)]);
    expect(landingFiles(manifest, dir, 'Encounter')).toEqual([]);
    const texts: string[] = [];
    for await (const { text } of readNdjson(join(dir, path))) texts.push(text);
    expect(texts).toEqual([patient, patient]);
    expect((await readdir(dir)).sort()).toEqual([path, 'manifest.json'].sort());
  });

  test('the same lines give the same bytes, however they arrive', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"resourceType":"Observation","id":"o${i}","value":${i % 97}}`);
    async function* slowly(): AsyncGenerator<string> {
      for (const line of lines) yield line;
    }
    const a = await writeLandingFile(dir, 'Observation', lines, { gzip: true, part: 0 });
    const b = await writeLandingFile(dir, 'Observation', slowly(), { gzip: true, part: 1 });
    expect(b).toEqual({ ...a, path: b.path });
    const header = await readFile(join(dir, a.path));
    expect([...header.subarray(4, 10)]).toEqual([0, 0, 0, 0, 2, 255]);
  });

  test('a failure half way leaves the old file and no part of the new one', async () => {
    const old = await writeLandingFile(dir, 'Patient', [patient]);
    async function* torn(): AsyncGenerator<string> {
      yield patient;
      throw new Error('connection lost');
    }
    await expect(writeLandingFile(dir, 'Patient', torn())).rejects.toThrow('connection lost');
    await expect(writeLandingFile(dir, 'Patient', torn(), { gzip: true })).rejects.toThrow('connection lost');
    await writeManifest(dir, manifestOf([old]));
    await expect(verifyLanding(dir)).resolves.toBeDefined();
    expect((await readdir(dir)).sort()).toEqual(['Patient.ndjson', 'manifest.json']);
  });

  test.each([
    ['LANDING_LINE', 'Patient', ['']],
    ['LANDING_LINE', 'Patient', ['{\n}']],
    ['LANDING_TYPE', '../Patient', ['{}']],
  ])('%s', async (code, type, lines) => {
    await expect(writeLandingFile(dir, type, lines)).rejects.toMatchObject({ code });
  });
});

describe('a manifest is refused', () => {
  const file: LandingFile = { type: 'Patient', path: 'Patient.ndjson', count: 1, bytes: 1, sha256: 'a'.repeat(64) };
  const good = manifestOf([file]);

  test('when there is none', async () => {
    await expect(readManifest(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'LANDING_MISSING' });
  });

  test.each<[string, unknown]>([
    ['not JSON', undefined],
    ['null', null],
    ['unknown key', { ...good, extra: 1 }],
    ['other format', { ...good, format: 'x' }],
    ['transaction time without a zone', { ...good, transactionTime: '2026-01-01T00:00:00' }],
    ['transaction time of no calendar', { ...good, transactionTime: '2026-13-01T00:00:00Z' }],
    ['coverage from a partial date', { ...good, coverage: { types: [], from: '2020' } }],
    ['the same file twice', manifestOf([file, file])],
    [
      'accounting that does not add up',
      { ...good, accounting: { Patient: { received: 3, stored: 1, duplicate: 1, quarantined: 0 } } },
    ],
    ...[
      '../Patient.ndjson',
      '/etc/Patient.ndjson',
      'a/../../b.ndjson',
      'a\\b.ndjson',
      'C:/x.ndjson',
      './x.ndjson',
      'a//b.ndjson',
      'passwd',
    ].map((path): [string, unknown] => [`path ${path}`, manifestOf([{ ...file, path }])]),
  ])('%s', async (_title, value) => {
    await writeFile(join(dir, 'manifest.json'), value === undefined ? '{"format"' : JSON.stringify(value));
    await expect(readManifest(dir)).rejects.toMatchObject({ name: 'FhirError', code: 'LANDING_INVALID' });
  });

  test('when another release wrote it, with both versions in the message', async () => {
    await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...good, formatVersion: 2 }));
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'LANDING_VERSION', details: { expected: 1, found: 2 } });
  });

  test('when a link leads out of the folder', async () => {
    await mkdir(join(dir, 'inside'));
    await writeFile(join(dir, 'outside.ndjson'), patient);
    await symlink(join(dir, 'outside.ndjson'), join(dir, 'inside', 'Patient.ndjson'));
    await writeFile(join(dir, 'inside', 'manifest.json'), JSON.stringify(good));
    await expect(readManifest(join(dir, 'inside'))).rejects.toMatchObject({ code: 'LANDING_INVALID' });
  });

  test('before it is written', async () => {
    await expect(writeManifest(dir, manifestOf([{ ...file, count: -1 }]))).rejects.toMatchObject({ code: 'LANDING_INVALID' });
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('verification names the file and the difference', () => {
  test.each<[string, (path: string, file: LandingFile) => Promise<Partial<LandingFile>>]>([
    [
      'a flipped bit',
      async (path) => {
        const bytes = await readFile(path);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        await writeFile(path, bytes);
        return {};
      },
    ],
    ['a cut file', async (path) => (await writeFile(path, (await readFile(path)).subarray(0, -1)), {})],
    ['a longer file', async (path) => (await writeFile(path, `${patient}\n`, { flag: 'a' }), {})],
    ['a missing file', async (path) => (await rm(path), {})],
    ['a wrong count', async (_path, file) => ({ count: file.count + 1 })],
  ])('%s', async (_title, damage) => {
    const file = await writeLandingFile(dir, 'Patient', [patient]);
    const change = await damage(join(dir, file.path), file);
    await writeManifest(dir, manifestOf([{ ...file, ...change }]));
    const error = (await verifyLanding(dir).catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ code: 'LANDING_CORRUPT', details: { file: 'Patient.ndjson' } });
    expect(error.message).not.toContain('Ångström');
  });

  test('a file that was torn before it was counted', async () => {
    const torn = gzipSync(`${patient}\n`).subarray(0, -4);
    await writeFile(join(dir, 'Patient.ndjson.gz'), torn);
    const file: LandingFile = { type: 'Patient', path: 'Patient.ndjson.gz', count: 1, bytes: torn.length, sha256: sha256(torn) };
    await writeManifest(dir, manifestOf([file]));
    await expect(verifyLanding(dir)).rejects.toMatchObject({ code: 'LANDING_CORRUPT', details: { found: 'NDJSON_GZIP' } });
  });
});

test('a manifest may say how stays were planted, and is refused where that is said wrongly', async () => {
  const sha256 = 'a'.repeat(64);
  const planting = {
    process: 'general-hospital',
    processSha256: sha256,
    seed: 1,
    naturalManifest: 'natural-manifest.json',
    displaced: { path: 'displaced.ndjson.gz', count: 2, bytes: 90, sha256 },
    planted: ['planted/Encounter.ndjson.gz'],
    contents: { 'Patient.ndjson': sha256 },
    truth: { path: 'truth.parquet', bytes: 70, sha256 },
  };
  await writeManifest(dir, manifestOf([], { planting }));
  expect((await readManifest(dir)).planting).toEqual(planting);
  const outside = manifestOf([], { planting: { ...planting, naturalManifest: '../manifest.json' } });
  await expect(writeManifest(dir, outside)).rejects.toThrow(/LANDING_INVALID/);
});
