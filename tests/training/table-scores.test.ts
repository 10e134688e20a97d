/** Risks for a table: those of the forest to the bit, by a model of a table and by one of records; what is refused, and how it is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { matrixTable, tableDictionary } from '../../src/features/index.ts';
import { predictRow } from '../../src/forest/index.ts';
import { applyCalibration, bandOf, type RiskModel } from '../../src/model/index.ts';
import { readOwnTable, scoreColumns, scoreTableFile, tableStudy, trainModel } from '../../src/training/index.ts';
import { readTable, writeTable, type TableColumn } from '../../src/warehouse/index.ts';
import { syntheticStudy } from './synthetic-study.ts';

const study = syntheticStudy(4, 120, (_, row) => `reason-${row % 5}`);
const training = {
  name: 'small',
  createdAt: '2026-01-01T00:00:00Z',
  seed: 2,
  folds: 2,
  draws: 60,
  quick: true,
  forest: { trees: 8, minLeafRows: 5, workers: 1 },
};
const table = matrixTable(study.matrix);
let model: RiskModel;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-scores-'));
  ({ model } = await trainModel(study, training));
  await writeTable(join(folder, 'matrix.parquet'), table);
  await writeTable(join(folder, 'bare.csv'), table);
  const dictionary = tableDictionary(study.matrix, { outcome: 'a return', synthetic: true });
  await writeFile(join(folder, 'matrix.columns.json'), JSON.stringify(dictionary));
});
afterAll(() => rm(folder, { recursive: true }));

const valuesOf = (columns: readonly TableColumn[], name: string): TableColumn['values'] | undefined =>
  columns.find((column) => column.name === name)?.values;
const changed = (name: string, values: TableColumn['values']): TableColumn[] =>
  table.map((column) => (column.name === name ? { name, values } : column));

describe('scoreColumns', () => {
  it('gives the risk of the forest row by row, columns in any order', () => {
    const scored = scoreColumns(model, [...table].reverse(), { id: 'index_id' });
    const { header, forest } = model;
    expect(valuesOf(scored, 'id')).toEqual(study.matrix.indexIds);
    for (let row = 0; row < study.matrix.rows; row += 1) {
      const output = predictRow(
        forest,
        Float64Array.from(study.matrix.columns, (column) => column[row] as number),
      );
      const risk = applyCalibration(header.calibration, output);
      expect(valuesOf(scored, 'forest_output')?.[row]).toBe(output);
      expect(valuesOf(scored, 'risk')?.[row]).toBe(risk);
      expect(valuesOf(scored, 'band')?.[row]).toBe(bandOf(header, risk));
    }
  });

  it('counts what was missing and what training did not see', () => {
    const [first] = study.matrix.features;
    const name = (first as (typeof study.matrix.features)[number]).name;
    const values = Float64Array.from(study.matrix.columns[0] as Float64Array);
    values[0] = NaN;
    values[1] = 1e9;
    const [before, after] = [table, changed(name, values)].map((columns) => scoreColumns(model, columns));
    const count = (columns: readonly TableColumn[] | undefined, of: string, row: number): number =>
      Number(valuesOf(columns ?? [], of)?.[row]);
    expect(count(after, 'missing', 0)).toBe(count(before, 'missing', 0) + 1);
    expect(count(after, 'out_of_training_range', 1)).toBe(1);
    expect(valuesOf(before ?? [], 'out_of_training_range')?.every((n) => n === 0)).toBe(true);
  });

  it('names all features without a column', () => {
    const [a, b] = model.header.features.map(({ name }) => name);
    const without = table.filter(({ name }) => name !== a && name !== b);
    expect(() => scoreColumns(model, without)).toThrow(
      expect.objectContaining({
        code: 'MATRIX_COLUMN_MISSING',
        message: expect.stringContaining(`"${a}", "${b}"`),
        details: { columns: [a, b] },
      }),
    );
    const misspelt = table.map((column) => (column.name === a ? { ...column, name: `${a}x` } : column));
    expect(() => scoreColumns(model, misspelt)).toThrow(`did you mean "${a}x"?`);
  });

  it('keeps columns by name, but none with the name of an answer', () => {
    const scored = scoreColumns(model, table, { keep: ['patient_id', 'discharge'] });
    expect(scored.slice(0, 3).map(({ name }) => name)).toEqual(['patient_id', 'discharge', 'risk']);
    const clash = [...table, { name: 'band', values: study.matrix.indexIds }];
    expect(() => scoreColumns(model, clash, { keep: ['band'] })).toThrow(expect.objectContaining({ code: 'MATRIX_NAME_CLASH' }));
    expect(() => scoreColumns(model, table, { keep: ['nobody'] })).toThrow(
      expect.objectContaining({ code: 'MATRIX_COLUMN_MISSING' }),
    );
  });
});

describe('scoreTableFile', () => {
  it.each([
    ['matrix.parquet', ['index_id', 'patient_id', 'admission', 'discharge']],
    ['bare.csv', ['index_id', 'patient_id', 'discharge']],
  ])('scores the matrix a model of records was trained on: %s', async (file, kept) => {
    const scored = await scoreTableFile(model, join(folder, file));
    expect(scored.kept).toEqual(kept);
    expect(scored.columns).toEqual(scoreColumns(model, table, { keep: kept }));
    expect(await scoreTableFile(model, join(folder, file), { batchRows: 97 })).toEqual(scored);
  });

  it('scores with a model of a table, and names rows by the columns it was trained with', async () => {
    const path = join(folder, 'bare.csv');
    const names = study.matrix.features.map(({ name }) => name);
    const read = await readOwnTable(path, { label: 'target', groups: 'patient_id', features: names });
    const { model: own } = await trainModel(tableStudy(read.table, read.origin), training);
    const scored = await scoreTableFile(own, path);
    expect(scored.kept).toEqual(['patient_id']);
    expect(valuesOf(scored.columns, 'risk')).toEqual(valuesOf(scoreColumns(own, table), 'risk'));
  });

  it('writes a table that reads back to the same bits, keys with their zeros', async () => {
    const path = join(folder, 'keys.csv');
    const keys = study.matrix.patientIds.map((_, row) => String(row).padStart(4, '0'));
    await writeTable(path, [...table, { name: 'key, local', values: keys }]);
    const scored = await scoreTableFile(model, path, { keep: ['key, local', 'age_years'] });
    expect(valuesOf(scored.columns, 'key, local')).toEqual(keys);
    await writeTable(join(folder, 'out.parquet'), scored.columns);
    expect(await readTable(join(folder, 'out.parquet'))).toEqual(scored.columns);
  });

  it('takes numbers in other units for what they are', async () => {
    const path = join(folder, 'units.csv');
    await writeTable(path, table);
    const { name, unit } = model.header.features.find((feature) => feature.unit !== '') as (typeof model.header.features)[number];
    const dictionary = (found: string): string => JSON.stringify({ columns: [{ name, role: 'feature', unit: found }] });
    await writeFile(join(folder, 'units.columns.json'), dictionary('furlongs'));
    await expect(scoreTableFile(model, path)).rejects.toMatchObject({ code: 'MATRIX_UNIT', details: { column: name } });
    await writeFile(join(folder, 'units.columns.json'), dictionary(unit));
    await expect(scoreTableFile(model, path)).resolves.toMatchObject({ rows: study.matrix.rows });
  });

  it('stops where it is asked to', async () => {
    await expect(scoreTableFile(model, join(folder, 'bare.csv'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
