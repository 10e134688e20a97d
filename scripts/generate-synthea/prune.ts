/**
 * Prunes what Synthea wrote into a landing folder: rules by code and by element, then a total order.
 *
 * In      RAW/fhir/TYPE.ndjson (or .ndjson.gz) and RAW/metadata/*.json, as Synthea writes them in bulk mode
 * Out     a landing folder: TYPE.ndjson.gz per type, in several parts where it is large, and manifest.json
 * Memory  ids of hospital encounters and of inpatients, and the largest of 256 slices of a type; the raw files are streamed
 * Choice  ordered by (patient, date, id): the same records give the same bytes, whatever the number of threads that wrote them,
 *         and neighbours that look alike pack well
 * Choice  built beside the output folder and renamed at the end, so that the folder is whole or absent
 */
import { chmod, mkdtemp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CancelledError, UsageError } from '../../src/errors.ts';
import { writeLandingFile, writeManifest, type LandingFile } from '../../src/fhir/landing.ts';
import { readNdjson } from '../../src/fhir/ndjson.ts';
import { readTerminology } from '../../src/terminology/index.ts';
import { silent, type OnProgress } from '../../src/util/progress.ts';
import { keptElements, keptTypes, unexpected, type KeptType, type SyntheaRecord } from './kept-elements.ts';
import { patientOf, pruningText, recordRule, surveyEncounters } from './kept-records.ts';
import { readRunMetadata, syntheaArguments, syntheaRelease, type SyntheaRun } from './run-metadata.ts';
import { SortedLines } from './sorted-lines.ts';

export interface PruneOptions {
  /** Told the records read of each type; the total is unknown. */
  readonly onProgress?: OnProgress;
  /** Stops between two records and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /** A type with at least twice as many lines is written in several files, so that they can be read at once; 100,000. */
  readonly linesPerFile?: number;
}

export interface PruneReport {
  /** Patients kept. */
  readonly patients: number;
  /** Resources read and kept, and packed size on disk, per type. */
  readonly types: Readonly<Record<KeptType, { readonly read: number; readonly kept: number; readonly bytes: number }>>;
  /** Packed size of all files, without the manifest. */
  readonly bytes: number;
}

/**
 * Prunes one finished run.
 *
 * @param rawDir  Synthea's base directory; read only
 * @param outDir  absent or empty; becomes a landing folder
 * @throws {UsageError} SYNTHEA_OUT_NOT_EMPTY, SYNTHEA_UNFINISHED, SYNTHEA_METADATA, SYNTHEA_RECORD, SYNTHEA_ID, SYNTHEA_DUPLICATE
 * @throws {FhirError} NDJSON_* for a raw file that cannot be read; {CancelledError} by the signal
 */
