/** The command as a user runs it: help with an example for every command, usage errors, results as JSON. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cohortCommand } from '../../src/cli/commands/cohort.ts';
import { featuresCommand } from '../../src/cli/commands/features.ts';
import { scoreCommand } from '../../src/cli/commands/score.ts';
import { trainCommand } from '../../src/cli/commands/train.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cli-'));
const fixture = 'tests/fixtures/synthea-raw';
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('readmission', () => {
  const commands = [
    'pull',
    'verify',
    'cohort',
    'features',
    'train',
    'evaluate',
    'validate',
    'recalibrate',
    'monitor',
    'audit',
    'score',
    'serve',
    'fhir-server',
    'demo',
  ];

  it('lists its commands', () => {
    const { status, out } = readmission('--help');
    expect(status).toBe(0);
    for (const command of commands) expect(out).toContain(command);
  });

  it.each(commands)('%s --help shows an example', (command) => {
    const { status, out } = readmission(command, '--help');
    expect(status).toBe(0);
    expect(out).toContain('Example:');
    expect(out).toContain('--json');
  });

  it.each([
    [['train', '--data', fixture, '--out', scratch, '--trees', 'many'], 'expected a whole number'],
    [['cohort', '--data', fixture, '--run-out', '2020-02-30'], 'expected a calendar date'],
    [['cohort', '--data', join(scratch, 'absent')], 'LANDING_MISSING'],
    [['nonsense'], 'unknown command'],
  ])('%j is a usage error', (args, text) => {
    const { status, err } = readmission(...args);
    expect(status).toBe(2);
    expect(err).toContain(text);
  });

  it.each([
    ['train', ['--out', scratch, '--trees', '99999'], 'FOREST_OPTIONS_INVALID', trainCommand],
    ['cohort', ['--run-out', '2099-01-01'], 'COHORT_RUN_OUT', cohortCommand],
    ['cohort', ['--cohort', 'nobody'], 'COHORT_DEFINITION_UNKNOWN', cohortCommand],
    ['cohort', ['--explain', 'nobody'], 'COHORT_ENCOUNTER_UNKNOWN', cohortCommand],
    ['features', ['--out', 'x.txt'], 'TABLE_FORMAT', featuresCommand],
    ['features', ['--out', 'x.csv', '--features', 'nothing'], 'FEATURE_UNKNOWN', featuresCommand],
  ])('%s %j is refused as a usage error', async (_, args, code, command) => {
    const { status, err } = await refusal(command, '--data', fixture, ...args);
    expect(err).toContain(code);
    expect(status).toBe(2);
  });

  it('takes for a Bundle nothing else', async () => {
    const { status, err } = await refusal(scoreCommand, '--model', scratch, '--bundle', 'package.json');
    expect(err).toContain('USAGE_BUNDLE');
    expect(status).toBe(2);
  });

  it('prints the attrition as one JSON line', () => {
    const { status, out } = readmission('cohort', '--data', fixture, '--json');
    expect(status).toBe(0);
    const { attrition } = JSON.parse(out) as { attrition: { step: number; n: number }[] };
    expect(attrition.find(({ step }) => step === 50)?.n).toBeGreaterThan(0);
  });

  it('writes the matrix with a dictionary of its columns', () => {
    const file = join(scratch, 'matrix.csv');
    expect(readmission('features', '--data', fixture, '--out', file, '--cohort', 'all-adult').status).toBe(0);
    const [head = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    expect(head.startsWith('index_id,patient_id')).toBe(true);
    expect(rows.length).toBeGreaterThan(5);
    const dictionary = JSON.parse(readFileSync(join(scratch, 'matrix.columns.json'), 'utf8')) as { columns: { name: string }[] };
    expect(dictionary.columns.map(({ name }) => name)).toEqual(head.split(','));
    expect(dictionary.columns.find(({ name }) => name === 'age_years')).toMatchObject({ role: 'feature', unit: 'years' });
  });
});
