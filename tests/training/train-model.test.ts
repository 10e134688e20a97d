/** Training from a study, and evaluation of what was trained: same bytes for any number of workers, held-out or external. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settleMapping, standardMapping } from '../../src/mapping/index.ts';
import { decodeModel, encodeModel, readModelFolder, writeModelFolder, type ModelFolder } from '../../src/model/index.ts';
import {
  attritionSteps,
  evaluateModel,
  openCohort,
  openStudy,
  trainModel,
  type Study,
  type TrainedModel,
} from '../../src/training/index.ts';
import { writeLanding } from '../cases/landing.ts';
import type { Resource } from '../cases/compact.ts';
import { hospital } from '../features/hospital.ts';
import { syntheticStudy } from './synthetic-study.ts';

const options = { name: 'small', createdAt: '2026-01-01T00:00:00Z', seed: 5, folds: 3, draws: 60 };
const forest = { trees: 12, minLeafRows: 5 };
const study = syntheticStudy(6, 150, (_, row) => `reason-${row % 5}`);

describe('trainModel', () => {
  let trained: TrainedModel;
  beforeAll(async () => void (trained = await trainModel(study, { ...options, forest: { ...forest, workers: 1 } })));

  it('gives the same bytes for one worker and two', async () => {
    const other = await trainModel(study, { ...options, forest: { ...forest, workers: 2 } });
    expect(Buffer.compare(encodeModel(other.model), encodeModel(trained.model))).toBe(0);
    expect(other.metrics).toEqual(trained.metrics);
    expect(other.cardMarkdown).toBe(trained.cardMarkdown);
  });

  it('gives other bytes for another seed', async () => {
    const other = await trainModel(study, { ...options, quick: true, seed: 6, forest: { ...forest, workers: 1 } });
    expect(Buffer.compare(encodeModel(other.model), encodeModel(trained.model))).not.toBe(0);
  });

  it('says in the header what the model is', () => {
    const { header } = decodeModel(encodeModel(trained.model));
    const events = study.matrix.outcome.reduce((sum, y) => sum + y, 0);
    expect(header).toMatchObject({
      name: 'small',
      featureHash: study.features.hash,
      outcome: { name: 'unplanned-readmission', horizonDays: 30 },
      training: { rows: study.matrix.rows, events, patients: 150, synthetic: true, refittedOnAll: true },
      seed: 5,
      folds: { count: 3, seed: 5 },
      baseRate: events / study.matrix.rows,
    });
    expect(header.forest.options).not.toHaveProperty('workers');
    const sodium = header.features[2];
    expect(sodium).toMatchObject({ name: 'last_sodium', min: 125, max: 149 });
    expect(sodium?.missing).toBe(
      (study.matrix.columns[2]?.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0) as number) / study.matrix.rows,
    );
  });

  it('finds what is there: better than chance, the outcome follows age', () => {
    const auroc = trained.metrics.validations[0]?.results['forest']?.['auroc'];
    expect(auroc?.estimate).toBeGreaterThan(0.65);
    expect(trained.metrics.validations.map(({ name }) => name)).toEqual([
      'grouped',
      'temporal',
      'temporal-seen',
      'temporal-unseen',
    ]);
    expect(trained.metrics.validations[0]?.results['prevalence']?.['auroc']?.estimate).toBe(0.5);
  });

  it('cannot learn from one class', async () => {
    const one = { ...study, matrix: { ...study.matrix, outcome: new Uint8Array(study.matrix.rows) } };
    await expect(trainModel(one, { ...options, forest })).rejects.toMatchObject({ code: 'FOREST_ONE_CLASS' });
  });
});

describe('attritionSteps', () => {
  it('counts down from the stays', () => {
    const line = (step: number, label: string, n: number): Study['cohort']['attrition'][number] => ({
      step,
      label,
      unit: 'stays',
      n,
    });
    const lines = [
      line(20, 'encounters', 12),
      line(30, 'stays', 10),
      line(40, 'run-out', 3),
      line(40, 'died-in-stay', 1),
      line(50, 'index', 6),
    ];
    expect(attritionSteps(lines)).toEqual([
      { rule: 'stays', removed: 0, remaining: 10 },
      { rule: 'run-out', removed: 3, remaining: 7 },
      { rule: 'died-in-stay', removed: 1, remaining: 6 },
    ]);
  });
});

/** The same records under other patients' ids. */
function elsewhere(resources: readonly Resource[]): Resource[] {
  return resources.map((resource) =>
    resource.resourceType === 'Patient'
      ? { ...resource, id: `other-${resource.id}` }
      : (JSON.parse(JSON.stringify(resource).replaceAll('"Patient/', '"Patient/other-')) as Resource),
  );
}

