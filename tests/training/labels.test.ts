/** Labels of a researcher's own, from training to evaluation: a model says what it was trained on, and is held to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCohortDefinition } from '../../src/cohort/index.ts';
import { readModelFolder, writeModelFolder, type ModelCard, type ModelFolder } from '../../src/model/index.ts';
import { evaluateModel, openStudy, trainModel } from '../../src/training/index.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { expand } from '../cases/compact.ts';
import { writeLanding } from '../cases/landing.ts';

let scratch: string;
let data: string;
let other: string;
let folder: ModelFolder;
const patients = Array.from({ length: 60 }, (_, i) => i);
const text = `encounter_id,label\n${patients.map((i) => `a${i},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`;

async function landing(prefix: string): Promise<string> {
  const lines = patients.flatMap((i) => [
    `Patient ${prefix}${i} born=${1930 + (i % 50)}-06-15`,
    `IMP a${i} 2020-01-0${1 + (i % 8)}T08:00:00Z/2020-01-${10 + (i % 10)}T10:00:00Z of=${prefix}${i} reason=88805009`,
  ]);
  return writeLanding(expand(lines));
}
const labels = async (name: string, content: string): Promise<string> => {
  await writeFile(join(scratch, name), content);
  return join(scratch, name);
};

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'readmission-own-labels-'));
  [data, other] = [await landing('p'), await landing('q')];
  const study = await openStudy(data, { labels: await labels('mine.csv', text), features: 'age_years,length_of_stay_days' });
  const trained = await trainModel(study, {
    name: 'own',
    createdAt: '2026-01-01T00:00:00Z',
    seed: 1,
    draws: 100,
    folds: 3,
    quick: true,
    forest: { trees: 5, workers: 1 },
  });
  await writeModelFolder(join(scratch, 'own'), trained);
  folder = await readModelFolder(join(scratch, 'own'));
});
afterAll(async () => {
  for (const path of [scratch, data, other]) await rm(path, { recursive: true });
});

describe('a model trained on own labels', () => {
  it('learns them and names the file', () => {
    const { cohort, outcome, training } = folder.model.header;
    expect(training).toMatchObject({ rows: 60, events: 20 });
    expect(outcome).toMatchObject({ name: 'own-label', description: expect.stringContaining('mine.csv') });
    expect(cohort.definition).toMatchObject({ labels: { name: 'mine.csv', sha256: sha256(text) } });
    // First events are of the records, not of the file: with labels they are not told.
    expect(folder.metrics['cumulativeIncidence']).toBeNull();
  });

  it('speaks of them and not of readmissions, in card and bands', () => {
    const { appliedModelCard, details } = folder.card as unknown as ModelCard;
    for (const words of [appliedModelCard.ModelSummary.Summary.text, details.outcome.description]) {
      expect(words).toContain('label 1 of the file mine.csv');
      expect(words).not.toMatch(/readmi|return|30/);
    }
    for (const { meaning } of folder.model.header.bands) expect(meaning).not.toContain('readmi');
  });

  it('is evaluated on the same data with the same labels alone', async () => {
    const run = (path?: string) => evaluateModel(folder, data, { draws: 100, labels: path });
    expect(await run(await labels('copy.csv', text))).toMatchObject({ kind: 'held-out', discharges: 60 });
    await expect(run()).rejects.toMatchObject({ code: 'COHORT_LABELS_REQUIRED' });
    await expect(
      run(await labels('turned.csv', text.replaceAll(',1', ',2').replaceAll(',0', ',1').replaceAll(',2', ',0'))),
    ).rejects.toMatchObject({
      code: 'COHORT_LABELS_MISMATCH',
    });
  });

  it('is evaluated on other data with the labels of those', async () => {
    const path = await labels('theirs.csv', text.replace('a0,1', 'a0,0'));
    expect(await evaluateModel(folder, other, { draws: 100, labels: path })).toMatchObject({
      kind: 'external',
      outcome: expect.stringContaining('theirs.csv'),
      discharges: 60,
    });
  });
});

describe('the composite outcome', () => {
  it('makes deaths events', async () => {
    const lines = patients.flatMap((i) => [
      `Patient p${i} born=1950-06-15${i < 7 ? ' died=2020-01-20' : ''}`,
      `IMP a${i} 2020-01-01T08:00:00Z/2020-01-04T10:00:00Z of=p${i} reason=88805009`,
      ...(i >= 50 ? [`IMP b${i} 2020-01-14T08:00:00Z/2020-01-16T10:00:00Z of=p${i} reason=233604007`] : []),
    ]);
    const dir = await writeLanding(expand(lines));
    const eventsOf = async (composite: boolean): Promise<number> => {
      const cohortDefinition = { ...readCohortDefinition('hwr-like'), outcome: { composite } };
      const { matrix } = await openStudy(dir, { cohortDefinition, features: 'age_years', runOut: 20251231 });
      return matrix.outcome.reduce((sum, y) => sum + y, 0);
    };
    expect([await eventsOf(false), await eventsOf(true)]).toEqual([10, 17]);
    await rm(dir, { recursive: true });
  });
});
