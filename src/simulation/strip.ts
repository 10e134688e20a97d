/**
 * Stripping: the natural records that a simulated folder was made of.
 *
 * In      a folder with natural-manifest.json and displaced.ndjson.gz
 * Out     a landing folder whose files hold what they held before the simulation, byte for byte when inflated, and the same manifest; where
 *         a file was compressed otherwise, with the size and hash that it has now
 * Checks  the content of each file against the SHA-256 taken when it was copied; every displaced line is put back once
 * Choice  compressed at level 9 as landing files are: a file that was written so is then the same on disk too
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  readManifest,
  readNdjson,
  readNdjsonBytes,
  writeLandingBytes,
  writeManifest,
  type LandingFile,
  type LandingManifest,
} from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent } from '../util/progress.ts';
import type { CopyRun } from './landing-copy.ts';
import { requireNewFolder } from './new-folder.ts';
import { createRuns, type LineRuns } from './line-runs.ts';

const displacedLine = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  text: z.string(),
  replaced: z.literal(true).optional(),
});
type DisplacedLine = z.infer<typeof displacedLine>;

export interface StripReport {
  readonly files: number;
  /** Lines put back, those that had been replaced among them. */
  readonly restored: number;
  /** Files that are the same on disk as before the simulation. */
  readonly identicalFiles: number;
}

/** @throws {SimulationError} SIM_NOT_PLANTED for a folder that was not simulated, SIM_STRIP where its files were changed since, SIM_OUT_TAKEN */
export async function stripLanding(dir: string, out: string, run: CopyRun = {}): Promise<StripReport> {
  const onProgress = run.onProgress ?? silent;
  const { planting } = await readManifest(dir);
  if (planting === undefined) {
    throw new SimulationError(
      'SIM_NOT_PLANTED',
      `expected a folder written by readmission simulate, found none in ${dir}; its records are natural as they are`,
    );
  }
  await requireNewFolder(out);
  const text = await readFile(join(dir, planting.naturalManifest), 'utf8');
  const natural = JSON.parse(text) as LandingManifest;
  const displaced = await readDisplaced(join(dir, planting.displaced.path));
  const files: LandingFile[] = [];
  let restored = 0;
  for (const [done, file] of natural.files.entries()) {
    onProgress({ task: 'strip', done, total: natural.files.length });
    const lines = displaced.get(file.path) ?? [];
    restored += lines.length;
    await mkdir(join(out, file.path, '..'), { recursive: true });
    const content = createHash('sha256');
    const written = await writeLandingBytes(out, file.path, hashed(restoredLines(join(dir, file.path), lines, run), content));
    if (content.digest('hex') !== planting.contents[file.path]) {
      throw new SimulationError(
        'SIM_STRIP',
        `${basename(file.path)}: expected the content it had before the simulation, found another; the folder was changed, simulate again`,
      );
    }
    files.push({ ...file, ...written });
  }
  onProgress({ task: 'strip', done: natural.files.length, total: natural.files.length });
  if (restored !== planting.displaced.count) {
    throw new SimulationError(
      'SIM_STRIP',
      `expected ${planting.displaced.count} displaced lines, found ${restored}; the folder was changed, simulate again`,
    );
  }
  const identicalFiles = files.filter((file, i) => file.sha256 === natural.files[i]?.sha256).length;
  if (identicalFiles === files.length) await writeFileAtomic(join(out, 'manifest.json'), text);
  else await writeManifest(out, { ...natural, files });
  return { files: files.length, restored, identicalFiles };
}

async function readDisplaced(path: string): Promise<Map<string, DisplacedLine[]>> {
  const byFile = new Map<string, DisplacedLine[]>();
  for await (const { text } of readNdjson(path)) {
    const line = displacedLine.parse(JSON.parse(text));
    const lines = byFile.get(line.file);
    if (lines === undefined) byFile.set(line.file, [line]);
    else lines.push(line);
  }
  return byFile;
}

/** Kept lines with the displaced ones back at their numbers, both in rising order. */
async function* restoredLines(
  path: string,
  displaced: readonly DisplacedLine[],
  run: CopyRun,
): AsyncGenerator<Buffer, void, undefined> {
  let [number, next] = [1, 0];
  /** Lines that were left out here, and whether the one that stands here now is not the source's. */
  const putBack = (runs: LineRuns): boolean => {
    for (let line = displaced[next]; line?.line === number; line = displaced[next]) {
      runs.add(Buffer.from(line.text, 'utf8'));
      number += 1;
      next += 1;
      if (line.replaced === true) return true;
    }
    return false;
  };
  for await (const batch of readNdjsonBytes(path, { whole: true })) {
    stopIfCancelled(run.signal, 'restoring the records');
    const runs = createRuns();
    for (const { bytes } of batch) {
      if (putBack(runs)) continue;
      runs.add(bytes);
      number += 1;
    }
    yield* runs.all();
  }
  const rest = createRuns();
  putBack(rest);
  yield* rest.all();
}

async function* hashed(
  runs: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const run of runs) {
    hash.update(run);
    yield run;
  }
}