describe('evaluateModel', () => {
  let data: string;
  let otherData: string;
  let sameData: string;
  let models: string;
  let folder: ModelFolder;
  let trained: TrainedModel;
  beforeAll(async () => {
    data = await writeLanding(hospital(21, 150));
    otherData = await writeLanding(elsewhere(hospital(22, 80)));
    sameData = await writeLanding(hospital(21, 150), { transactionTime: '2026-01-02T00:00:00Z' });
    models = await mkdtemp(join(tmpdir(), 'readmission-models-'));
    const opened = await openStudy(data, { features: 'demographics,utilization', threads: 1 });
    trained = await trainModel(opened, { ...options, quick: true, forest: { ...forest, workers: 1 } });
    await writeModelFolder(models, trained);
    folder = await readModelFolder(models);
  });
  afterAll(() => Promise.all([data, otherData, sameData, models].map((path) => rm(path, { recursive: true, force: true }))));

  it('is held-out on the data the model was trained on, with the figures of the training', async () => {
    const evaluation = await evaluateModel(folder, data, { draws: 60, threads: 1 });
    expect(evaluation).toMatchObject({ kind: 'held-out', discharges: folder.model.header.training.rows });
    expect(evaluation.validations).toEqual(trained.metrics.validations);
  });

  it('follows the discharges day by day and tells days 7, 14 and 30, competing events apart', async () => {
    const incidence = trained.metrics.cumulativeIncidence ?? [];
    expect(incidence.map(({ state, points }) => [state, points.map(({ day }) => day)])).toEqual(
      ['unplanned', 'planned', 'died'].map((state) => [state, Array.from({ length: 31 }, (_, day) => day)]),
    );
    const share = (trained.metrics.states['unplanned'] ?? 0) / trained.metrics.discharges;
    expect(share).toBeGreaterThan(0);
    expect(Math.abs((incidence[0]?.points[30]?.estimate ?? 0) - share)).toBeLessThan(0.02);
    expect(trained.cardMarkdown).toContain('| first event | by day 7, % | by day 14, % | by day 30, % |');
  });

  it('is external on other data', async () => {
    const evaluation = await evaluateModel(folder, otherData, { draws: 60, threads: 1 });
    expect(evaluation.kind).toBe('external');
    expect(evaluation.validations.map(({ name }) => name)).toEqual(['external']);
    const results = evaluation.validations[0]?.results ?? {};
    expect(Object.keys(results).sort()).toEqual(['charlson', 'forest', 'hospital_2013', 'hospital_2016', 'lace', 'prevalence']);
    // Points are no probabilities of these records: only their order is judged.
    expect(Object.keys(results['lace'] ?? {}).sort()).toEqual(['auroc', 'averagePrecision', 'withinReasonAuroc']);
    expect(results['prevalence']?.['auroc']?.estimate).toBe(0.5);
  });

  it('takes no patient of the training for a stranger, whatever folder the records come in', async () => {
    await expect(evaluateModel(folder, sameData, { draws: 60, threads: 1 })).rejects.toMatchObject({ code: 'COHORT_ALL_SEEN' });
  });

  it('reads records with the mapping of the model, and refuses another', async () => {
    const mapping = { ...standardMapping, name: 'other', codeSystems: [{ from: 'urn:x', to: 'http://loinc.org' }] };
    const opened = await openStudy(data, { features: 'demographics', threads: 1, siteMapping: mapping });
    const { header } = (await trainModel(opened, { ...options, quick: true, forest: { ...forest, workers: 1 } })).model;
    expect(header.mapping).toMatchObject({ name: 'other', document: { conditions: { indexStayDiagnosesKnown: true } } });
    expect(header.mapping?.hash).not.toBe(folder.model.header.mapping?.hash);
    await expect(evaluateModel(folder, data, { threads: 1, siteMapping: mapping })).rejects.toMatchObject({
      code: 'MAPPING_MISMATCH',
    });
    const renamed = { ...standardMapping, name: 'same' };
    expect((await evaluateModel(folder, data, { draws: 60, threads: 1, siteMapping: renamed })).kind).toBe('held-out');
    await expect(evaluateModel(folder, data, { mapping: join(data, 'manifest.json') })).rejects.toMatchObject({
      code: 'MAPPING_INVALID',
    });
  });

  it('does not take diagnoses of real stays for known because those of synthetic ones are', async () => {
    const real = await writeLanding(elsewhere(hospital(22, 80)), { synthetic: false });
    const said = settleMapping(standardMapping, true);
    await expect(evaluateModel(folder, real, { draws: 60, threads: 1 })).rejects.toMatchObject({ code: 'MAPPING_MISMATCH' });
    expect((await evaluateModel(folder, real, { draws: 60, threads: 1, siteMapping: said })).kind).toBe('external');
    await rm(real, { recursive: true });
  });

  it('refuses another cohort than the model was made for', async () => {
    await expect(evaluateModel(folder, data, { cohort: 'all-adult' })).rejects.toMatchObject({ code: 'COHORT_MISMATCH' });
  });

  it('refuses a model whose features this build computes otherwise', async () => {
    const header = { ...folder.model.header, featureHash: '00'.repeat(32) };
    const stale = { ...folder, model: { ...folder.model, header } };
    await expect(evaluateModel(stale, data, { threads: 1 })).rejects.toMatchObject({ code: 'MODEL_SCHEMA_MISMATCH' });
  });

  it('has nothing to say where no discharge is left', async () => {
    await expect(openStudy(data, { runOut: 20190101, threads: 1 })).rejects.toMatchObject({ code: 'COHORT_EMPTY' });
    await expect(openStudy(join(data, 'nowhere'))).rejects.toMatchObject({ code: 'LANDING_MISSING' });
    const { warehouse, cohort } = await openCohort(data, { runOut: 20190101, threads: 1 });
    warehouse.close();
    expect(cohort.attrition.find(({ step }) => step === 50)?.n).toBe(0);
  });
});
