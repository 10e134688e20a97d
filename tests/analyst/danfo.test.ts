/** DataFrames: matrix and results go out, a user's own frame comes in, is trained on and scored. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  attritionTable,
  comparisonTable,
  frameColumns,
  fromDanfo,
  metricsTable,
  scoreTable,
  toDanfo,
  trainTable,
  type DataFrameLike,
} from '../../src/analyst/index.ts';
import { loadDanfo } from '../../src/analyst/load-danfo.ts';
import { matrixTable } from '../../src/features/index.ts';
import { predictColumns, trainForest } from '../../src/forest/index.ts';
import { applyCalibration, encodeModel } from '../../src/model/index.ts';
import { scoreColumns, tableStudy, trainModel } from '../../src/training/index.ts';
import { syntheticStudy } from '../training/synthetic-study.ts';

const study = syntheticStudy(6, 60, (_, row) => (row % 3 === 0 ? null : `reason-${row % 5}`));
const { matrix } = study;
const names = matrix.features.map(({ name }) => name);
const roles = { label: 'target', groups: 'patient_id', id: 'index_id', features: names.join(',') };
const training = {
  createdAt: '2026-01-01T00:00:00Z',
  folds: 3,
  draws: 60,
  quick: true,
  forest: { trees: 8, minLeafRows: 5, workers: 1 },
};

/** A DataFrame by hand: nothing of danfo is asked for but its shape. */
function frameOf(columns: Readonly<Record<string, readonly unknown[]>>): DataFrameLike {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return {
    columns: Object.keys(columns),
    values: Array.from({ length: rows }, (_, row) => Object.values(columns).map((values) => values[row])),
  };
}

