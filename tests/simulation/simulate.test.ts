/** A landing folder simulated whole: the truth against the SQL cohort and features, the same bytes for the same seed, and back again. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
  type SimulationReport,
  type SimulationTruth,
} from '../../src/simulation/index.ts';
import { openStudy, type Study } from '../../src/training/index.ts';
import { withLanding, writeLanding } from '../cases/landing.ts';
import type { Resource } from '../cases/compact.ts';
import { firstPatients } from './first-patients.ts';

// Rates cannot be solved on a few dozen patients, and need not be: any intercepts have a truth.
const process = { ...readProcess('general-hospital'), intercepts: { unplanned: -2.6, death: -3.2, planned: -3.2 } };
const patientCount = 60;

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
  ({ report, truth } = await simulate(natural, join(work, 'planted'), { seed: 7, process }));
  study = await openStudy(join(work, 'planted'), { features: covariateNames.join(','), threads: 1 });
}, 120_000);

afterAll(async () => {
  for (const folder of [work, natural]) await rm(folder, { recursive: true, force: true });
});

describe('the truth', () => {
  it('has a row for every index discharge, with the drawn state as its outcome', () => {
    const row = new Map(truth.rows.map((one) => [one.indexId, one]));
    const { indexIds, outcomeStates, rows } = study.matrix;
    expect(rows).toBeGreaterThan(80);
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
    expect(manifest.planting).toMatchObject({ process: 'general-hospital', seed: 7, truth: 'truth.parquet' });
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
        expect(await plantedBytes(join(work, 'again'))).toEqual(await plantedBytes(join(work, 'planted')));
        const other = await simulate(folder, join(work, 'other'), { seed: 8, process });
        expect(other.truth.rows).not.toEqual(truth.rows);
      },
      { coverage, parts: 3 },
    );
  }, 120_000);
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
