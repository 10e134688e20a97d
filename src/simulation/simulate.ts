/**
 * The simulation of a landing folder: facts in, planted records and truth out.
 *
 * Steps   read facts; solve the intercepts unless the process has them; simulate every patient; write what was planted; copy nature
 *         without what it displaces
 * Out     a landing folder with process.json (the process with its intercepts, to be used again), displaced.ndjson.gz and natural-manifest.json,
 *         from which ./strip.ts restores the input; truth rows, one per draw
 * Checks  every draw has one row; draws = unplanned + death + planned + none; planted stays = admissions + unplanned + planned returns;
 *         natural lines in = kept + displaced
 * Choice  equal records, process and seed give equal bytes of everything planted and of the truth, whatever the order of the files
 */
import { join } from 'node:path';
import { readManifest, type LandingFile, type LandingManifest } from '../fhir/index.ts';
import { SimulationError } from '../errors.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { createCohortSimulation } from './cohort-simulation.ts';
import { indexRulesOf } from './eligibility.ts';
import { readFacts } from './read-facts.ts';
import type { SimulatedPatient } from './patient-simulation.ts';
import { processHash, states, withIntercepts, type ProcessDefinition, type State } from './process.ts';
import type { TruthRow } from './truth.ts';
import { createDisplacement, type Displacement } from './displacement.ts';
import { copyNature, writePlantedManifest } from './landing-copy.ts';
import { createPlantedWriter } from './planted-writer.ts';
import { requireNewFolder } from './new-folder.ts';

export interface SimulateOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  readonly process: ProcessDefinition;
  /** Offset from UTC in which planted times are written; default -300 (-05:00). */
  readonly utcOffsetMinutes?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Counts over the discharges of a cohort. */
export type StateCounts = Readonly<Record<State, number>>;

export interface SimulationReport {
  readonly process: string;
  /** Of process.json, by which a truth is known. */
  readonly processSha256: string;
  readonly seed: number;
  readonly intercepts: NonNullable<ProcessDefinition['intercepts']>;
  /** Simulations of the cohort that the intercepts took; 0 where the process had them. */
  readonly iterations: number;
  readonly patients: number;
  readonly stays: { readonly natural: number; readonly admissions: number; readonly unplanned: number; readonly planned: number };
  /** Every discharge that was drawn for. */
  readonly draws: StateCounts;
  /** Those that are index discharges of hwr-like. */
  readonly index: StateCounts;
  readonly deaths: { readonly drawn: number; readonly moved: number };
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

/** Name of the truth in the folder; whoever asks for a simulation writes it. */
export const truthName = 'truth.parquet';
export const processName = 'process.json';

/**
 * Plants a process into the records of a landing folder.
 *
 * @param out  a new or empty folder; its manifest is written last
 * @throws {SimulationError} SIM_OUT_TAKEN, SIM_PROCESS_INVALID, SIM_INTERCEPTS, SIM_RECORD, SIM_DUPLICATE, SIM_ACCOUNTING; {FhirError} LANDING_*, NDJSON_*;
 *         {CancelledError}
 */
export async function simulate(
  dir: string,
  out: string,
  options: SimulateOptions,
): Promise<{ report: SimulationReport; truth: SimulationTruth }> {
  const { seed, utcOffsetMinutes = -300 } = options;
  const run = { onProgress: options.onProgress ?? silent, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  await requireNewFolder(out);
  const manifest = await readManifest(dir);
  if (manifest.planting !== undefined) {
    throw new SimulationError(
      'SIM_PLANTED_ALREADY',
      `expected natural records in ${dir}, found planted ones; strip them first (--strip)`,
    );
  }
  const displacement = createDisplacement(utcOffsetMinutes);
  const { process, plantedFiles, truth, ...told } = await plant(dir, manifest, out, displacement, {
    ...options,
    utcOffsetMinutes,
  });
  const copy = await copyNature(dir, manifest, out, displacement, run);
  await writeFileAtomic(join(out, processName), `${JSON.stringify(process, null, 2)}\n`);
  const processSha256 = processHash(process);
  const planting = { process: process.name, processSha256, seed, truth: truthName };
  await writePlantedManifest(dir, manifest, out, copy, plantedFiles, planting);
  const planted = plantedFiles.reduce((sum, { count }) => sum + count, 0);
  return {
    report: {
      process: process.name,
      processSha256,
      seed,
      ...told,
      resources: { planted, displaced: copy.leftOut, replaced: copy.replaced },
    },
    truth,
  };
}

interface Planted extends Pick<SimulationReport, 'intercepts' | 'iterations' | 'patients' | keyof Counts> {
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
  for await (const patient of cohort.patients(intercepts, 'planting')) {
    displacement.add(patient);
    tally.add(patient);
    rows.push(...patient.truth);
    await writer.write(patient.planted.flatMap(({ resources }) => resources));
  }
  return {
    process: withIntercepts(definition, intercepts),
    plantedFiles: await writer.close(),
    truth: { rows, contributions: cohort.contributionNames, covariates: cohort.covariateNames },
    intercepts,
    iterations,
    patients: patients.size,
    ...tally.counts(),
  };
}

type Counts = Pick<SimulationReport, 'stays' | 'draws' | 'index' | 'deaths'>;

/** Counts over patients, and the identities that must hold between them. */
function createTally(): { add(patient: SimulatedPatient): void; counts(): Counts } {
  const draws = noStates();
  const index = noStates();
  const stays = { natural: 0, admissions: 0, unplanned: 0, planned: 0 };
  const deaths = { drawn: 0, moved: 0 };
  return {
    add({ patientId, stays: happened, planted, truth, endMs, death }) {
      const own = noStates();
      for (const { state, eligible } of truth) {
        own[state] += 1;
        draws[state] += 1;
        if (eligible) index[state] += 1;
      }
      const returns = own.unplanned + own.planned;
      if (returns > planted.length || own.death !== (endMs === null ? 0 : 1)) {
        throw new SimulationError(
          'SIM_ACCOUNTING',
          `${patientId}: expected a planted stay for each return and one end for a death, found ${planted.length} stays for ${returns} returns and ${own.death} deaths; please report it`,
        );
      }
      stays.natural += happened.length - planted.length;
      stays.admissions += planted.length - returns;
      stays.unplanned += own.unplanned;
      stays.planned += own.planned;
      deaths.drawn += own.death;
      if (death !== undefined && endMs === null) deaths.moved += 1;
    },
    counts: () => ({ stays, draws, index, deaths }),
  };
}

function noStates(): Record<State, number> {
  return Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
}
