/** The command as a user runs it: help with an example for every command, usage errors, results as JSON. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cohortCommand } from '../../src/cli/commands/cohort.ts';
import { featuresCommand } from '../../src/cli/commands/features.ts';
import { scoreCommand } from '../../src/cli/commands/score.ts';
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
    'audit study',
    'audit verify',
    'audit export',
    'feedback',
    'sign',
    'card',
    'report',
    'compare',
    'repeat',
    'profile',
    'simulate',
    'explain',
    'score',
    'serve',
    'fhir-server',
    'demo',
  ];

  it('lists its commands', () => {
    const { status, out } = readmission('--help');
    expect(status).toBe(0);
    for (const command of commands) expect(out).toContain(command.split(' ')[0]);
  });

  it.each(commands)('%s --help shows an example', (command) => {
    const { status, out } = readmission(...command.split(' '), '--help');
    expect(status).toBe(0);
    expect(out).toMatch(/Examples?:/);
    expect(out).toContain('--json');
    // Every number says its range.
    for (const [option] of out.matchAll(/^ +--[a-z-]+ <(n|mb|days|minutes)>(?:(?!\n +--).)*/gms)) {
      expect(option.replace(/\s+/g, ' ')).toMatch(/-?\d+ to \d+/);
    }
    const draws = /--draws(?:(?!\n +--).)*/s.exec(out)?.[0] ?? '100 to 100000';
    expect(draws.replace(/\s+/g, ' ')).toContain('100 to 100000');
  });

  it.each([
    [['train', '--data', fixture, '--out', scratch, '--trees', '99999'], 'expected a whole number from 1 to 10000'],
    [['train', '--data', fixture, '--out', scratch, '--engine', 'histogrm'], 'did you mean "histogram"?'],
    [['repeat', join(scratch, 'absent')], 'EXPERIMENT_RESULTS_MISSING'],
    [['score', '--model', scratch, '--bundle', join(scratch, 'absent')], `ENOENT: expected ${join(scratch, 'absent')}`],
    [['report', '--model', join(scratch, 'absent')], 'MODEL_NOT_FOUND'],
    [['cohort', '--data', fixture, '--run-out', '2020-02-30'], 'expected a calendar date'],
    [['cohort', '--data', join(scratch, 'absent')], 'LANDING_MISSING'],
    [['nonsense'], 'unknown command'],
  ])('%j is a usage error', (args, text) => {
    const { status, err } = readmission(...args);
    expect(status).toBe(2);
    expect(err).toContain(text);
  });

  it.each([
    ['cohort', ['--run-out', '2099-01-01'], 'COHORT_RUN_OUT', cohortCommand],
    ['cohort', ['--cohort', 'nobody'], 'COHORT_DEFINITION_UNKNOWN', cohortCommand],
    ['cohort', ['--cohort', 'hwr_like'], 'did you mean "hwr-like"?', cohortCommand],
    ['cohort', ['--explain', 'nobody'], 'COHORT_ENCOUNTER_UNKNOWN', cohortCommand],
    ['features', ['--out', 'x.txt'], 'TABLE_FORMAT', featuresCommand],
    ['features', ['--out', 'x.csv', '--features', 'nothing'], 'FEATURE_UNKNOWN', featuresCommand],
    ['features', ['--out', 'x.csv', '--features', 'default,-utilisation'], 'did you mean "utilization"?', featuresCommand],
    ['features', ['--out', 'x.csv', '--feature-folder', 'tests/fixture'], 'did you mean "tests/fixtures"?', featuresCommand],
  ])('%s %j is refused as a usage error', async (_, args, code, command) => {
    const { status, err } = await refusal(command, '--data', fixture, ...args);
    expect(err).toContain(code);
    expect(status).toBe(2);
  });

  it('tells a program what it tells people', () => {
    const { status, out } = readmission('score', '--model', scratch, '--json');
    expect([status, JSON.parse(out)]).toEqual([
      2,
      { error: 'USAGE_SCORE', exitCode: 2, message: expect.stringContaining('--matrix'), details: {} },
    ]);
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
