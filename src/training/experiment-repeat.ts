/**
 * An experiment repeated from its folder of results, and held against what it gave: byte for byte.
 *
 * In      a folder with experiment.json, metrics.json and the researcher's files; the data, where they lie now
 * Out     the same bytes again, or the first difference
 * Choice  what cannot give the same (other data, other rules of a feature or a cohort) is refused before the records are read
 */
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExperimentError } from '../errors.ts';
import { codeVersion } from '../util/code-version.ts';
import { didYouMeanPath } from '../util/nearest-path.ts';
import { sha256 } from '../util/sha256.ts';
import { comparisonText, runExperiment, type Comparison, type ExperimentRun } from './compare-experiment.ts';
import { parseExperiment } from './experiment.ts';
import { parseExperimentRecord, type ExperimentRecord } from './experiment-record.ts';

export interface Repetition {
  readonly comparison: Comparison;
  /** SHA-256 of metrics.json, the recorded one and this. */
  readonly metricsSha256: string;
  readonly data: string;
  /** Version of the code that wrote the folder, and of this. */
  readonly recordedVersion: string;
  readonly codeVersion: string;
}

/**
 * @param folder  of results
 * @param data    landing folder; default: where the record says, relative to the working folder
 * @throws {ExperimentError} EXPERIMENT_RESULTS_MISSING, EXPERIMENT_FOLDER, EXPERIMENT_DATA_MISSING, EXPERIMENT_DATA_MISMATCH, EXPERIMENT_NOT_REPEATED
 */
export async function repeatExperiment(folder: string, data: string | undefined, run: ExperimentRun = {}): Promise<Repetition> {
  await requireResults(folder);
  const recorded = await fileOf(folder, 'metrics.json');
  const record = parseExperimentRecord(await fileOf(folder, 'experiment.json'), join(folder, 'experiment.json'));
  const experiment = parseExperiment(record.experiment, join(folder, 'experiment.json'), resolve(folder));
  const place = data ?? record.data.path;
  await requireData(place, record);
  const { comparison } = await runExperiment(experiment, place, { ...run, onSettled: (arms) => requireSameRules(arms, record) });
  const text = comparisonText(comparison);
  if (text !== recorded) throw notRepeated(firstDifference(JSON.parse(recorded), JSON.parse(text)), record);
  return { comparison, metricsSha256: sha256(text), data: place, recordedVersion: record.codeVersion, codeVersion };
}

/** @throws {ExperimentError} EXPERIMENT_RESULTS_MISSING where there is no folder, or one that never held results */
async function requireResults(folder: string): Promise<void> {
  const names: readonly string[] | null = await readdir(folder).catch(() => null);
  if (names?.includes('experiment.json') === true || names?.includes('metrics.json') === true) return;
  throw new ExperimentError(
    'EXPERIMENT_RESULTS_MISSING',
    `expected the folder that readmission compare wrote at ${folder}, found ` +
      (names === null ? `no such folder${didYouMeanPath(folder)}` : 'one without experiment.json and metrics.json'),
  );
}

async function fileOf(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new ExperimentError(
      'EXPERIMENT_FOLDER',
      `expected ${name} in ${folder}, as readmission compare writes it, found none; copy the whole folder again`,
      {
        cause,
      },
    );
  }
}

async function requireData(place: string, { data }: ExperimentRecord): Promise<void> {
  let manifest: Uint8Array;
  try {
    manifest = await readFile(join(place, 'manifest.json'));
  } catch (cause) {
    throw new ExperimentError(
      'EXPERIMENT_DATA_MISSING',
      `expected the landing folder of the experiment at ${place}, found no manifest.json there; say where it is with --data`,
      { cause },
    );
  }
  const found = sha256(manifest);
  if (found === data.manifestSha256) return;
  throw new ExperimentError(
    'EXPERIMENT_DATA_MISMATCH',
    `expected the data of the experiment (manifest ${data.manifestSha256.slice(0, 12)}, transaction time ${data.transactionTime}), found other ones at ` +
      `${place} (manifest ${found.slice(0, 12)}); name the folder with --data`,
    { details: { expected: data.manifestSha256, found } },
  );
}

/** Before any record is read: another rule of a feature cannot give the same figures. */
function requireSameRules(arms: Parameters<NonNullable<ExperimentRun['onSettled']>>[0], record: ExperimentRecord): void {
  for (const arm of arms) {
    const recorded = record.arms.find(({ name }) => name === arm.name);
    for (const [what, before, now] of [
      ['features', recorded?.featureHash, arm.features.hash],
      ['labels', recorded?.labelsSha256, arm.labels?.sha256 ?? null],
    ] as const) {
      if (before === now) continue;
      throw notRepeated(
        `arm "${arm.name}": ${what} are made by other rules (hash ${before?.slice(0, 12) ?? 'none'} recorded, ${now?.slice(0, 12) ?? 'none'} now)`,
        record,
      );
    }
  }
}

function notRepeated(difference: string, record: ExperimentRecord): ExperimentError {
  const version =
    record.codeVersion === codeVersion
      ? `the same version, ${codeVersion}`
      : `version ${record.codeVersion}, this is ${codeVersion}`;
  return new ExperimentError(
    'EXPERIMENT_NOT_REPEATED',
    `expected the recorded metrics.json byte for byte, found ${difference}; the folder was written by ${version}`,
    { details: { difference, recordedVersion: record.codeVersion, codeVersion } },
  );
}

/** Where two documents part, as a path with both values. */
function firstDifference(before: unknown, now: unknown, path = ''): string {
  const at = path === '' ? 'document' : path;
  if (isObject(before) && isObject(now)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
      if (!Object.is(before[key], now[key]) && JSON.stringify(before[key]) !== JSON.stringify(now[key])) {
        return firstDifference(before[key], now[key], path === '' ? key : `${path}.${key}`);
      }
    }
    return `${at}: equal values in other bytes`;
  }
  return `${at}: ${JSON.stringify(before) ?? 'nothing'} recorded, ${JSON.stringify(now) ?? 'nothing'} now`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
