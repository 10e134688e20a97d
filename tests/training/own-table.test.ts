/** Tables of one's own: what is refused and why, and that a table trains what the study it was written from trains. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { columnDictionary, matrixTable, tableDictionary } from '../../src/features/index.ts';
import { encodeModel, readModelFolder, requireRecordModel, writeModelFolder } from '../../src/model/index.ts';
import { createScorer } from '../../src/scoring/index.ts';
import {
  evaluateModel,
  evaluateTable,
  ownTable,
  readOwnTable,
  tableStudy,
  trainModel,
  type TableRoles,
  type TrainedModel,
} from '../../src/training/index.ts';
import { writeTable, type TableColumn } from '../../src/warehouse/index.ts';
import { syntheticStudy } from './synthetic-study.ts';

const roles: TableRoles = { label: 'y', groups: 'who' };

function small(columns: Readonly<Record<string, readonly (number | string | null)[]>>): TableColumn[] {
  return Object.entries(columns).map(([name, values]) => ({
    name,
    values: values.every((value) => typeof value === 'number')
      ? Float64Array.from(values)
      : values.map((v) => (v === null ? null : String(v))),
  }));
}

const sound = { who: ['a', 'a', 'b'], y: [0, 1, 0], x: [1, NaN, 3], z: [0, 1, 1] };

describe('ownTable', () => {
  it('takes every other column for a feature', () => {
    const table = ownTable(small(sound), roles);
    expect(table.features.map(({ name }) => name)).toEqual(['x', 'z']);
    expect(table.columns).toEqual([Float64Array.of(1, NaN, 3), Float64Array.of(0, 1, 1)]);
    expect(table.outcome).toEqual(Uint8Array.of(0, 1, 0));
    expect(table.groups).toEqual(Int32Array.of(0, 0, 1));
    expect(table.ids).toEqual(['row-1', 'row-2', 'row-3']);
    expect(table.timeMs).toBeNull();
  });

  it.each([
    ['z', ['z']],
    ['all,-x', ['z']],
    ['-z', ['x']],
    ['z,x', ['x', 'z']],
  ])('chooses features by "%s"', (features, expected) => {
    expect(ownTable(small(sound), { ...roles, features }).features.map(({ name }) => name)).toEqual(expected);
  });

  it('takes no column for a feature that its dictionary calls something else, unless it is named', () => {
    const meanings = [
      { name: 'z', role: 'outcome' },
      { name: 'x', role: 'feature', unit: 'days', family: 'stay' },
    ];
    const [feature, ...rest] = ownTable(small(sound), roles, meanings).features;
    expect(rest).toEqual([]);
    expect(feature).toEqual({ name: 'x', column: 'x', unit: 'days', family: 'stay' });
    expect(ownTable(small(sound), { ...roles, features: 'all,z' }, meanings).featureCount).toBe(2);
  });

  it.each([
    ['Length of Stay', 'length_of_stay'],
    ['lengthOfStay', 'length_of_stay'],
    ['Größe.cm', 'gro_e_cm'],
    ['30day', 'column_30day'],
    ['%', 'column'],
  ])('calls "%s" %s in the model', (column, name) => {
    expect(ownTable(small({ who: ['a'], y: [1], [column]: [1] }), roles).features[0]).toMatchObject({ name, column });
  });

  it('leaves out the row number that pandas keeps', () => {
    expect(ownTable(small({ ...sound, __index_level_0__: [0, 1, 2] }), roles).featureCount).toBe(2);
  });

  it('reads a column without any value as missing numbers', () => {
    expect(ownTable(small({ ...sound, x: [null, null, null] }), roles).columns[0]).toEqual(Float64Array.of(NaN, NaN, NaN));
  });

  it.each([
    ['2024-03-01', '2024-03-01T00:00:00Z'],
    ['2024-03-01 12:30:00', '2024-03-01T12:30:00Z'],
    ['2024-03-01T12:30:00.250Z', '2024-03-01T12:30:00.250Z'],
    ['2024-03-01 12:30:00+02', '2024-03-01T10:30:00Z'],
    ['2024-03-01T12:30-0530', '2024-03-01T18:00:00Z'],
  ])('reads the time %s', (text, instant) => {
    const table = ownTable(small({ who: ['a'], y: [1], x: [1], t: [text] }), { ...roles, time: 't' });
    expect(new Date(table.timeMs?.[0] ?? NaN)).toEqual(new Date(instant));
  });

  it.each([
    ['MATRIX_COLUMN_MISSING', sound, { ...roles, label: 'absent' }, 'absent'],
    ['MATRIX_ROLE', sound, { label: 'y', groups: 'y' }, 'y'],
    ['MATRIX_LABEL', { ...sound, y: [0, 1, 2] }, roles, 'row 3'],
    ['MATRIX_LABEL', { ...sound, y: [0, NaN, 1] }, roles, 'row 2'],
    ['MATRIX_LABEL', { ...sound, y: ['no', 'yes', 'no'] }, roles, 'text'],
    ['MATRIX_GROUPS', { ...sound, who: ['a', null, 'b'] }, roles, 'row 2'],
    ['MATRIX_GROUPS', { ...sound, who: [1, 2, NaN] }, roles, 'row 3'],
    ['MATRIX_ID', sound, { ...roles, id: 'z' }, 'row 3'],
    ['MATRIX_TIME', { ...sound, z: ['2020-01-01', 'soon', '2020-01-02'] }, { ...roles, time: 'z' }, 'row 2'],
    ['MATRIX_TIME', sound, { ...roles, time: 'z' }, 'numbers'],
    ['MATRIX_FEATURE', sound, { ...roles, features: 'nobody' }, 'nobody'],
    ['MATRIX_FEATURE', sound, { ...roles, features: 'x,y' }, 'label'],
    ['MATRIX_FEATURES_EMPTY', sound, { ...roles, features: 'all,-x,-z' }, 'leaves none'],
    ['MATRIX_FEATURE_TEXT', { ...sound, x: ['low', 'high', null] }, roles, '"x"'],
    ['MATRIX_FEATURE_INFINITE', { ...sound, x: [1, Infinity, 2] }, roles, '"x", row 2'],
    ['MATRIX_NAME_CLASH', { ...sound, X: [1, 2, 3] }, roles, '"x" and "X"'],
  ] as const)('%s: says which column and what to do', (code, columns, use, text) => {
    expect(() => ownTable(small(columns), use)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    );
  });

  it('names every column of text at once, and what leaves them out', () => {
    const columns = small({ ...sound, ward: ['a', 'b', 'c'], 'first name': ['d', 'e', 'f'], w: [1, Infinity, 2] });
    const fault = expect.objectContaining({
      code: 'MATRIX_FEATURE_TEXT',
      message: expect.stringMatching(
        /2 columns \("ward", "first name"\).*--features 'all,-ward,-first name'; infinite numbers, too: column "w", row 2$/,
      ),
      details: { columns: ['ward', 'first name'] },
    });
    expect(() => ownTable(columns, roles)).toThrow(fault);
  });

  it('counts the columns of text beyond twenty', () => {
    const texts = Object.fromEntries(Array.from({ length: 23 }, (_, n) => [`text${n + 1}`, ['a', 'b', 'c']]));
    expect(() => ownTable(small({ ...sound, ...texts }), roles)).toThrow(/"text20" and 3 more\).*,-text20,…$/);
  });

  it('says which column was meant', () => {
    const columns = small({ ...sound, patient_id: ['a', 'b', 'c'] });
    expect(() => ownTable(columns, { ...roles, groups: 'patientid' })).toThrow(/did you mean "patient_id"\?/);
    expect(() => ownTable(columns, { ...roles, groups: 'patient_id', features: 'all,-patient_i' })).toThrow(/"patient_id"\?/);
  });

  it('refuses a table without rows and a name that is there twice', () => {
    expect(() => ownTable([], roles)).toThrow(expect.objectContaining({ code: 'MATRIX_EMPTY' }));
    const twice = [...small(sound), ...small({ x: [1, 2, 3] })];
    expect(() => ownTable(twice, roles)).toThrow(expect.objectContaining({ code: 'MATRIX_COLUMN_TWICE' }));
  });

  it('tells no value of a row', () => {
    const secret = small({ ...sound, who: ['Mr. Canary', 'Mr. Canary', null], x: [1, 2, Infinity] });
    for (const use of [roles, { ...roles, groups: 'z' }, { ...roles, groups: 'z', id: 'who', features: 'x' }]) {
      expect(() => ownTable(secret, use)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('Canary') }));
    }
  });
});

describe('a matrix as a file', () => {
  const study = syntheticStudy(6, 150, (_, row) => `reason-${row % 5}`);
  const training = {
    name: 'small',
    createdAt: '2026-01-01T00:00:00Z',
    seed: 5,
    folds: 3,
    draws: 60,
    quick: true,
    forest: { trees: 12, minLeafRows: 5, workers: 1 },
  };
  const use = { label: 'target', groups: 'patient_id', id: 'index_id', time: 'discharge', reason: 'reason_code' };
  let folder: string;
  let fromStudy: TrainedModel;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-table-'));
    fromStudy = await trainModel(study, training);
    for (const kind of ['csv', 'parquet']) await writeTable(join(folder, `matrix.${kind}`), matrixTable(study.matrix));
    const facts = { outcome: 'a return', synthetic: true };
    await writeFile(join(folder, 'matrix.columns.json'), JSON.stringify(tableDictionary(study.matrix, facts)));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['csv', 'parquet'])('trains the forest of the study it was written from: %s', async (kind) => {
    const { table, origin, dictionary } = await readOwnTable(join(folder, `matrix.${kind}`), use);
    expect(dictionary).toBe(join(folder, 'matrix.columns.json'));
    expect(table.columns).toEqual(study.matrix.columns);
    expect(table.timeMs).toEqual(study.matrix.dischargeMs);
    const { model, metrics } = await trainModel(tableStudy(table, origin), training);
    const { header } = fromStudy.model;
    const bytes = encodeModel({ header, forest: model.forest });
    expect(Buffer.compare(bytes, encodeModel(fromStudy.model))).toBe(0);
    expect(model.header.calibration).toEqual(header.calibration);
    expect(model.header.features).toEqual(header.features);
    // Patients are hashed with a salt that knows the data they came from.
    const { patientHashes, patientSalt, ...trainingThere } = header.training;
    const { patientHashes: here, patientSalt: saltHere, ...trainingHere } = model.header.training;
    expect([here?.length, saltHere === patientSalt]).toEqual([patientHashes?.length, false]);
    expect(trainingHere).toEqual({ ...trainingThere, manifestSha256: origin.sha256, transactionTime: '' });
    // The baselines that a table can have are those of the study to the last digit.
    for (const [v, validation] of metrics.validations.entries()) {
      const expected = fromStudy.metrics.validations[v];
      expect(Object.keys(validation.results)).toEqual(['forest', 'logistic', 'prevalence', 'reason']);
      for (const [name, result] of Object.entries(validation.results)) expect(result).toEqual(expected?.results[name]);
    }
    expect(metrics.validations.map(({ name }) => name)).toContain('temporal');
  });

  it('says what it cannot assess instead of passing it', async () => {
    const { table, origin } = await readOwnTable(join(folder, 'matrix.csv'), { label: 'target', groups: 'patient_id' });
    const { metrics, model } = await trainModel(tableStudy(table, origin), training);
    expect(metrics.validations.map(({ name, results }) => [name, Object.keys(results)])).toEqual([
      ['grouped', ['forest', 'logistic', 'prevalence']],
    ]);
    const verdicts = Object.fromEntries(metrics.leakage.checks.map(({ check, verdict }) => [check, verdict]));
    for (const check of ['reason-only', 'as-of', 'duplicate-patients', 'calendar-time', 'record-length']) {
      expect([check, verdicts[check]]).toEqual([check, 'not-assessed']);
    }
    expect(metrics.evidence.grouped?.headline['forest']?.['withinReasonAuroc']?.estimate).toBeNull();
    expect(metrics.evidence.grouped?.actions.every(({ capacityPerDay }) => capacityPerDay === null)).toBe(true);
    expect(model.header).toMatchObject({ cohort: { name: 'table' }, outcome: { name: 'own-label' } });
  });

  it('is scored by features alone', async () => {
    const { table, origin } = await readOwnTable(join(folder, 'matrix.parquet'), use);
    const dir = join(folder, 'model');
    await writeModelFolder(dir, await trainModel(tableStudy(table, origin), training));
    const model = await readModelFolder(dir);
    const scorer = await createScorer(model);
    const answer = scorer.scoreFeatures({ features: { age_years: 70, prior_admissions_365d: 2 } });
    expect(answer.risk).toBeGreaterThan(0);
    expect(answer.missing).toEqual(['last_sodium']);
    expect(answer.forestOutput).toBeCloseTo(
      answer.attributions.reduce((sum, a) => sum + a.attribution, answer.baseValue),
      12,
    );
    const bundle = { bundle: { resourceType: 'Bundle' as const }, encounter: 'e' };
    await expect(scorer.scoreBundle(bundle)).rejects.toMatchObject({ code: 'MODEL_OF_TABLE' });
    expect(() => scorer.lastInpatientEncounter(bundle)).toThrow(expect.objectContaining({ code: 'MODEL_OF_TABLE' }));
    scorer.close();
    await expect(evaluateModel(model, folder)).rejects.toMatchObject({ code: 'MODEL_OF_TABLE' });
    expect(() => requireRecordModel(fromStudy.model.header)).not.toThrow();
  });

  it('is evaluated on its file as it was trained, and on another as it is', async () => {
    const file = join(folder, 'matrix.csv');
    const { table, origin } = await readOwnTable(file, use);
    const trained = await trainModel(tableStudy(table, origin), training);
    const dir = join(folder, 'evaluated');
    await writeModelFolder(dir, trained);
    const model = await readModelFolder(dir);
    const held = await evaluateTable(model, file, { draws: 60 });
    expect(held.kind).toBe('held-out');
    expect(held.validations).toEqual(trained.metrics.validations);
    // Other patients, columns in another order and one more of text: columns are found by name.
    const elsewhere = matrixTable(study.matrix)
      .map((column) =>
        column.name === 'patient_id' ? { ...column, values: study.matrix.patientIds.map((id) => `${id}-other`) } : column,
      )
      .reverse();
    await writeTable(join(folder, 'elsewhere.parquet'), [...elsewhere, { name: 'ward', values: study.matrix.reasons }]);
    const external = await evaluateTable(model, join(folder, 'elsewhere.parquet'), { draws: 60 });
    expect(external).toMatchObject({ kind: 'external', discharges: study.matrix.rows, seenLeftOut: 0 });
    expect(Object.keys(external.validations[0]?.results ?? {}).sort()).toEqual(['forest', 'prevalence']);
    await expect(evaluateTable(model, join(folder, 'matrix.parquet'), { draws: 60 })).rejects.toMatchObject({
      code: 'COHORT_ALL_SEEN',
    });
    const roles = { label: 'readmitted' };
    await expect(evaluateTable(model, file, { roles })).rejects.toMatchObject({ code: 'MATRIX_OTHER_LABEL' });
    await writeModelFolder(dir, fromStudy);
    await expect(evaluateTable(await readModelFolder(dir), file)).rejects.toMatchObject({ code: 'MODEL_OF_RECORDS' });
  });

  it('takes the patients for real unless it is told otherwise', async () => {
    const bare = join(folder, 'bare.csv');
    await writeTable(bare, matrixTable(study.matrix));
    const named = { ...use, features: Object.keys(columnDictionary(study.matrix)).join(',') };
    expect((await readOwnTable(bare, named)).origin.synthetic).toBe(false);
    expect((await readOwnTable(bare, named, { synthetic: true })).origin.synthetic).toBe(true);
    expect((await readOwnTable(join(folder, 'matrix.csv'), use)).origin.synthetic).toBe(true);
    await writeFile(join(folder, 'bare.columns.json'), '{"age": "years"}');
    await expect(readOwnTable(bare, named)).rejects.toMatchObject({ code: 'MATRIX_DICTIONARY' });
  });
});
