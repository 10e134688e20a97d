/** Experiments over records: documents refused, studies shared, folders repeated from what is in them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  comparisonText,
  groupedRisks,
  openStudy,
  parseExperiment,
  readExperiment,
  runExperiment,
  type ExperimentDocument,
  type ExperimentResult,
} from '../../src/training/index.ts';
import { armRisks } from '../../src/training/compare-risks.ts';
import { openArmStudies } from '../../src/training/compare-studies.ts';
import { settleArms } from '../../src/training/experiment-arm.ts';
import { writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';

const scratch = mkdtempSync(join(tmpdir(), 'experiment-'));
let data: string;
beforeAll(async () => void (data = await writeLanding(hospital(7, 60))));
afterAll(() => {
  for (const folder of [scratch, data]) rmSync(folder, { recursive: true, force: true });
});

const forest = { trees: 20, minLeafRows: 5 };
const arms: ExperimentDocument['arms'] = [
  { name: 'default', forest },
  { name: 'small', features: '@lists.json#small', forest },
  { name: 'logistic', features: 'demographics', engine: 'logistic' },
];
const document: ExperimentDocument = { name: 'sets', folds: 3, draws: 100, metrics: ['auroc', 'brier'], arms };

function run(value: ExperimentDocument): Promise<ExperimentResult> {
  writeFileSync(join(scratch, 'lists.json'), JSON.stringify({ small: ['age_years', 'utilization'] }));
  return runExperiment(parseExperiment(value, 'test', scratch), data);
}

describe('an experiment', () => {
  it('gives the same bytes again, for any number of workers', async () => {
    const first = comparisonText((await run(document)).comparison);
    const again = await runExperiment(parseExperiment(document, 'test', scratch), data, { workers: 2 });
    expect(comparisonText(again.comparison)).toBe(first);
  });

  it('gives each arm the same figures in any order of arms', async () => {
    const { comparison } = await run({ ...document, reference: 'default' });
    const { comparison: other } = await run({ ...document, reference: 'default', arms: [...arms].reverse() });
    const sorted = <T extends { name?: string; arm?: string }>(list: readonly T[]): T[] =>
      [...list].sort((a, b) => ((a.name ?? a.arm ?? '') < (b.name ?? b.arm ?? '') ? -1 : 1));
    expect(sorted(other.arms)).toEqual(sorted(comparison.arms));
    expect(sorted(other.differences)).toEqual(sorted(comparison.differences));
  });

  it('validates an arm as a training does, on its own columns', async () => {
    const experiment = parseExperiment({ ...document, seed: 4 }, 'test', scratch);
    const [, small] = await openArmStudies(await settleArms(experiment), data, {});
    if (small === undefined) throw new Error('no arm');
    const { risks } = await armRisks(small.matrix, small.arm, experiment, {});
    const study = await openStudy(data, { features: 'age_years,utilization' });
    expect(small.matrix.columns).toEqual(study.matrix.columns);
    const expected = await groupedRisks(study, { ...forest, seed: 4 }, { folds: 3, seed: 4 });
    expect(risks[0]).toEqual(expected.forest);
  });

  it('pairs arms of other cohorts on the discharges they share', async () => {
    const { comparison } = await run({
      ...document,
      arms: [
        { name: 'a', forest },
        { name: 'b', forest, cohort: 'all-adult' },
      ],
    });
    const [difference] = comparison.differences;
    const [a, b] = comparison.arms;
    expect(b?.rows).not.toBe(a?.rows);
    const pairing = difference?.pairing;
    if (a === undefined || b === undefined || pairing?.rows == null) throw new Error('not paired');
    expect(pairing.kind).toBe('common');
    expect(pairing.rows + pairing.otherOutcome + pairing.onlyReference).toBe(a.rows);
    expect(pairing.rows + pairing.otherOutcome + pairing.onlyArm).toBe(b.rows);
  });

  it('keeps two families of one name apart', async () => {
    const own = (name: string, code: string): string => {
      const folder = join(scratch, name);
      mkdirSync(folder);
      const feature = { unit: 'conditions', range: [0, 99], window: null, missing: 'zero', needs: [], words: '', source: 'test' };
      writeFileSync(
        join(folder, 'mine.json'),
        JSON.stringify({ family: 'mine', title: 'Mine', features: { mine_value: feature } }),
      );
      writeFileSync(
        join(folder, 'mine.sql'),
        `SELECT i.index_id, COUNT(c.index_id) AS mine_value FROM index_discharge i
         LEFT JOIN known_condition c ON c.index_id = i.index_id AND c.code = '${code}' GROUP BY i.index_id`,
      );
      return folder;
    };
    const [one, two] = [own('one', '88805009'), own('two', '44054006')];
    const features = 'age_years,mine';
    const { comparison, record, sideFiles } = await run({
      ...document,
      arms: [
        { name: 'one', features, featureFolders: [one], forest },
        { name: 'two', features, featureFolders: [two], forest },
      ],
    });
    expect(comparison.arms[0]?.featureHash).not.toBe(comparison.arms[1]?.featureHash);
    expect(comparison.differences[0]?.pairing.kind).toBe('identical');
    expect(sideFiles.map(({ path }) => path.replace(/[0-9a-f]{12}/, 'HASH'))).toEqual([
      'features/HASH/mine.json',
      'features/HASH/mine.sql',
      'features/HASH/mine.json',
      'features/HASH/mine.sql',
    ]);
    expect(JSON.stringify(record)).not.toContain(scratch);
  });

  it.each([
    ['an unknown key', { ...document, drwas: 5 }],
    ['one arm', { ...document, arms: [arms[0]] }],
    ['two arms of one name', { ...document, arms: [arms[0], arms[0]] }],
    ['a reference that is no arm', { ...document, reference: 'none' }],
    ['forest options of a logistic regression', { ...document, arms: [arms[0], { name: 'x', engine: 'logistic', forest }] }],
    ['an unknown metric', { ...document, metrics: ['accuracy'] }],
    ['a date that is none', { ...document, arms: [arms[0], { name: 'x', runOut: '2020-02-31' }] }],
  ])('is refused with %s', (_, value) => {
    expect(() => parseExperiment(value, 'test')).toThrow(expect.objectContaining({ code: 'EXPERIMENT_INVALID' }));
  });

  it('is refused before its records are read', async () => {
    expect(() => readExperiment(join(scratch, 'absent.json'))).toThrow(
      expect.objectContaining({ code: 'EXPERIMENT_UNREADABLE' }),
    );
    const settled = (arm: object): Promise<unknown> =>
      settleArms(parseExperiment({ ...document, arms: [arms[0], { name: 'x', ...arm }] }, 'test', scratch));
    await expect(settled({ labels: 'absent.csv' })).rejects.toMatchObject({ code: 'EXPERIMENT_INVALID' });
    await expect(settled({ forest: { trees: 0 } })).rejects.toMatchObject({ code: 'FOREST_OPTIONS_INVALID' });
    await expect(settled({ features: 'nothing' })).rejects.toMatchObject({ code: 'FEATURE_UNKNOWN' });
    await expect(settled({ cohort: { name: 'x' } })).rejects.toMatchObject({ code: 'COHORT_DEFINITION_INVALID' });
  });

  it('is shipped as an example, with features of its own, that works as it stands', async () => {
    const file = fileURLToPath(new URL('../../scripts/experiment/feature-sets.json', import.meta.url));
    const arms = await settleArms(readExperiment(file));
    const names = (arm: string): string[] =>
      arms.find(({ name }) => name === arm)?.features.features.map(({ name }) => name) as string[];
    expect(names('with prior diabetes')).toEqual([...names('default'), 'diabetes_records']);
    expect(names('small')).toContain('length_of_stay_days');
  });

  it('is what its description shows', () => {
    const text = readFileSync(new URL('../../src/training/README.md', import.meta.url), 'utf8');
    const [, example = ''] = /```json\n([^`]+)```/.exec(text) ?? [];
    expect(parseExperiment(JSON.parse(example), 'README').arms.length).toBeGreaterThan(5);
  });
});
