/**
 * The landing folder: NDJSON per resource type with manifest.json, the one form in which records enter every later stage.
 *
 * In      lines of FHIR R4 JSON (write), or a folder (read)
 * Out     the manifest, checked by a strict schema; absolute paths that lie inside the folder
 * Choice  a file is written as x.part, synced and renamed, and the manifest is written last: a folder without a manifest, or a
 *         file it does not name, is unfinished work and never read
 * Choice  gzip level 9 without time or name, fed in blocks of fixed size: the same lines give the same bytes
 * Choice  `readManifest` checks the form and the paths, `verifyLanding` every byte; the second costs a full read
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { FhirError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { sha256File } from '../util/sha256.ts';
import { readNdjsonBytes } from './ndjson.ts';

export { writeLandingBytes, writeLandingFile, type LandingFileOptions } from './landing-file.ts';

const count = z.int().nonnegative();
const typeName = z.string().regex(/^[A-Z][A-Za-z]{1,63}$/, 'a FHIR resource type');
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/, 'a FHIR instant')
  .refine((text) => Number.isFinite(Date.parse(text)), 'a FHIR instant');
const relativePath = z.string().refine(staysInside, 'a relative path inside the folder, forward slashes, no "..", no drive');

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

const landingFile = z.strictObject({
  type: typeName,
  /** Relative to the folder, ends in .ndjson or .ndjson.gz. */
  path: relativePath.regex(/\.ndjson(\.gz)?$/, 'a name ending in .ndjson or .ndjson.gz'),
  /** Resources, one a line; blank lines do not count. */
  count,
  /** Size on disk. */
  bytes: count,
  /** Of the bytes on disk, lower-case hex. */
  sha256: sha256Hex,
});

/** Received = stored + duplicate + quarantined, or the manifest is refused. */
const accounting = z
  .strictObject({ received: count, stored: count, duplicate: count, quarantined: count })
  .refine((a) => a.received === a.stored + a.duplicate + a.quarantined, 'received = stored + duplicate + quarantined');

/** How stays were planted into records of another folder, and what restores those; absent where every record is from the source. */
const planting = z.strictObject({
  /** Name of the process, SHA-256 of its definition with sorted keys (process.json says the definition), and the seed. */
  process: z.string(),
  processSha256: sha256Hex,
  seed: count,
  /** The manifest of the folder the records come from, byte for byte. */
  naturalManifest: relativePath,
  /** Lines of that folder that were left out or replaced, NDJSON of {file, line, text, replaced?} in the order of its files. */
  displaced: z.strictObject({ path: relativePath, count, bytes: count, sha256: sha256Hex }),
  /** Files with what was planted; the other files of this manifest are those of that folder. */
  planted: z.array(relativePath),
  /** SHA-256 of what each file of that folder holds when inflated. */
  contents: z.record(z.string(), sha256Hex),
  /** What was drawn after each discharge, and with which probabilities; absent where none was written. */
  truth: z.strictObject({ path: relativePath, bytes: count, sha256: sha256Hex }).optional(),
});

const manifestSchema = z
  .strictObject({
    format: z.literal('readmission-landing'),
    formatVersion: z.literal(1),
    source: z.strictObject({
      kind: z.enum(['fhir-search', 'bulk-export', 'synthea', 'folder']),
      url: z.string().optional(),
      description: z.string(),
    }),
    /** Everything recorded at the source up to here is in the folder, as far as `coverage` says it was asked for. */
    transactionTime: instant,
    /** True where no record is of a real person. */
    synthetic: z.boolean(),
    coverage: z.strictObject({
      types: z.array(typeName),
      /** Date from which records were searched; null is from the beginning. */
      from: z.iso.date().nullable(),
      /**
       * A patient's record is complete only for this many years before the earlier of death and the end of the records; what is older is a
       * selection, such as problems still active. Absent where the whole record is complete.
       */
      historyYears: z.number().positive().optional(),
      /**
       * By `Patient/x`: the instant from which this record is complete, where that is not `historyYears` before its end; a death that was
       * planted or moved changes the end of a record, not from when on it is complete.
       */
      completeFrom: z.record(z.string().regex(/^Patient\/[A-Za-z0-9.-]{1,64}$/), instant).optional(),
    }),
    files: z.array(landingFile),
    accounting: z.record(typeName, accounting).optional(),
    /** What was left out on purpose, in words. */
    pruning: z.string().optional(),
    generator: z.record(z.string(), z.string()).optional(),
    planting: planting.optional(),
  })
  .refine((m) => new Set(m.files.map((f) => f.path)).size === m.files.length, 'each file once');

export type LandingManifest = z.infer<typeof manifestSchema>;
export type LandingFile = LandingManifest['files'][number];
export type Planting = z.infer<typeof planting>;

const manifestName = 'manifest.json';

