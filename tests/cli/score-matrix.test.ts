/** `score --matrix` as a user runs it: risks of a table as CSV, as a file, as JSON; what does not go together. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scoreCommand } from '../../src/cli/commands/score.ts';
import { matrixTable } from '../../src/features/index.ts';
import { writeModelFolder } from '../../src/model/index.ts';
import { scoreColumns, trainModel, type TrainedModel } from '../../src/training/index.ts';
import { readTable, writeTable } from '../../src/warehouse/index.ts';
import { syntheticStudy } from '../training/synthetic-study.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'score-matrix-'));
const [model, matrix] = [join(scratch, 'model'), join(scratch, 'matrix.parquet')];
const study = syntheticStudy(5, 90, (_, row) => `reason-${row % 5}`);
const table = matrixTable(study.matrix);
let trained: TrainedModel;
beforeAll(async () => {
  const forest = { trees: 6, minLeafRows: 5, workers: 1 };
  const options = { name: 'model', createdAt: '2026-01-01T00:00:00Z', seed: 1, folds: 2, draws: 60, quick: true, forest };
  trained = await trainModel(study, options);
  await writeModelFolder(model, trained);
  await writeTable(matrix, table);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('score --matrix', () => {
  it('prints CSV for the next program, and on the other channel what it is', async () => {
    const { status, out, err } = readmission('score', '--model', model, '--matrix', matrix);
    expect(status).toBe(0);
    const expected = join(scratch, 'expected.csv');
    await writeTable(expected, scoreColumns(trained.model, table, { keep: ['index_id', 'patient_id', 'discharge'] }));
    expect(out).toBe(readFileSync(expected, 'utf8'));
    expect(err).toMatch(/\d+ rows, mean risk .*bands: /);
    expect(err).toContain('Trained on synthetic records: not for patient care');
  });

  it('writes a file, and tells a program what is in it', async () => {
    const out = join(scratch, 'risks.parquet');
    const asked = ['--model', model, '--matrix', matrix, '--keep', 'index_id', '--out', out, '--json'];
    const run = await answer(scoreCommand, ...asked);
    expect([run.status, run.err]).toEqual([0, '']);
    const expected = scoreColumns(trained.model, table, { keep: ['index_id'] });
    expect(await readTable(out)).toEqual(expected);
    const told = JSON.parse(run.out) as { rows: number; meanRisk: number; bands: Record<string, number>; out: string };
    const risks = [...(expected.find(({ name }) => name === 'risk')?.values ?? [])].map(Number);
    expect(told).toMatchObject({ rows: study.matrix.rows, out, outOfTrainingRange: 0 });
    expect(told.meanRisk).toBeCloseTo(risks.reduce((sum, risk) => sum + risk, 0) / risks.length, 12);
    expect(Object.values(told.bands).reduce((sum, n) => sum + n, 0)).toBe(study.matrix.rows);
  });

  it('gives the rows as JSON where no file is named', async () => {
    const { out } = await answer(scoreCommand, '--model', model, '--matrix', matrix, '--json');
    const { scores } = JSON.parse(out) as { scores: Record<string, unknown>[] };
    expect(scores).toHaveLength(study.matrix.rows);
    expect(Object.keys(scores[0] ?? {}).slice(0, 4)).toEqual(['index_id', 'patient_id', 'discharge', 'risk']);
  });

  it.each([
    [[], 'USAGE_SCORE'],
    [['--bundle', 'x.json', '--out', 'x.csv'], '--out: expected only with --matrix'],
    [['--bundle', 'x.json', '--keep', 'a'], '--keep: expected only with --matrix'],
    [['--matrix', matrix, '--out', 'x.txt'], 'TABLE_FORMAT'],
    [['--matrix', matrix, '--keep', 'indexid'], 'did you mean "index_id"?'],
    [['--matrix', join(scratch, 'matrx.parquet')], `did you mean "${matrix}"?`],
  ])('%j is refused as a usage error', async (args, text) => {
    const { status, err } = await refusal(scoreCommand, '--model', model, ...args);
    expect(err).toContain(text);
    expect(status).toBe(2);
  });

  it('takes a Bundle or a table', () => {
    const { status, err } = readmission('score', '--model', model, '--matrix', matrix, '--bundle', 'x.json');
    expect([status, err]).toEqual([2, expect.stringContaining('cannot be used with option')]);
  });
});
