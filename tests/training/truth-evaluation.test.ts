/** A model beside its truth: read back as written, matched or refused; a planted effect is found again, a null is not. */
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createExplainer, trainForest } from '../../src/forest/index.ts';
import { readManifest, writeManifest } from '../../src/fhir/index.ts';
import { readModelFolder, writeModelFolder, type ModelFolder } from '../../src/model/index.ts';
import { truthColumns, type TruthRow } from '../../src/simulation/truth.ts';
import {
  createAttributionCollector,
  evaluateModel,
  evaluateTruth,
  foldAuroc,
  groupedRisks,
  matchTruth,
  openStudy,
  permutedAuroc,
  readTruth,
  trainModel,
  type Study,
  type TruthEvaluation,
} from '../../src/training/index.ts';
import { allRows, trainingTable } from '../../src/training/held-out.ts';
import { readOwnTruth } from '../../src/training/truth-origin.ts';
import { randomStream } from '../../src/util/random.ts';
import { sha256File } from '../../src/util/sha256.ts';
import { writeTable } from '../../src/warehouse/index.ts';
import { hospital } from '../features/hospital.ts';
import { writeLanding } from '../cases/landing.ts';
import { syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'readmission-truth-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A logit in age and prior admissions, half as strong where sodium is not recorded; `size` 0 is the null. */
function plant(study: Study, size: number, seed: number): { study: Study; rows: TruthRow[] } {
  const stream = randomStream(seed, 1);
  const column = (name: string): Float64Array => study.matrix.columns[study.matrix.features.findIndex((f) => f.name === name)]!;
  const [age, prior] = [column('age_years'), column('prior_admissions_365d')];
  const rows = study.matrix.indexIds.map((indexId, r): TruthRow => {
    const contributions = {
      age_years: (size * (age[r]! - 55)) / 15,
      prior_admissions_365d: 0.5 * size * prior[r]!,
      social_stress: 0,
    };
    const eta = contributions.age_years + contributions.prior_admissions_365d;
    const p = 1 / (1 + Math.exp(1.4 - eta));
    const state = stream.uniform() < p ? 'unplanned' : 'none';
    return {
      patientId: study.matrix.patientIds[r]!,
      indexId,
      dischargeMs: study.matrix.dischargeMs[r]!,
      eligible: true,
      exclusion: null,
      planted: false,
      frailty: 0,
      probabilities: [p, 0, 0],
      oracle: [p, 0, 0],
      state,
      day: state === 'none' ? null : 5,
      contributions,
    };
  });
  const outcome = Uint8Array.from(rows, ({ state }) => (state === 'unplanned' ? 1 : 0));
  return { study: { ...study, matrix: { ...study.matrix, outcome } }, rows };
}

const contributionNames = ['age_years', 'prior_admissions_365d', 'social_stress'];
async function write(name: string, rows: readonly TruthRow[]): Promise<string> {
  const path = join(folder, name);
  await writeTable(path, truthColumns(rows, { contributions: contributionNames }));
  return path;
}

const forest = { trees: 40, minLeafRows: 10, workers: 1 };
const validation = { folds: 4, seed: 3, draws: 100 };

async function judge(study: Study, path: string): Promise<TruthEvaluation> {
  const collector = createAttributionCollector(study.matrix, allRows(study.matrix), 300);
  const risks = await groupedRisks(study, forest, validation, ({ forest: fitted, test }) => collector.explain(fitted, test));
  return evaluateTruth(
    study,
    await readTruth(path),
    {
      risks,
      rows: allRows(study.matrix),
      auroc: foldAuroc(study, validation),
      attributions: collector.collected(),
      permutedAuroc: null,
    },
    validation,
  );
}

const base = syntheticStudy(31, 500, (_, row) => `reason-${row % 5}`);

describe('readTruth and matchTruth', () => {
  const { study, rows: drawn } = plant(base, 1, 1);
  const rows = drawn.map((row, r): TruthRow =>
    r % 7 === 3 ? { ...row, state: 'death', oracle: [row.oracle[0], 0.25, 0] } : row,
  );

  it('give back what was written, in the order of the matrix', async () => {
    const truth = await readTruth(await write('shuffled.parquet', [...rows].reverse()));
    const wanted = Int32Array.of(7, 3, 400);
    const matched = matchTruth(truth, study.matrix, wanted);
    wanted.forEach((row, i) => {
      expect(matched.oracleUnplanned[i]).toBe(rows[row]!.oracle[0]);
      expect(matched.oracleDeath[i]).toBe(rows[row]!.oracle[1]);
      expect(matched.unplanned[i]).toBe(rows[row]!.state === 'unplanned' ? 1 : 0);
      expect(matched.died[i]).toBe(rows[row]!.state === 'death' ? 1 : 0);
      expect(matched.contributions['age_years']?.[i]).toBe(rows[row]!.contributions['age_years']);
    });
    expect(Object.keys(matched.contributions)).toEqual(contributionNames);
  });

  it('refuse a truth of other records, with the count', async () => {
    const moved = rows.map((row, r) => (r === 5 ? { ...row, dischargeMs: row.dischargeMs + 1 } : row)).slice(0, -2);
    const truth = await readTruth(await write('other.parquet', moved));
    expect(() => matchTruth(truth, study.matrix, allRows(study.matrix))).toThrow(
      expect.objectContaining({
        code: 'SIM_TRUTH_UNMATCHED',
        details: { discharges: study.matrix.rows, unmatched: 3, first: 'Encounter/e5' },
      }),
    );
  });

  it('refuse what is no truth table', async () => {
    const text = join(folder, 'text.parquet');
    await writeFile(text, 'not parquet');
    const features = join(folder, 'features.parquet');
    await writeTable(features, [{ name: 'index_id', values: ['Encounter/1'] }]);
    const holes = await write('holes.parquet', [{ ...rows[0]!, oracle: [NaN, 0, 0] }]);
    for (const path of [text, features, holes, join(folder, 'absent.parquet')]) {
      await expect(readTruth(path)).rejects.toMatchObject({ code: 'SIM_TRUTH_INVALID' });
    }
  });
});

describe('evaluateTruth', () => {
  it('finds a planted effect again: near the oracle, the right families, in the right direction', async () => {
    const { study, rows } = plant(base, 1, 2);
    const truth = await judge(study, await write('planted.parquet', rows));
    const { forest: model, reason } = truth.models;
    expect(truth).toMatchObject({ discharges: study.matrix.rows, labelDisagreements: 0 });
    expect(truth.oracleAuroc.estimate).toBeGreaterThan(0.75);
    expect(model?.share.estimate).toBeGreaterThan(0.75);
    expect(model?.share.lower).toBeGreaterThan(0.5);
    expect(model?.share.estimate).toBeLessThan(1.05);
    expect(reason?.share.estimate).toBeLessThan(0.3);
    expect(model!.meanAbsoluteError.estimate).toBeLessThan(reason!.meanAbsoluteError.estimate / 1.5);
    expect(model?.calibrationSlope.estimate).toBeGreaterThan(0.7);
    expect(Object.keys(truth.models).sort()).toEqual([
      'charlson',
      'forest',
      'hospital_2013',
      'hospital_2016',
      'lace',
      'logistic',
      'reason',
    ]);
    const { explanations } = truth;
    expect(explanations.rows).toBe(300);
    expect(explanations.families.map(({ family }) => family).slice(0, 2)).toEqual(['demographics', 'utilization']);
    expect(explanations.familySpearman.estimate).toBe(1);
    expect(explanations).toMatchObject({ signAgreement: 1, unread: [] });
    expect(explanations.noEffectShare).toBeLessThan(0.35);
    expect(truth.limits.join(' ')).toMatch(/favours logistic regression.*cannot rank methods for real hospitals/);
  });

  it('finds nothing under the null, nor in labels dealt out by chance', async () => {
    const off = plant(base, 0, 4);
    const truth = await judge(off.study, await write('null.parquet', off.rows));
    expect(truth.oracleAuroc).toMatchObject({ estimate: 0.5, lower: 0.5, upper: 0.5 });
    expect(truth.models['forest']?.auroc.lower).toBeLessThanOrEqual(0.5);
    expect(truth.models['forest']?.auroc.upper).toBeGreaterThanOrEqual(0.5);
    expect(truth.models['forest']?.share.estimate).toBeNaN();
    expect(truth.explanations.noEffectShare).toBe(1);
    const auroc = await permutedAuroc(plant(base, 1, 5).study, forest, validation);
    expect(auroc.lower).toBeLessThanOrEqual(0.5);
    expect(auroc.upper).toBeGreaterThanOrEqual(0.5);
  });

  it('counts labels that are not the drawn outcome', async () => {
    const { study, rows } = plant(base, 1, 7);
    const outcome = study.matrix.outcome.map((y, r) => (r < 9 ? 1 - y : y));
    const path = await write('labels.parquet', rows);
    expect((await judge({ ...study, matrix: { ...study.matrix, outcome } }, path)).labelDisagreements).toBe(9);
  });
});

describe('evaluateTruth of the composite', () => {
  const composite = (study: Study, on = true): Study => ({
    ...study,
    cohort: { ...study.cohort, definition: { ...study.cohort.definition, outcome: { composite: on } } },
  });

  /** Half of the drawn events are deaths, of half the probability; some discharges have a planned return first. */
  function withDeaths(seed: number): { study: Study; rows: TruthRow[] } {
    const { study, rows } = plant(base, 1, seed);
    const half = rows.map((row, r): TruthRow => {
      const [p] = row.oracle;
      const oracle: TruthRow['oracle'] = [p / 2, p / 2, 0];
      const state =
        row.state === 'unplanned' && r % 2 === 0 ? 'death' : row.state === 'none' && r % 9 === 0 ? 'planned' : row.state;
      return { ...row, oracle, probabilities: oracle, state, day: state === 'none' ? null : 5 };
    });
    return { study, rows: half };
  }

  it('judges readmission or death by the probability of either', async () => {
    const { study, rows } = withDeaths(11);
    const path = await write('composite.parquet', rows);
    const either = await judge(composite(study), path);
    const events = study.matrix.outcome.reduce((sum, y) => sum + y, 0);
    const whole = await judge(study, await write('whole.parquet', plant(base, 1, 11).rows));
    // The same events and risks as where all of them are readmissions: the same oracle, whatever its parts.
    expect(either).toMatchObject({ event: 'unplanned readmission or death', events, labelDisagreements: 0 });
    expect(either.oracleAuroc).toEqual(whole.oracleAuroc);
    expect(either.meanOracleRisk).toBeCloseTo(whole.meanOracleRisk, 12);
    expect(either.models['forest']?.calibrationSlope.estimate).toBeCloseTo(whole.models['forest']!.calibrationSlope.estimate, 9);
    expect(either.outcome).toContain('or death');
    expect(either.limits).toHaveLength(whole.limits.length + 1);
    expect(either.limits.at(-1)).toContain('what moves death alone');
  });

  it('judges the readmission alone without the switch, and counts labels of the composite as others', async () => {
    const { study, rows } = withDeaths(12);
    const alone = await judge(composite(study, false), await write('alone.parquet', rows));
    const deaths = rows.filter(({ state }) => state === 'death').length;
    expect(deaths).toBeGreaterThan(50);
    expect(alone).toMatchObject({
      event: 'unplanned readmission',
      events: rows.filter(({ state }) => state === 'unplanned').length,
      labelDisagreements: deaths,
    });
  });
});

describe('createAttributionCollector', () => {
  const { study } = plant(base, 1, 8);

  it('explains an even sample of the rows it is given, each by the forest that comes with it', async () => {
    const rows = allRows(study.matrix);
    const { forest: trained } = await trainForest(trainingTable(study.matrix, rows), { ...forest, trees: 5, seed: 1 });
    const collector = createAttributionCollector(study.matrix, rows, 100);
    collector.explain(
      trained,
      rows.filter((row) => row % 2 === 0),
    );
    const { rows: explained, columns } = collector.collected();
    expect(explained.length).toBeGreaterThan(30);
    expect(explained.every((row) => row % 2 === 0)).toBe(true);
    const explainer = createExplainer(trained);
    explained.forEach((row, i) => {
      const { values } = explainer.explain(Float64Array.from(study.matrix.columns, (column) => column[row]!));
      expect(columns.map((column) => column[i])).toEqual([...values]);
    });
    collector.explain(trained, rows);
    const all = collector.collected().rows;
    expect(all).toHaveLength(100);
    const gaps = Array.from(all.slice(1), (row, i) => row - all[i]!);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  });

  it('explains as many as it was asked to, of any number of rows', async () => {
    const { forest: trained } = await trainForest(trainingTable(study.matrix, allRows(study.matrix)), { ...forest, trees: 1 });
    for (const rows of [85, 88, 90, 139, 200]) {
      const some = allRows(study.matrix).slice(0, rows);
      const collector = createAttributionCollector(study.matrix, some, 49);
      collector.explain(trained, some);
      expect(collector.collected().rows).toHaveLength(49);
    }
  });

  it('explains every row where there are few', async () => {
    const { forest: trained } = await trainForest(trainingTable(study.matrix, allRows(study.matrix)), { ...forest, trees: 2 });
    const collector = createAttributionCollector(study.matrix, Int32Array.of(1, 5), 100);
    expect([...collector.collected().rows]).toEqual([]);
    collector.explain(trained, allRows(study.matrix));
    expect([...collector.collected().rows]).toEqual([1, 5]);
  });
});

describe('evaluateModel with a truth', () => {
  const options = { name: 'small', createdAt: '2026-01-01T00:00:00Z', seed: 5, folds: 3, draws: 50 };
  let data: string;
  let models: string;
  let model: ModelFolder;
  let truthFile: string;
  let opened: Study;
  const small = { trees: 10, minLeafRows: 5, seed: options.seed };
  beforeAll(async () => {
    data = await writeLanding(hospital(21, 120));
    models = join(folder, 'model');
    opened = await openStudy(data, { features: 'demographics,utilization', threads: 1 });
    await writeModelFolder(models, await trainModel(opened, { ...options, quick: true, forest: small }));
    model = await readModelFolder(models);
    const { rows } = plant(opened, 1, 9);
    truthFile = await write(
      'records.parquet',
      rows.map((row, r) => ({ ...row, state: opened.matrix.outcome[r] === 1 ? 'unplanned' : 'none' })),
    );
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  it('adds the truth to a held-out evaluation and changes nothing else', async () => {
    const run = { draws: 50, threads: 1 };
    const evaluation = await evaluateModel(model, data, { ...run, truth: truthFile, explainedRows: 40 });
    const { truth, ...rest } = evaluation;
    expect(rest).toEqual(await evaluateModel(model, data, run));
    expect(truth).toMatchObject({ discharges: evaluation.discharges, labelDisagreements: 0, explanations: { rows: 40 } });
    expect(truth?.models['forest']?.auroc).toMatchObject(
      evaluation.validations[0]?.results['forest']?.['auroc'] ?? { estimate: 0 },
    );
    expect(truth?.permutedAuroc).toEqual(await permutedAuroc(opened, small, options));
    expect(truth?.permutedAuroc?.estimate).not.toBe(truth?.models['forest']?.auroc.estimate);
  });

  it('judges other records by the model itself', async () => {
    const seenNone = {
      ...model,
      model: {
        ...model.model,
        header: { ...model.model.header, training: { ...model.model.header.training, manifestSha256: '00', patientHashes: [] } },
      },
    };
    const { kind, truth } = await evaluateModel(seenNone, data, { draws: 50, threads: 1, truth: truthFile, explainedRows: 30 });
    expect(kind).toBe('external');
    expect(Object.keys(truth?.models ?? {})).toEqual(['forest']);
    expect(truth).toMatchObject({ permutedAuroc: null, explanations: { rows: 30 } });
  });

  it('takes of planted records the truth that their manifest names, and no other though it matches', async () => {
    const [copy, twin] = [join(folder, 'twin'), await write('twin.parquet', plant(opened, 1, 10).rows)];
    await cp(data, copy, { recursive: true });
    const manifest = await readManifest(copy);
    const sha256 = await sha256File(truthFile);
    const planting = {
      process: 'made by a test',
      processSha256: sha256,
      seed: 1,
      naturalManifest: 'natural-manifest.json',
      displaced: { path: 'displaced.ndjson.gz', count: 0, bytes: 0, sha256 },
      planted: [],
      contents: {},
      truth: { path: 'truth.parquet', bytes: (await stat(truthFile)).size, sha256 },
    };
    await writeManifest(copy, { ...manifest, planting });
    await expect(readOwnTruth(truthFile, copy)).resolves.toBeDefined();
    await expect(readOwnTruth(twin, data)).resolves.toBeDefined();
    const run = { draws: 50, threads: 1, truth: twin };
    await expect(evaluateModel(model, copy, run)).rejects.toMatchObject({
      code: 'SIM_TRUTH_OTHER',
      message: expect.stringContaining('give truth.parquet of that folder') as unknown,
    });
  });

  it('refuses the truth of other records', async () => {
    const few = await write('few.parquet', plant(base, 1, 1).rows);
    await expect(evaluateModel(model, data, { draws: 50, threads: 1, truth: few })).rejects.toMatchObject({
      code: 'SIM_TRUTH_UNMATCHED',
    });
  });
});
