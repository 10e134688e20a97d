/**
 * What Synthea says about its own run: the file it writes into metadata/ when it has finished, and the command that repeats it.
 *
 * In      metadata/<start>_<population>_<state>_<run id>.json beside the records
 * Out     the settings that decide the records, without run id, clock and thread count, which do not
 * Choice  a folder without this file is a run that did not finish: Synthea writes it last
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { keptTypes } from './kept-elements.ts';

/** The release on Maven Central (pom.xml), and how it names itself in its output. */
export const syntheaRelease = { version: '3.3.0', build: 'v3.2.0-203-g995cf2fd3' } as const;

const day = z.string().regex(/^\d{8}$/, 'YYYYMMDD');

/** The settings that decide every byte of the records. */
export interface SyntheaSettings {
  /** Living patients; the dead come on top. */
  readonly population: number;
  readonly seed: number;
  readonly clinicianSeed: number;
  /** YYYYMMDD; ages are counted at this day. */
  readonly referenceDate: string;
  /** YYYYMMDD; no event is later. */
  readonly endDate: string;
  /** "40-95". */
  readonly ages: string;
  readonly yearsOfHistory: number;
  readonly state: string;
}

export interface SyntheaRun extends SyntheaSettings {
  /** As Synthea names itself. */
  readonly build: string;
  /** Living and dead. */
  readonly patients: number;
}

const metadataSchema = z.object({
  seed: z.int(),
  clinicianSeed: z.int(),
  referenceTime: day,
  endTime: day,
  version: z.string(),
  patientCount: z.int().nonnegative(),
  'exporter.years_of_history': z.string().regex(/^\d+$/),
  age: z.string().regex(/^\d+-\d+$/),
  state: z.string(),
});

/** @throws {UsageError} SYNTHEA_UNFINISHED: no metadata; SYNTHEA_METADATA: several, or another form */
export async function readRunMetadata(rawDir: string): Promise<SyntheaRun> {
  const folder = join(rawDir, 'metadata');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const [name] = names;
  if (name === undefined) {
    const what = `expected Synthea's metadata/*.json in ${rawDir}, found none: the run did not finish`;
    throw new UsageError('SYNTHEA_UNFINISHED', `${what}; generate into an empty folder`);
  }
  if (names.length > 1) throw invalid(rawDir, `${names.length} files, so several runs went into one folder`);
  // The population asked for stands in the name alone; the count inside includes the dead.
  const population = /^\d{4}_\d\d_\d\dT\d\d_\d\d_\d\dZ_(\d+)_/.exec(name)?.[1];
  if (population === undefined) throw invalid(rawDir, `the name ${name}`);
  const parsed = metadataSchema.safeParse(parseJson(await readFile(join(folder, name), 'utf8')));
  if (!parsed.success) throw invalid(rawDir, `no valid ${parsed.error.issues[0]?.path.join('.') || 'JSON object'}`);
  const run = parsed.data;
  return {
    population: Number(population),
    seed: run.seed,
    clinicianSeed: run.clinicianSeed,
    referenceDate: run.referenceTime,
    endDate: run.endTime,
    ages: run.age,
    yearsOfHistory: Number(run['exporter.years_of_history']),
    state: run.state,
    build: run.version.trim(),
    patients: run.patientCount,
  };
}

/** Synthea's arguments for these settings: population, then options, then the state. Folder and threads are the caller's. */
export function syntheaArguments(s: SyntheaSettings): string[] {
  return [
    ...['-s', String(s.seed), '-cs', String(s.clinicianSeed), '-r', s.referenceDate, '-e', s.endDate],
    ...['-p', String(s.population), '-a', s.ages],
    '--exporter.fhir.export=true',
    '--exporter.fhir.bulk_data=true',
    '--exporter.pretty_print=false',
    '--generate.log_patients.detail=none',
    `--exporter.years_of_history=${s.yearsOfHistory}`,
    `--exporter.fhir.included_resources=${keptTypes.join(',')}`,
    s.state,
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(rawDir: string, found: string): UsageError {
  const what = `metadata in ${rawDir}: expected one description as Synthea ${syntheaRelease.version} writes it, found ${found}`;
  return new UsageError('SYNTHEA_METADATA', `${what}; generate into an empty folder with the pinned release`);
}
