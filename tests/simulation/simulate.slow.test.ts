/** A landing folder simulated whole: the truth against the SQL cohort and features, the same bytes for the same seed, and back again. */
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readManifest, verifyLanding } from '../../src/fhir/index.ts';
import { covariateNames } from '../../src/simulation/covariates.ts';
import {
  readProcess,
  simulate,
  stripLanding,
  truthColumns,
  type SimulateOptions,
  type SimulationReport,
  type SimulationTruth,
} from '../../src/simulation/index.ts';
import { openStudy, type Study } from '../../src/training/index.ts';
import { sha256File } from '../../src/util/sha256.ts';
import { writeTable } from '../../src/warehouse/index.ts';
import { withLanding, writeLanding } from '../cases/landing.ts';
import type { Resource } from '../cases/compact.ts';
import { firstPatients } from './first-patients.ts';

// Rates cannot be solved on a few dozen patients, and need not be: any intercepts have a truth.
const process = { ...readProcess('general-hospital'), intercepts: { unplanned: -2.6, death: -3.2, planned: -2.2 } };
const patientCount = 60;
const writeTruth = (path: string, told: SimulationTruth): Promise<void> => writeTable(path, truthColumns(told.rows, told));

let work = '';
let natural = '';
let resources: Resource[] = [];
let report: SimulationReport;
let truth: SimulationTruth;
let study: Study;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'readmission-simulate-'));
  const first = await firstPatients(patientCount);
  resources = first.resources;
  natural = await writeLanding(resources, { coverage: first.manifest.coverage, transactionTime: first.manifest.transactionTime });
  ({ report, truth } = await simulate(natural, join(work, 'planted'), { seed: 7, process, writeTruth }));
  study = await openStudy(join(work, 'planted'), { features: covariateNames.join(','), threads: 1 });
}, 120_000);

afterAll(async () => {
  for (const folder of [work, natural]) await rm(folder, { recursive: true, force: true });
});

describe('the truth', () => {
  it('has a row for every index discharge, with the drawn state as its outcome', () => {
    const row = new Map(truth.rows.map((one) => [one.indexId, one]));
    const { indexIds, outcomeStates, rows } = study.matrix;
    expect(rows).toBeGreaterThan(60);
    const states = { unplanned: 'unplanned', death: 'died', planned: 'planned', none: 'none' } as const;
    expect(indexIds.map((id) => states[row.get(id)?.state ?? 'none'])).toEqual([...outcomeStates]);
    expect(indexIds.filter((id) => row.get(id)?.eligible !== true)).toEqual([]);
    expect(truth.rows.filter(({ eligible }) => eligible)).toHaveLength(rows);
    expect(new Set(outcomeStates)).toEqual(new Set(['unplanned', 'died', 'planned', 'none']));
  });

  it('looked at covariates that are the features of the same names, to the last bit', () => {
    const row = new Map(truth.rows.map((one) => [one.indexId, one]));
    const differing = study.matrix.features.flatMap(({ name }, c) =>
      study.matrix.indexIds
        .filter((id, r) => !Object.is(row.get(id)?.covariates?.[name], study.matrix.columns[c]?.[r]))
        .map((id) => `${name} ${id}`),
    );
    expect(study.matrix.features.map(({ name }) => name).sort()).toEqual([...covariateNames].sort());
    expect(differing).toEqual([]);
  });

  it('becomes columns with each covariate that a term reads', () => {
    const columns = truthColumns(truth.rows, truth);
    expect(columns.map(({ name }) => name)).toContain('contribution_last_haemoglobin');
    expect(columns.map(({ name }) => name)).toContain('covariate_charlson_index');
    expect(columns.every(({ values }) => values.length === truth.rows.length)).toBe(true);
  });
});

describe('the account', () => {
  it('adds up', () => {
    const total = Object.values(report.draws).reduce((sum, n) => sum + n, 0);
    expect(total).toBe(truth.rows.length);
    expect(report.patients).toBe(patientCount);
    expect(report.stays.unplanned).toBe(report.draws.unplanned);
    expect(report.stays.admissions).toBeGreaterThan(20);
    expect(report.deaths.drawn).toBe(report.draws.death);
  });

  it('is that of the folder: every file is what the manifest says', async () => {
    const manifest = await verifyLanding(join(work, 'planted'));
    const planted = manifest.files.filter(({ path }) => path.startsWith('planted/'));
    expect(planted.reduce((sum, { count }) => sum + count, 0)).toBe(report.resources.planted);
    const lines = manifest.files.reduce((sum, { count }) => sum + count, 0);
    expect(lines - report.resources.planted).toBe(resources.length - report.resources.displaced);
    expect(manifest.planting).toMatchObject({
      process: 'general-hospital',
      processSha256: report.processSha256,
      seed: 7,
    });
  });

  it('names the truth with its size and hash', async () => {
    const path = join(work, 'planted', 'truth.parquet');
    const { planting } = await readManifest(join(work, 'planted'));
    const { size, mode } = await stat(path);
    expect(planting?.truth).toEqual({ path: 'truth.parquet', bytes: size, sha256: await sha256File(path) });
    // Rows are patients.
    expect(mode & 0o077).toBe(0);
  });
});