/**
 * The manifest of a landing folder, its form and its paths checked; the files themselves are not read.
 *
 * @throws {FhirError} LANDING_MISSING, LANDING_INVALID (not JSON, wrong form, a path that leaves the folder), LANDING_VERSION
 */
export async function readManifest(dir: string): Promise<LandingManifest> {
  const path = join(dir, manifestName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const what = `expected ${manifestName} in ${dir}, found none; pull or generate records into this folder first${didYouMeanPath(dir)}`;
    throw new FhirError('LANDING_MISSING', what, { details: { folder: dir }, cause });
  }
  const manifest = parseManifest(text, dir);
  const root = await realpath(dir);
  for (const file of manifest.files) {
    // A missing file is for verifyLanding to report; a link that leads out of the folder must not be followed by anyone.
    const real = await realpath(join(dir, file.path)).catch(() => null);
    if (real !== null && !real.startsWith(root + sep)) throw invalid(dir, `${file.path} leads out of the folder`);
  }
  return manifest;
}

/** Absolute paths of a type's files, in manifest order; empty when the folder holds none. */
export function landingFiles(manifest: LandingManifest, dir: string, type: string): string[] {
  return manifest.files.filter((file) => file.type === type).map((file) => resolve(dir, file.path));
}

/**
 * Reads every file whole and compares size, SHA-256 and number of resources with the manifest.
 *
 * @returns the manifest, now known to describe what is on disk
 * @throws {FhirError} as `readManifest`; LANDING_CORRUPT naming the first file that differs and how
 */
export async function verifyLanding(dir: string, options: { onProgress?: OnProgress } = {}): Promise<LandingManifest> {
  const onProgress = options.onProgress ?? silent;
  const manifest = await readManifest(dir);
  for (const [index, file] of manifest.files.entries()) {
    onProgress({ task: 'files', done: index, total: manifest.files.length });
    await verifyFile(dir, file);
  }
  onProgress({ task: 'files', done: manifest.files.length, total: manifest.files.length });
  return manifest;
}

/** Writes the manifest, atomically; call it last. @throws {FhirError} LANDING_INVALID when it would not be read back */
export async function writeManifest(dir: string, manifest: LandingManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  parseManifest(text, dir);
  await writeFileAtomic(join(dir, manifestName), text);
}

/**
 * A manifest from its text, its form and paths checked; whether a path is a link that leads out of the folder is for `readManifest`.
 *
 * @param name  of the file the text is from, for the message
 * @throws {FhirError} LANDING_INVALID, LANDING_VERSION
 */
export function parseManifest(text: string, dir: string, name = manifestName): LandingManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(dir, 'it is not JSON', { name, cause });
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (Number.isInteger(version) && version !== 1) {
    const what = `${name} in ${dir}: expected format version 1, found ${version}; use the release that wrote it`;
    throw new FhirError('LANDING_VERSION', what, { details: { folder: dir, expected: 1, found: version as number } });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw invalid(dir, `${first?.path.join('.') || 'manifest'}: ${first?.message ?? 'wrong form'}`, { name });
}

async function verifyFile(dir: string, file: LandingFile): Promise<void> {
  const path = join(dir, file.path);
  const size = await stat(path).then(
    (s) => s.size,
    () => null,
  );
  if (size === null) throw corrupt(file, 'a file', 'none');
  if (size !== file.bytes) throw corrupt(file, `${file.bytes} bytes`, `${size}`);
  const hash = await sha256File(path);
  if (hash !== file.sha256) throw corrupt(file, `SHA-256 ${file.sha256.slice(0, 12)}…`, `${hash.slice(0, 12)}…`);
  let lines = 0;
  try {
    for await (const batch of readNdjsonBytes(path)) lines += batch.length;
  } catch (cause) {
    // The bytes are those that were written, and they were never a readable file.
    throw corrupt(file, 'readable NDJSON', cause instanceof FhirError ? cause.code : 'an error', cause);
  }
  if (lines !== file.count) throw corrupt(file, `${file.count} resources`, `${lines}`);
}

function staysInside(path: string): boolean {
  if (path === '' || isAbsolute(path) || /[\\\0:]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !relative('.', path).startsWith('..');
}

function invalid(dir: string, what: string, from: { readonly name?: string; readonly cause?: unknown } = {}): FhirError {
  const { name = manifestName, cause } = from;
  const message = `${name} in ${dir}: expected a landing manifest, found that ${what}; write it again with this release`;
  return new FhirError('LANDING_INVALID', message, { details: { folder: dir }, cause });
}

function corrupt(file: LandingFile, expected: string, found: string, cause?: unknown): FhirError {
  const message = `${file.path}: expected ${expected}, found ${found}; fetch or generate the folder again`;
  return new FhirError('LANDING_CORRUPT', message, { details: { file: file.path, expected, found }, cause });
}