export async function pruneFolder(rawDir: string, outDir: string, options: PruneOptions = {}): Promise<PruneReport> {
  await requireEmpty(outDir);
  const run = await readRunMetadata(rawDir);
  const target = resolve(outDir);
  await mkdir(dirname(target), { recursive: true });
  const building = await mkdtemp(join(dirname(target), `.${basename(target)}.part-`));
  try {
    const report = await pruneInto(rawDir, building, run, options);
    await chmod(building, 0o755);
    await rename(building, target);
    return report;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** @throws {UsageError} SYNTHEA_OUT_NOT_EMPTY */
export async function requireEmpty(outDir: string): Promise<void> {
  const names = await readdir(outDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError('SYNTHEA_OUT_NOT_EMPTY', `${outDir}: expected a folder, found ${error.code}; name another`, {
      cause: error,
    });
  });
  if (names.length === 0) return;
  const what = `${outDir}: expected an empty or absent folder, found ${names.length} entries; name another or remove it`;
  throw new UsageError('SYNTHEA_OUT_NOT_EMPTY', what, { details: { folder: outDir } });
}

async function pruneInto(rawDir: string, dir: string, run: SyntheaRun, options: PruneOptions): Promise<PruneReport> {
  const survey = await surveyEncounters(records(rawDir, 'Encounter', 'Encounter survey', options));
  const isKept = recordRule(survey, readTerminology());
  const files: LandingFile[] = [];
  const types: Partial<Record<KeptType, PruneReport['types'][KeptType]>> = {};
  for (const type of keptTypes) {
    const lines = new SortedLines(dir, type);
    let read = 0;
    let kept = 0;
    try {
      for await (const record of records(rawDir, type, type, options)) {
        read += 1;
        if (!isKept(record)) continue;
        kept += 1;
        lines.add(
          { patient: patientOf(record), date: dateOf(record), id: record.id ?? '' },
          JSON.stringify(keptElements(record)),
        );
      }
      if (type === 'Patient' && read !== run.patients) throw incomplete(rawDir, run.patients, read);
      const written = await writeRuns(dir, type, [...lines.runs(options.linesPerFile ?? 100_000)]);
      files.push(...written);
      types[type] = { read, kept, bytes: written.reduce((sum, file) => sum + file.bytes, 0) };
    } finally {
      lines.discard();
    }
  }
  await writeManifest(dir, {
    format: 'readmission-landing',
    formatVersion: 1,
    source: {
      kind: 'synthea',
      description: `Synthea ${syntheaRelease.version}, ${run.state}, ages ${run.ages}, seed ${run.seed}`,
    },
    transactionTime: `${run.endDate.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')}T00:00:00Z`,
    synthetic: true,
    coverage: { types: [...keptTypes], from: null, historyYears: run.yearsOfHistory },
    files,
    pruning: pruningText,
    generator: generatorOf(run),
  });
  const all = types as PruneReport['types'];
  return { patients: all.Patient.kept, types: all, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

async function writeRuns(dir: string, type: KeptType, runs: readonly Iterable<string>[]): Promise<LandingFile[]> {
  const files: LandingFile[] = [];
  for (const [part, lines] of runs.entries()) {
    files.push(await writeLandingFile(dir, type, lines, runs.length === 1 ? { gzip: true } : { gzip: true, part }));
  }
  return files;
}

async function* records(
  rawDir: string,
  type: KeptType,
  task: string,
  options: PruneOptions,
): AsyncGenerator<SyntheaRecord, void, undefined> {
  const plain = join(rawDir, 'fhir', `${type}.ndjson`);
  const onProgress = options.onProgress ?? silent;
  const path = await stat(plain).then(
    () => plain,
    () => `${plain}.gz`,
  );
  let done = 0;
  for await (const { text, line } of readNdjson(path)) {
    if (options.signal?.aborted) throw new CancelledError('pruning');
    yield parseRecord(text, type, line);
    done += 1;
    if (done % 20_000 === 0) onProgress({ task, done });
  }
  onProgress({ task, done, total: done });
}

function parseRecord(text: string, type: KeptType, line: number): SyntheaRecord {
  let record: SyntheaRecord;
  try {
    record = JSON.parse(text) as SyntheaRecord;
  } catch (cause) {
    const what = `${type}.ndjson, line ${line}: expected one resource as JSON, found a torn line; generate into an empty folder`;
    throw new UsageError('SYNTHEA_RECORD', what, { details: { type, line }, cause });
  }
  if (record.resourceType !== type || record.id === undefined) throw unexpected(record, `a ${type} with an id`);
  return record;
}

/** The date that orders a patient's records of one type. */
function dateOf(record: SyntheaRecord): string {
  switch (record.resourceType) {
    case 'Patient':
      return '';
    case 'Encounter':
      return record.period?.start ?? '';
    case 'Condition':
      return record.onsetDateTime ?? record.recordedDate ?? '';
    case 'Observation':
      return record.effectiveDateTime ?? '';
    case 'Procedure':
      return record.performedPeriod?.start ?? record.performedDateTime ?? '';
    case 'MedicationRequest':
      return record.authoredOn ?? '';
  }
}

function generatorOf(run: SyntheaRun): Record<string, string> {
  return {
    software: 'org.mitre.synthea:synthea',
    version: run.build === syntheaRelease.build ? syntheaRelease.version : run.build,
    build: run.build,
    seed: String(run.seed),
    clinicianSeed: String(run.clinicianSeed),
    population: String(run.population),
    ages: run.ages,
    referenceDate: run.referenceDate,
    endDate: run.endDate,
    yearsOfHistory: String(run.yearsOfHistory),
    state: run.state,
    options: syntheaArguments(run).join(' '),
  };
}

function incomplete(rawDir: string, expected: number, found: number): UsageError {
  const what = `${rawDir}: expected ${expected} patients, as Synthea's metadata says, found ${found}`;
  return new UsageError('SYNTHEA_UNFINISHED', `${what}; generate into an empty folder`, { details: { expected, found } });
}
