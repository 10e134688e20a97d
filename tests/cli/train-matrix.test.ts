/** `train --matrix` as a user runs it: a model of a table, what it can be asked, and what is refused with exit code 2. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { evaluateCommand } from '../../src/cli/commands/evaluate.ts';
import { readMatrix, requireOneSource } from '../../src/cli/commands/matrix-flags.ts';
import { randomStream } from '../../src/util/random.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'train-matrix-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A table as an analyst would write it: readable names, true and false, empty cells. */
function table(): string {
  const stream = randomStream(3, 0);
  const rows = Array.from({ length: 240 }, (_, row) => {
    const age = 20 + stream.below(70);
    const lab = stream.below(4) === 0 ? 'NA' : String(stream.uniform());
    const y = stream.uniform() < (age > 60 ? 0.5 : 0.1) ? 1 : 0;
    return `00${row % 90},${y},${age},${lab},${stream.below(2) === 0 ? 'TRUE' : 'FALSE'},2023-0${1 + stream.below(9)}-11,ward ${row % 3}`;
  });
  return ['patient,readmitted,Age Years,lab,smoker,left,ward', ...rows, ''].join('\n');
}

const file = join(scratch, 'mine.csv');
const model = join(scratch, 'model');
writeFileSync(file, table());
const train = (...args: string[]): ReturnType<typeof readmission> =>
  readmission('train', '--matrix', file, '--out', model, '--trees', '10', '--draws', '100', '--folds', '2', '--quick', ...args);
const roles = ['--label', 'readmitted', '--groups', 'patient'];

describe('train --matrix', () => {
  it('trains on any numeric table, and the model says what it is', async () => {
    const { status, out, err } = train(...roles, '--time', 'left', '--reason', 'ward', '--json');
    expect([status, err]).toEqual([0, '']);
    const { validations, patients } = JSON.parse(out) as { validations: { name: string; results: object }[]; patients: number };
    expect(patients).toBe(90);
    expect(validations.slice(0, 2).map(({ name }) => name)).toEqual(['grouped', 'temporal']);
    expect(Object.keys(validations[0]?.results ?? {})).toEqual(['forest', 'logistic', 'prevalence', 'reason']);
    const card = readFileSync(join(model, 'card.md'), 'utf8');
    expect(card).toContain('mine.csv, column readmitted');
    expect(card).not.toContain('acute inpatient stays');
    // How to make it again, and which features it read, without all their names.
    expect(readFileSync(join(model, 'report.html'), 'utf8')).toContain('--label readmitted --groups patient');
    const evaluated = await answer(evaluateCommand, '--model', model, '--matrix', file, '--draws', '100', '--json');
    const { featureSet, featureHash, featureCount } = JSON.parse(evaluated.out) as Record<string, unknown>;
    expect([featureSet, featureCount, featureHash]).toEqual(['all', 3, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    // Records cannot be turned into columns that someone else made.
    const refused = await refusal(evaluateCommand, '--model', model, '--data', 'tests/fixtures/synthea-raw');
    expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('MODEL_OF_TABLE')]);
  });

  it('names the column that it cannot learn from', () => {
    const { status, err } = train(...roles, '--features', 'all,-left');
    expect([status, err]).toEqual([2, expect.stringContaining('MATRIX_FEATURE_TEXT: column "ward"')]);
  });

  it.each([
    [{}, 'neither'],
    [{ data: 'x', matrix: 'y' }, 'both'],
    [{ data: 'x', label: 'y', horizon: 30 }, '--label, --horizon'],
    [{ matrix: 'x', cohort: 'all-adult', runOut: 20200101 }, '--cohort, --run-out'],
  ])('takes records or a table, %j', (flags, text) => {
    expect(() => requireOneSource(flags)).toThrow(
      expect.objectContaining({ code: 'USAGE_MATRIX', message: expect.stringContaining(text) }),
    );
  });

  it('needs to know the outcome and the patient', async () => {
    await expect(readMatrix({ matrix: file, label: 'readmitted' })).rejects.toMatchObject({ code: 'USAGE_MATRIX' });
  });
});
