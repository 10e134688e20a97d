/** `readmission compare` and `readmission repeat`: a folder of results that gives itself again, and refusals with their exit codes. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { compareCommand } from '../../src/cli/commands/compare.ts';
import { repeatCommand } from '../../src/cli/commands/repeat.ts';
import { answer } from './answer.ts';
import { readmission } from './command.ts';
import { refusal } from './refusal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cli-compare-'));
const results = join(scratch, 'results');
const own = join(scratch, 'own');
let data: string;
let first: ReturnType<typeof readmission>;

const feature = { unit: 'conditions', range: [0, 99], window: null, missing: 'zero', needs: [], words: '', source: 'test' };
function ownFamily(folder: string, from: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ family: 'mine', title: 'Mine', features: { mine_value: feature } }));
  writeFileSync(
    join(folder, 'mine.sql'),
    `SELECT i.index_id, COUNT(c.index_id) AS mine_value FROM index_discharge i LEFT JOIN ${from} GROUP BY i.index_id\n`,
  );
  return folder;
}

beforeAll(async () => {
  data = await writeLanding(hospital(7, 60));
  ownFamily(own, "known_condition c ON c.index_id = i.index_id AND c.code = '88805009'");
  const labels = join(scratch, 'labels.csv');
  const encounters = hospital(7, 60).filter(({ id, resourceType }) => resourceType === 'Encounter' && !id.includes('-v'));
  writeFileSync(labels, `encounter_id,label\n${encounters.map(({ id }, i) => `${id},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`);
  const experiment = {
    name: 'mine',
    data,
    folds: 3,
    draws: 100,
    metrics: ['auroc', 'brier'],
    featureFolders: ['own'],
    arms: [
      { name: 'small', features: 'demographics', forest: { trees: 20, minLeafRows: 5 } },
      { name: 'with mine', features: 'demographics,mine', forest: { trees: 20, minLeafRows: 5 } },
      { name: '=other|labels', features: 'demographics', engine: 'logistic', labels: 'labels.csv' },
    ],
  };
  writeFileSync(join(scratch, 'experiment.json'), JSON.stringify(experiment));
  first = readmission('compare', join(scratch, 'experiment.json'), '--out', results);
  // What the experiment was made of is gone: its folder must do.
  for (const name of ['own/mine.json', 'own/mine.sql', 'labels.csv', 'experiment.json']) rmSync(join(scratch, name));
}, 120_000);
afterAll(() => {
  for (const folder of [scratch, data]) rmSync(folder, { recursive: true, force: true });
});

describe('readmission compare', () => {
  it('prints one table and writes the results, for their owner alone', () => {
    expect(first.err).not.toContain('readmission:');
    expect(first.status).toBe(0);
    expect(first.out).toContain('small (reference)');
    expect(first.out).toMatch(/=other\|labels: (paired on the \d+|not paired)/);
    expect(readdirSync(results).sort()).toEqual([
      'columns.json',
      'experiment.json',
      'features',
      'forest-plot.svg',
      'labels',
      'metrics.json',
      'table.csv',
      'table.md',
    ]);
    for (const name of readdirSync(results, { recursive: true }) as string[]) {
      const { mode } = statSync(join(results, name));
      expect(mode & 0o77).toBe(0);
    }
    expect(readdirSync(scratch)).toEqual(expect.not.arrayContaining([expect.stringContaining('.tmp')]));
    expect(readFileSync(join(results, 'forest-plot.svg'), 'utf8')).toMatch(/^<svg /);
    const markdown = readFileSync(join(results, 'table.md'), 'utf8');
    expect(markdown).toContain('=other\\|labels');
    expect(markdown).toContain('## Every pair\n\nHere p is adjusted (Holm) over all pairs');
    expect(readFileSync(join(results, 'table.csv'), 'utf8')).toContain("\n'=other|labels,");
    const columns = JSON.parse(readFileSync(join(results, 'columns.json'), 'utf8')) as Record<string, { arms: string[] }>;
    expect(columns['mine_value']?.arms).toEqual(['with mine']);
  });

  it('is repeated from its folder alone, byte for byte', () => {
    const { status, out, err } = readmission('repeat', results, '--json');
    expect(err).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ repeated: true, name: 'mine', arms: 3 });
  });

  it('says where a repetition parts from it, with exit code 3', () => {
    const folder = join(scratch, 'changed');
    cpSync(results, folder, { recursive: true });
    const metrics = join(folder, 'metrics.json');
    const text = readFileSync(metrics, 'utf8');
    const other = text.replace(/("estimate": 0\.\d\d)\d+/, '$11');
    expect(other).not.toBe(text);
    writeFileSync(metrics, other);
    const { status, err } = readmission('repeat', folder);
    expect(status).toBe(3);
    expect(err).toMatch(/EXPERIMENT_NOT_REPEATED: .*arms\.0\.figures\.auroc\.estimate: 0\.\d\d1 recorded, 0\.\d+ now/);
  });

  it('is not repeated with another feature, or on other data', async () => {
    const folder = join(scratch, 'other');
    cpSync(results, folder, { recursive: true });
    const sql = (readdirSync(folder, { recursive: true }) as string[]).find((name) => name.endsWith('.sql')) as string;
    writeFileSync(join(folder, sql), readFileSync(join(folder, sql), 'utf8').replace('88805009', '44054006'));
    const changed = await refusal(repeatCommand, folder);
    expect(changed.err).toMatch(/EXPERIMENT_NOT_REPEATED: .*arm "with mine": features are made by other rules/);
    expect(changed.status).toBe(3);
    const elsewhere = await writeLanding(hospital(8, 5));
    const other = await refusal(repeatCommand, results, '--data', elsewhere);
    rmSync(elsewhere, { recursive: true });
    expect(other.err).toContain('EXPERIMENT_DATA_MISMATCH');
    expect(other.status).toBe(3);
    const missing = await refusal(repeatCommand, results, '--data', scratch);
    expect(missing.err).toContain('EXPERIMENT_DATA_MISSING');
    expect(missing.status).toBe(2);
  });

  it('makes an arm of every combination of its flags', async () => {
    const { status, out } = await answer(
      compareCommand,
      ...['--data', data, '--out', join(scratch, 'flags'), '--json', '--trees', '10', '--min-leaf', '5'],
      ...['--folds', '2', '--draws', '100', '--metrics', 'auroc', '--features', 'demographics', '--features', 'all-minus-scores'],
      ...['--engine', 'histogram', '--engine', 'logistic'],
    );
    expect(status).toBe(0);
    const { arms, pairs } = JSON.parse(out) as { arms: { name: string }[]; pairs: object[] };
    expect(arms.map(({ name }) => name)).toEqual([
      'demographics · histogram',
      'demographics · logistic',
      'all-minus-scores · histogram',
      'all-minus-scores · logistic',
    ]);
    expect(pairs).toHaveLength(6);
  });

  it.each([
    [
      'a taken folder',
      () => ['compare', '--data', data, '--features', 'all', '--features', 'default', '--out', results],
      'EXPERIMENT_OUT_TAKEN',
    ],
    ['one arm', () => ['compare', '--data', data, '--out', join(scratch, 'x')], 'USAGE_COMPARE'],
    ['no data', () => ['compare', '--features', 'all', '--features', 'default', '--out', join(scratch, 'x')], 'USAGE_COMPARE'],
    [
      'a file that is not there',
      () => ['compare', join(scratch, 'no.json'), '--out', join(scratch, 'x')],
      'EXPERIMENT_UNREADABLE',
    ],
    [
      'flags beside a file',
      () => ['compare', join(scratch, 'no.json'), '--seed', '2', '--out', join(scratch, 'x')],
      'USAGE_COMPARE',
    ],
    ['a folder of something else', () => ['repeat', data], 'EXPERIMENT_RESULTS_MISSING'],
  ])('refuses %s', async (_, args, code) => {
    const [name, ...flags] = args();
    const { status, err } = await refusal(name === 'repeat' ? repeatCommand : compareCommand, ...flags);
    expect(err).toContain(code);
    expect(status).toBe(2);
  });

  it('refuses a feature that looks ahead, and leaves nothing behind', async () => {
    const leak = ownFamily(
      join(scratch, 'leak'),
      'index_discharge c ON c.patient_id = i.patient_id AND c.admit_ms > i.discharge_ms',
    );
    const out = join(scratch, 'leaking');
    const args = ['--data', data, '--features', 'demographics', '--features', 'mine', '--feature-folder', leak, '--out', out];
    const { status, err } = await refusal(compareCommand, ...args);
    expect(err).toContain('FEATURE_FOLDER_FUTURE');
    expect(status).toBe(8);
    expect(() => statSync(out)).toThrow();
  });
});