describe('the same seed', () => {
  it('gives the same planted bytes and truth in any order of lines and number of files, another seed others', async () => {
    const shuffled = [...resources].reverse();
    const coverage = (await readManifest(natural)).coverage;
    await withLanding(
      shuffled,
      async (folder) => {
        const again = await simulate(folder, join(work, 'again'), { seed: 7, process });
        expect(again.truth).toEqual(truth);
        expect((await readManifest(join(work, 'again'))).planting?.truth).toBeUndefined();
        expect(await readdir(join(work, 'again'))).not.toContain('truth.parquet');
        expect(await plantedBytes(join(work, 'again'))).toEqual(await plantedBytes(join(work, 'planted')));
        const other = await simulate(folder, join(work, 'other'), { seed: 8, process });
        expect(other.truth.rows).not.toEqual(truth.rows);
      },
      { coverage, parts: 3 },
    );
  }, 120_000);
});

describe('a simulation that does not end', () => {
  const full = new Error('disk full');
  const fails = (stop: Partial<SimulateOptions>): Promise<unknown> =>
    simulate(natural, join(work, 'unfinished'), { seed: 7, process, writeTruth, ...stop }).catch((error: unknown) => error);
  /** Cancels as soon as a task is reached, or throws there. */
  const at = (task: string, stop: () => void): NonNullable<SimulateOptions['onProgress']> => {
    return (progress) => {
      if (progress.task === task) stop();
    };
  };
  const abortAt = (task: string): Partial<SimulateOptions> => {
    const controller = new AbortController();
    return { signal: controller.signal, onProgress: at(task, () => controller.abort()) };
  };
  const throwAt = (task: string): Partial<SimulateOptions> => ({
    onProgress: at(task, () => {
      throw full;
    }),
  });

  it.each<[string, () => Partial<SimulateOptions>, object]>([
    ['cancelled before it began', () => ({ signal: AbortSignal.abort() }), { code: 'CANCELLED' }],
    ['cancelled while patients are planted', () => abortAt('planting'), { code: 'CANCELLED' }],
    ['cancelled while nature is copied', () => abortAt('copy'), { code: 'CANCELLED' }],
    ['that failed while patients are planted', () => throwAt('planting'), full],
    ['that failed while nature is copied', () => throwAt('copy'), full],
    ['whose truth cannot be written', () => ({ writeTruth: () => Promise.reject(full) }), full],
  ])('%s leaves nothing, or an empty folder where one was', async (_what, stop, error) => {
    expect(await fails(stop())).toMatchObject(error);
    await expect(access(join(work, 'unfinished'))).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(join(work, 'unfinished'));
    expect(await fails(stop())).toMatchObject(error);
    expect(await readdir(join(work, 'unfinished'))).toEqual([]);
    await rm(join(work, 'unfinished'), { recursive: true });
  });

  it('can be asked for again', async () => {
    await fails(abortAt('copy'));
    const again = await simulate(natural, join(work, 'unfinished'), { seed: 7, process, writeTruth });
    expect(again.truth).toEqual(truth);
    expect((await readManifest(join(work, 'unfinished'))).planting).toEqual((await readManifest(join(work, 'planted'))).planting);
  });
});

describe('strip', () => {
  it('restores every file to the byte and the manifest', async () => {
    const stripped = join(work, 'stripped');
    const told = await stripLanding(join(work, 'planted'), stripped);
    expect(told.restored).toBe(report.resources.displaced + report.resources.replaced);
    const [before, after] = [await readManifest(natural), await readManifest(stripped)];
    expect(after).toEqual(before);
    expect(before.files.length).toBeGreaterThan(4);
    for (const { path } of before.files) {
      expect((await readFile(join(stripped, path))).equals(await readFile(join(natural, path)))).toBe(true);
    }
  });

  it('refuses natural records, and simulate refuses planted ones and folders in use', async () => {
    await expect(stripLanding(natural, join(work, 'x'))).rejects.toMatchObject({ code: 'SIM_NOT_PLANTED' });
    await expect(simulate(join(work, 'planted'), join(work, 'y'), { seed: 1, process })).rejects.toMatchObject({
      code: 'SIM_PLANTED_ALREADY',
    });
    await expect(simulate(natural, join(work, 'planted'), { seed: 1, process })).rejects.toMatchObject({ code: 'SIM_OUT_TAKEN' });
    for (const unmade of ['x', 'y']) await expect(access(join(work, unmade))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves nothing when it is cancelled', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 2) controller.abort();
    };
    const stripping = stripLanding(join(work, 'planted'), join(work, 'z'), { onProgress, signal: controller.signal });
    await expect(stripping).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(access(join(work, 'z'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function plantedBytes(folder: string): Promise<Record<string, string>> {
  const { planting } = await readManifest(folder);
  const files = planting?.planted ?? [];
  expect(files.length).toBeGreaterThan(3);
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, gunzipSync(await readFile(join(folder, path))).toString('utf8')])),
  );
}
