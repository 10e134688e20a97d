/**
 * The landing folder of a simulation: natural files without what was displaced, planted files beside them, and what restores the input.
 *
 * In      a landing folder, a displacement, planted resources patient by patient
 * Out     files of the same names with kept lines byte for byte in the same order; planted/TYPE.ndjson.gz; displaced.ndjson.gz; natural-manifest.json;
 *         manifest.json last
 * Choice  a line whose bytes mention nothing that was displaced is not parsed (./line-mentions.ts); the others are
 * Checks  per file lines = kept + displaced; every displaced encounter and every changed patient is met
 */
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  readNdjsonBytes,
  writeLandingBytes,
  writeManifest,
  type LandingFile,
  type LandingManifest,
  type Planting,
} from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import type { Displacement } from './displacement.ts';
import { untouchedBy } from './line-mentions.ts';
import { createRuns } from './line-runs.ts';
import { gzipLevel } from './planted-writer.ts';
import { isElement } from './record-element.ts';

export const naturalManifestName = 'natural-manifest.json';
export const displacedName = 'displaced.ndjson.gz';

export interface CopyRun {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface NaturalCopy {
  readonly files: readonly LandingFile[];
  /** SHA-256 of each natural file when inflated, by path. */
  readonly contents: Readonly<Record<string, string>>;
  readonly displaced: Planting['displaced'];
  /** Lines left out and lines replaced, over all files. */
  readonly leftOut: number;
  readonly replaced: number;
}

/** Copies every natural file. @throws {SimulationError} SIM_ACCOUNTING, SIM_RECORD; {FhirError} NDJSON_* */
export async function copyNature(
  from: string,
  manifest: LandingManifest,
  out: string,
  displacement: Displacement,
  run: CopyRun = {},
): Promise<NaturalCopy> {
  const onProgress = run.onProgress ?? silent;
  const total = manifest.files.reduce((sum, { count }) => sum + count, 0);
  const displaced = new PassThrough({ highWaterMark: 1 << 20 });
  const displacedFile = writeLandingBytes(out, displacedName, displaced, gzipLevel);
  displacedFile.catch(() => undefined);
  const counts = { done: 0, leftOut: 0, replaced: 0 };
  const files: LandingFile[] = [];
  const contents: Record<string, string> = {};
  for (const file of manifest.files) {
    await mkdir(join(out, file.path, '..'), { recursive: true });
    const before = { ...counts };
    const content = createHash('sha256');
    const kept = { count: 0 };
    const lines = keptLines(join(from, file.path), file, content);
    const written = await writeLandingBytes(out, file.path, lines, gzipLevel);
    contents[file.path] = content.digest('hex');
    if (counts.done - before.done !== file.count || kept.count + counts.leftOut - before.leftOut !== file.count) {
      throw new SimulationError(
        'SIM_ACCOUNTING',
        `${basename(file.path)}: expected ${file.count} resources = kept + displaced, found ${kept.count} + ${counts.leftOut - before.leftOut}; fetch the records again`,
      );
    }
    files.push({ type: file.type, ...written, count: kept.count });

    async function* keptLines(
      path: string,
      entry: LandingFile,
      hash: ReturnType<typeof createHash>,
    ): AsyncGenerator<Buffer, void, undefined> {
      const untouched = entry.type === 'Patient' ? null : untouchedBy(displacement, entry.type);
      for await (const batch of readNdjsonBytes(path, { whole: true })) {
        stopIfCancelled(run.signal, 'copying the records');
        const runs = createRuns();
        for (const { line, bytes } of batch) {
          hash.update(bytes);
          if (isBlank(bytes)) {
            runs.add(bytes);
            continue;
          }
          counts.done += 1;
          const fate = untouched?.(bytes) === true ? bytes : fateOf(bytes, displacement, entry, line);
          if (fate === bytes) kept.count += 1;
          else {
            const record = { file: entry.path, line, text: bytes.toString('utf8'), ...(fate === null ? {} : { replaced: true }) };
            if (!displaced.write(`${JSON.stringify(record)}\n`)) await Promise.race([once(displaced, 'drain'), displacedFile]);
            if (fate === null) {
              counts.leftOut += 1;
              continue;
            }
            counts.replaced += 1;
            kept.count += 1;
          }
          runs.add(fate);
        }
        onProgress({ task: 'copy', done: counts.done, total });
        yield* runs.all();
      }
    }
  }
  displaced.end();
  const unmet = displacement.unmet();
  if (unmet > 0) {
    throw new SimulationError(
      'SIM_ACCOUNTING',
      `expected every displaced encounter and changed patient in the files, found ${unmet} missing; please report it`,
    );
  }
  return {
    files,
    contents,
    displaced: { ...(await displacedFile), count: counts.leftOut + counts.replaced },
    leftOut: counts.leftOut,
    replaced: counts.replaced,
  };
}

/** The line as it is, null where it did not happen, or the line that takes its place. */
function fateOf(bytes: Buffer, displacement: Displacement, file: LandingFile, line: number): Buffer | null {
  let resource: unknown;
  try {
    resource = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new SimulationError(
      'SIM_RECORD',
      `${basename(file.path)}, line ${line}: expected a FHIR resource, found no JSON; fetch the records again`,
      { cause },
    );
  }
  if (!isElement(resource))
    throw new SimulationError(
      'SIM_RECORD',
      `${basename(file.path)}, line ${line}: expected a FHIR resource, found another value; fetch the records again`,
    );
  const applied = displacement.apply(resource);
  if (applied === resource) return bytes;
  return applied === null ? null : Buffer.from(`${JSON.stringify(applied)}${bytes.at(-1) === 0x0a ? '\n' : ''}`, 'utf8');
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** Writes both manifests, the folder's own last. @throws {FhirError} LANDING_INVALID */
export async function writePlantedManifest(
  from: string,
  manifest: LandingManifest,
  out: string,
  copy: NaturalCopy,
  planted: readonly LandingFile[],
  planting: Pick<Planting, 'process' | 'processSha256' | 'seed' | 'truth'>,
): Promise<void> {
  await writeFileAtomic(join(out, naturalManifestName), await readFile(join(from, 'manifest.json')));
  // What a pull received and stored is told of the natural files; the counts of these are others.
  const { accounting: _accounting, ...told } = manifest;
  await writeManifest(out, {
    ...told,
    source: {
      ...manifest.source,
      description: `${manifest.source.description}; readmissions planted by the process ${planting.process}, seed ${planting.seed}`,
    },
    files: [...copy.files, ...planted],
    planting: {
      ...planting,
      naturalManifest: naturalManifestName,
      displaced: copy.displaced,
      planted: planted.map(({ path }) => path),
      contents: { ...copy.contents },
    },
  });
}
