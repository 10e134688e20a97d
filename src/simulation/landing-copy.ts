/**
 * The landing folder of a simulation: natural files without what was displaced, planted files beside them, and what restores the input.
 *
 * In      a landing folder, a displacement, manifest entries of what was planted
 * Out     the natural files as ./natural-file.ts leaves them; displaced.ndjson.gz; natural-manifest.json; manifest.json last
 * Checks  per file lines = kept + displaced; every displaced encounter and every changed patient is met
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeManifest, type LandingFile, type LandingManifest, type Planting } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { displacedName } from './displaced-file.ts';
import type { Displacement } from './displacement.ts';
import { createLineFile } from './line-file.ts';
import { copyNaturalFile } from './natural-file.ts';
import { gzipLevel } from './planted-writer.ts';

const naturalManifestName = 'natural-manifest.json';

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
  /** From when on a record is complete whose end was changed, by `Patient/x`. */
  readonly completeFrom: Readonly<Record<string, string>>;
}

/** Copies every natural file. @throws {SimulationError} SIM_ACCOUNTING, SIM_RECORD; {FhirError} NDJSON_*; {CancelledError} */
export async function copyNature(
  from: string,
  manifest: LandingManifest,
  out: string,
  displacement: Displacement,
  run: CopyRun = {},
): Promise<NaturalCopy> {
  const onProgress = run.onProgress ?? silent;
  const total = manifest.files.reduce((sum, { count }) => sum + count, 0);
  const displaced = createLineFile(out, displacedName, gzipLevel);
  const files: LandingFile[] = [];
  const contents: Record<string, string> = {};
  let [copied, leftOut, replaced] = [0, 0, 0];
  try {
    for (const natural of manifest.files) {
      const copy = await copyNaturalFile(from, natural, out, {
        displacement,
        displaced: (line) => displaced.write(JSON.stringify(line)),
        onResources: (done) => onProgress({ task: 'copy', done: copied + done, total }),
        signal: run.signal,
      });
      files.push(copy.file);
      contents[natural.path] = copy.content;
      copied += natural.count;
      leftOut += copy.leftOut;
      replaced += copy.replaced;
    }
    const unmet = displacement.unmet();
    if (unmet > 0) {
      throw new SimulationError(
        'SIM_ACCOUNTING',
        `expected every displaced encounter and changed patient in the files, found ${unmet} missing; please report it`,
      );
    }
    const completeFrom = displacement.completeFrom();
    return { files, contents, displaced: await displaced.close(), leftOut, replaced, completeFrom };
  } catch (error) {
    await displaced.discard();
    throw error;
  }
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
    ...(Object.keys(copy.completeFrom).length === 0
      ? {}
      : { coverage: { ...manifest.coverage, completeFrom: { ...copy.completeFrom } } }),
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
