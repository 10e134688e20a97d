/**
 * The simulation of a landing folder: facts in, planted records and truth out.
 *
 * Steps   read facts; solve the intercepts unless the process has them; simulate every patient; write what was planted; copy nature
 *         without what it displaces
 * Out     a landing folder with process.json (the process with its intercepts, to be used again), displaced.ndjson.gz and natural-manifest.json,
 *         from which ./strip.ts restores the input; truth rows, one per draw
 * Checks  the identities of ./tally.ts and ./landing-copy.ts, on every run
 * Choice  facts of the whole cohort are held while the intercepts are solved, about 50 kB a patient, and no resource is; see ./facts.ts
 * Choice  equal records, process and seed give equal bytes of everything planted and of the truth, whatever the order of the files
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, type LandingFile, type LandingManifest, type Planting } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { sha256File } from '../util/sha256.ts';
import { createCohortSimulation } from './cohort-simulation.ts';
import { indexRulesOf } from './eligibility.ts';
import { readFacts } from './read-facts.ts';
import { processHash, withIntercepts, type ProcessDefinition } from './process.ts';
import { createTally, type SimulationCounts } from './tally.ts';
import type { TruthRow } from './truth.ts';
import { createDisplacement, type Displacement } from './displacement.ts';
import { copyNature, writePlantedManifest } from './landing-copy.ts';
import { createPlantedWriter } from './planted-writer.ts';
import { fillNewFolder } from './new-folder.ts';

export interface SimulateOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  readonly process: ProcessDefinition;
  /** Offset from UTC in which planted times are written; default -300 (-05:00). */
  readonly utcOffsetMinutes?: number;
  /** Writes the truth as a file of the folder, which the manifest then names with its hash; without it none is written. */
  readonly writeTruth?: (path: string, truth: SimulationTruth) => Promise<void>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface SimulationReport extends SimulationCounts {
  readonly process: string;
  /** Of process.json, by which a truth is known. */
  readonly processSha256: string;
  readonly seed: number;
  readonly intercepts: NonNullable<ProcessDefinition['intercepts']>;
  /** Simulations of the cohort that the intercepts took; 0 where the process had them. */
  readonly iterations: number;
  readonly patients: number;
  /** Resources planted, and natural ones left out or replaced. */
  readonly resources: { readonly planted: number; readonly displaced: number; readonly replaced: number };
}

export interface SimulationTruth {
  /** In order of patient and time. */
  readonly rows: readonly TruthRow[];
  /** Covariates with contributions, and all covariates that a term reads. */
  readonly contributions: readonly string[];
  readonly covariates: readonly string[];
}

/** Names in the folder. */
const truthName = 'truth.parquet';
const processName = 'process.json';

/**
 * Plants a process into the records of a landing folder.
 *
 * @param out  a new or empty folder; its manifest is written last, and on any error or cancellation the folder is as it was
 * @throws {SimulationError} SIM_PLANTED_ALREADY, SIM_OUT_TAKEN, SIM_INTERCEPTS, SIM_RECORD, SIM_DUPLICATE, SIM_ACCOUNTING;
 *         {FhirError} LANDING_*, NDJSON_*; {CancelledError}; whatever writeTruth throws
 */
export async function simulate(
  dir: string,
  out: string,
  options: SimulateOptions,
): Promise<{ report: SimulationReport; truth: SimulationTruth }> {
  const manifest = await readManifest(dir);
  if (manifest.planting !== undefined) {
    throw new SimulationError(
      'SIM_PLANTED_ALREADY',
      `expected natural records in ${dir}, found planted ones; strip them first (--strip)`,
    );
  }
  return fillNewFolder(out, () => simulateInto(dir, manifest, out, options));
}

async function simulateInto(
  dir: string,
  manifest: LandingManifest,
  out: string,
  options: SimulateOptions,
): Promise<{ report: SimulationReport; truth: SimulationTruth }> {
  const { seed, utcOffsetMinutes = -300 } = options;
  const run = { onProgress: options.onProgress ?? silent, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const displacement = createDisplacement(utcOffsetMinutes);
  const { process, plantedFiles, truth, ...counts } = await plant(dir, manifest, out, displacement, {
    ...options,
    utcOffsetMinutes,
  });
  const copy = await copyNature(dir, manifest, out, displacement, run);
  await writeFileAtomic(join(out, processName), `${JSON.stringify(process, null, 2)}\n`);
  const origin = { process: process.name, processSha256: processHash(process), seed };
  const truthFile = options.writeTruth === undefined ? {} : { truth: await truthEntry(out, truth, options.writeTruth) };
  stopIfCancelled(options.signal, 'planting');
  await writePlantedManifest(dir, manifest, out, copy, plantedFiles, { ...origin, ...truthFile });
  const planted = plantedFiles.reduce((sum, { count }) => sum + count, 0);
  return { report: { ...origin, ...counts, resources: { planted, displaced: copy.leftOut, replaced: copy.replaced } }, truth };
}

/** Writes the truth before the manifest, so that a folder with a manifest is never without it. */
async function truthEntry(
  out: string,
  truth: SimulationTruth,
  write: NonNullable<SimulateOptions['writeTruth']>,
): Promise<NonNullable<Planting['truth']>> {
  const path = join(out, truthName);
  await write(path, truth);
  return { path: truthName, bytes: (await stat(path)).size, sha256: await sha256File(path) };
}

interface Planted extends Pick<SimulationReport, 'intercepts' | 'iterations' | 'patients' | keyof SimulationCounts> {
  readonly process: ProcessDefinition;
  readonly plantedFiles: readonly LandingFile[];
  readonly truth: SimulationTruth;
}

/** Everything that needs the facts of the whole cohort, which are gone when it returns. */
async function plant(
  dir: string,
  manifest: LandingManifest,
  out: string,
  displacement: Displacement,
  options: SimulateOptions & { readonly utcOffsetMinutes: number },
): Promise<Planted> {
  const { process: definition, ...run } = options;
  const { patients, lastEventMs } = await readFacts(dir, manifest, run);
  const cohort = createCohortSimulation(patients, { ...run, definition, rules: indexRulesOf(manifest, lastEventMs) });
  const { intercepts, iterations } = await cohort.solve();
  const tally = createTally();
  const rows: TruthRow[] = [];
  const writer = await createPlantedWriter(out);
  let plantedFiles: readonly LandingFile[];
  try {
    for await (const patient of cohort.patients(intercepts, 'planting')) {
      displacement.add(patient);
      tally.add(patient);
      rows.push(...patient.truth);
      await writer.write(patient.planted.flatMap(({ resources }) => resources));
    }
    plantedFiles = await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return {
    process: withIntercepts(definition, intercepts),
    plantedFiles,
    truth: { rows, contributions: cohort.contributionNames, covariates: cohort.covariateNames },
    intercepts,
    iterations,
    patients: patients.size,
    ...tally.counts(),
  };
}