describe('toDanfo', () => {
  it('gives the exported table, and back the same values', async () => {
    const frame = await toDanfo({ matrix });
    const table = matrixTable(matrix);
    expect(frame.columns).toEqual(table.map(({ name }) => name));
    expect(frame.shape).toEqual([matrix.rows, table.length]);
    expect(frameColumns(frame)).toEqual(table);
    expect(frame.column('last_sodium').values.some(Number.isNaN)).toBe(true);
  });

  it('trains on what it gave what the study trains', async () => {
    const table = fromDanfo(await toDanfo({ matrix }), roles);
    expect(table.columns).toEqual(matrix.columns);
    expect([table.outcome, table.groups, table.ids]).toEqual([matrix.outcome, matrix.groups, matrix.indexIds]);
    const options = { ...training.forest, seed: 1 };
    const direct = await trainForest({ ...matrix, featureCount: names.length }, options);
    expect((await trainForest(table, options)).forest).toEqual(direct.forest);
  });

  it('has a row for every figure of a comparison', async () => {
    const figure = { estimate: 0.7, lower: 0.6, upper: 0.8 };
    const none = { estimate: null, lower: null, upper: null };
    const arm = (name: string): { name: string; rows: number; events: number; figures: Record<string, typeof figure> } => ({
      name,
      rows: 9,
      events: 3,
      figures: { auroc: figure },
    });
    const comparison = {
      arms: [arm('all'), arm('few')],
      differences: [
        {
          arm: 'few',
          reference: 'all',
          differences: { auroc: { ...figure, p: 0.03, pAdjusted: 0.06 }, brier: { ...none, p: null } },
        },
      ],
    };
    const frame = await toDanfo({ comparison });
    expect(frame.values).toEqual([
      ['all', null, 'auroc', 0.7, 0.6, 0.8, NaN, NaN],
      ['few', null, 'auroc', 0.7, 0.6, 0.8, NaN, NaN],
      ['few', 'all', 'auroc', 0.7, 0.6, 0.8, 0.03, 0.06],
      ['few', 'all', 'brier', NaN, NaN, NaN, NaN, NaN],
    ]);
    expect(frame.columns).toEqual(comparisonTable(comparison).map(({ name }) => name));
  });

  it('has the lines of an attrition, of which danfo can ask', async () => {
    const frame = await toDanfo({ attrition: study.cohort.attrition });
    expect(frame.query(frame.column('step').eq(40)).column('label').values).toEqual(['run-out']);
    expect(frame.column('note').values).toEqual([null, null]);
  });

  it('gives a frame without rows its columns', async () => {
    const frame = await toDanfo({ attrition: [] });
    expect([frame.columns, frame.shape[0]]).toEqual([attritionTable([]).map(({ name }) => name), 0]);
  });

  it('is loaded when a frame is asked for, and by nothing before', () => {
    const sources = readdirSync('src/analyst').filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    const importing = sources.filter((file) =>
      /from 'danfojs-node'|import 'danfojs-node'/.test(readFileSync(`src/analyst/${file}`, 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(5);
    expect(importing).toEqual([]);
  });

  it('says what to install where danfo is not', async () => {
    const absent = (): Promise<unknown> => Promise.reject(new Error('Cannot find package'));
    await expect(loadDanfo(absent)).rejects.toMatchObject({
      code: 'ANALYST_DANFO_MISSING',
      message: expect.stringContaining('npm install danfojs-node'),
    });
  });
});

describe('fromDanfo', () => {
  it('reads numbers, booleans, empty cells and dates', () => {
    const frame = frameOf({
      n: [1, null, Number.NaN],
      flag: [true, false, undefined],
      when: [new Date('2024-03-01T00:00:00Z'), null, new Date(Number.NaN)],
      mixed: [1, 'two', null],
    });
    expect(frameColumns(frame)).toEqual([
      { name: 'n', values: Float64Array.of(1, NaN, NaN) },
      { name: 'flag', values: Float64Array.of(1, 0, NaN) },
      { name: 'when', values: ['2024-03-01T00:00:00.000Z', null, null] },
      { name: 'mixed', values: ['1', 'two', null] },
    ]);
  });

  it('refuses text among the features by its name', () => {
    const frame = frameOf({ who: [1, 2], y: [0, 1], grade: ['low', 'high'] });
    expect(() => fromDanfo(frame, { label: 'y', groups: 'who' })).toThrow(
      expect.objectContaining({ code: 'MATRIX_FEATURE_TEXT', message: expect.stringContaining('"grade"') }),
    );
  });
});

describe('trainTable and scoreTable', () => {
  const frame = frameOf(Object.fromEntries(matrixTable(matrix).map(({ name, values }) => [name, [...values]])));

  it('train what train --matrix trains, with evidence beside it', async () => {
    const trained = await trainTable(frame, roles, { ...training, name: 'mine', synthetic: true });
    const origin = { name: 'DataFrame mine', sha256: trained.model.header.training.manifestSha256, synthetic: true };
    const study = tableStudy(fromDanfo(frame, roles), origin);
    const expected = await trainModel(study, { ...training, name: 'mine', seed: 1 });
    expect(Buffer.compare(encodeModel(trained.model), encodeModel(expected.model))).toBe(0);
    expect(trained.metrics.validations).toEqual(expected.metrics.validations);
    const metrics = metricsTable(trained.metrics.validations);
    const models = metrics.find(({ name }) => name === 'model')?.values;
    expect([...new Set(models as string[])]).toEqual(['forest', 'logistic', 'prevalence']);
    const other = frameOf({
      ...Object.fromEntries(matrixTable(matrix).map(({ name, values }) => [name, [...values].reverse()])),
    });
    const { header } = (await trainTable(other, roles, training)).model;
    expect(header.training.manifestSha256).not.toBe(trained.model.header.training.manifestSha256);
  });

  it('score every row as the forest and its calibration do', async () => {
    const { model } = await trainTable(frame, roles, training);
    const scored = await scoreTable(model, frame, { id: 'index_id' });
    const outputs = predictColumns(model.forest, matrix.columns, matrix.rows);
    expect(scored.column('id').values).toEqual(matrix.indexIds);
    expect(scored.column('forest_output').values).toEqual([...outputs]);
    expect(scored.column('risk').values).toEqual(
      Array.from(outputs, (output) => applyCalibration(model.header.calibration, output)),
    );
    const missing = matrix.columns[2]?.map((value) => (Number.isNaN(value) ? 1 : 0)) ?? [];
    expect(scored.column('missing').values).toEqual([...missing]);
    const odd = frameOf({ age_years: [500, 50], prior_admissions_365d: [0, 0], last_sodium: [null, 140] });
    const columns = new Map(scoreColumns(model, frameColumns(odd)).map(({ name, values }) => [name, values]));
    expect(columns.get('out_of_training_range')).toEqual(Float64Array.of(1, 0));
    expect(columns.get('id')).toEqual(['row-1', 'row-2']);
  });

  it('find a column by the name that training gave it, and refuse to go on without one', async () => {
    const titled = { ...frame, columns: frame.columns.map((name) => (name === 'age_years' ? 'Age Years' : name)) };
    const { model } = await trainTable(titled, { ...roles, features: 'Age Years,last_sodium' }, training);
    expect(model.header.features.map(({ name }) => name)).toEqual(['age_years', 'last_sodium']);
    expect(scoreColumns(model, frameColumns(titled))).toEqual(scoreColumns(model, frameColumns(frame)));
    const without = frameOf({ last_sodium: [140] });
    expect(() => scoreColumns(model, frameColumns(without))).toThrow(
      expect.objectContaining({ code: 'MATRIX_COLUMN_MISSING', message: expect.stringContaining('age_years') }),
    );
  });
});
