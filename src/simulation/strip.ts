/**
 * Stripping: the natural records that a simulated folder was made of.
 *
 * In      a folder with natural-manifest.json and displaced.ndjson.gz
 * Out     a landing folder whose files hold what they held before the simulation, byte for byte when inflated, and the same manifest; where
 *         a file was compressed otherwise, with the size and hash that it has now
 * Checks  before anything is written: the form and paths of the natural manifest, its files against those of the folder, the hash and the
 *         number of displaced lines; then the content of each file against the SHA-256 taken when it was copied
 * Choice  compressed at level 9 as landing files are: a file that was written so is then the same on disk too
 */
import { createHash, type Hash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  parseManifest,
  readManifest,
  writeLandingBytes,
  writeManifest,
  type LandingFile,
  type LandingManifest,
  type Planting,
} from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent } from '../util/progress.ts';
import { changed, readDisplaced, type DisplacedLine } from './displaced-file.ts';
import type { CopyRun } from './landing-copy.ts';
import { fillNewFolder } from './new-folder.ts';
import { restoredLines } from './restored-lines.ts';

export interface StripReport {
  readonly files: number;
  /** Lines put back, those that had been replaced among them. */
  readonly restored: number;
  /** Files that are the same on disk as before the simulation. */
  readonly identicalFiles: number;
}

/**
 * Restores the natural records of a simulated folder.
 *
 * @param out  a new or empty folder; its manifest is written last, and on any error or cancellation the folder is as it was
 * @throws {SimulationError} SIM_NOT_PLANTED for a folder that was not simulated, SIM_STRIP where its files were changed since, SIM_OUT_TAKEN;
 *         {FhirError} LANDING_*, NDJSON_*; {CancelledError}
 */
export async function stripLanding(dir: string, out: string, run: CopyRun = {}): Promise<StripReport> {
  const source = await readSource(dir);
  return fillNewFolder(out, () => restoreInto(dir, out, source, run));
}

interface Source {
  readonly planting: Planting;
  readonly natural: LandingManifest;
  /** The manifest byte for byte. */
  readonly text: string;
  readonly displaced: ReadonlyMap<string, readonly DisplacedLine[]>;
}

async function readSource(dir: string): Promise<Source> {
  const { planting, files } = await readManifest(dir);
  if (planting === undefined) {
    throw new SimulationError(
      'SIM_NOT_PLANTED',
      `expected a folder written by readmission simulate, found none in ${dir}; its records are natural as they are`,
    );
  }
  const { natural, text } = await readNaturalManifest(dir, planting.naturalManifest);
  const kept = new Set(files.map(({ path }) => path).filter((path) => !planting.planted.includes(path)));
  const stray = natural.files.find(({ path }) => !kept.has(path) || planting.contents[path] === undefined);
  if (stray !== undefined || natural.files.length !== kept.size) {
    throw changed(
      planting.naturalManifest,
      `the ${kept.size} natural files of this folder`,
      stray?.path ?? String(natural.files.length),
    );
  }
  return { planting, natural, text, displaced: await readDisplaced(dir, planting.displaced, kept) };
}

async function readNaturalManifest(dir: string, name: string): Promise<{ natural: LandingManifest; text: string }> {
  try {
    const text = await readFile(join(dir, name), 'utf8');
    return { natural: parseManifest(text, dir, name), text };
  } catch (cause) {
    throw changed(name, 'the manifest of the natural records', 'none that is valid', cause);
  }
}

async function restoreInto(dir: string, out: string, source: Source, run: CopyRun): Promise<StripReport> {
  const { planting, natural, text, displaced } = source;
  const onProgress = run.onProgress ?? silent;
  const files: LandingFile[] = [];
  for (const [done, file] of natural.files.entries()) {
    stopIfCancelled(run.signal, 'restoring the records');
    onProgress({ task: 'strip', done, total: natural.files.length });
    await mkdir(dirname(join(out, file.path)), { recursive: true });
    const content = createHash('sha256');
    const lines = restoredLines(join(dir, file.path), displaced.get(file.path) ?? [], run.signal);
    const written = await writeLandingBytes(out, file.path, hashed(lines, content));
    if (content.digest('hex') !== planting.contents[file.path]) {
      throw changed(basename(file.path), 'the content it had before the simulation', 'another');
    }
    files.push({ ...file, ...written });
  }
  onProgress({ task: 'strip', done: natural.files.length, total: natural.files.length });
  stopIfCancelled(run.signal, 'restoring the records');
  const identicalFiles = files.filter((file, i) => file.sha256 === natural.files[i]?.sha256).length;
  if (identicalFiles === files.length) await writeFileAtomic(join(out, 'manifest.json'), text);
  else await writeManifest(out, { ...natural, files });
  return { files: files.length, restored: planting.displaced.count, identicalFiles };
}

async function* hashed(runs: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer, void, undefined> {
  for await (const run of runs) {
    hash.update(run);
    yield run;
  }
}
