/** A model of a researcher's own features is asked with their folder, gives the matrix's values, and is refused without it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readModelFolder, writeModelFolder } from '../../src/model/index.ts';
import { createScorer } from '../../src/scoring/index.ts';
import { openStudy, trainModel, type Study } from '../../src/training/index.ts';
import { clinicalTypes, writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { patientBundles } from './patient-bundles.ts';

const scratch = mkdtempSync(join(tmpdir(), 'own-features-'));
const feature = {
  unit: 'conditions',
  range: [0, 999],
  window: null,
  missing: 'zero',
  needs: [],
  words: '{value} of mine',
  source: 'test',
};

function ownFolder(name: string, value: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ family: 'mine', title: 'Mine', features: { mine_value: feature } }));
  writeFileSync(
    join(folder, 'mine.sql'),
    `SELECT i.index_id, COALESCE(${value}, 0) AS mine_value FROM index_discharge i
     LEFT JOIN known_condition c ON c.index_id = i.index_id GROUP BY i.index_id;\n`,
  );
  return folder;
}
const [mine, other] = [ownFolder('mine', 'COUNT(c.code)'), ownFolder('other', 'COUNT(DISTINCT c.code)')];
const duckOnly = ownFolder('duck', 'median(LENGTH(c.code))');

let data: string;
let study: Study;
beforeAll(async () => {
  data = await writeLanding(hospital(7, 40));
  study = await modelOf('mine', mine);
  await modelOf('duck', duckOnly);
}, 120_000);
afterAll(() => {
  for (const folder of [scratch, data]) rmSync(folder, { recursive: true, force: true });
});

async function modelOf(name: string, folder: string): Promise<Study> {
  const made = await openStudy(data, { features: 'age_years,mine', featureFolders: [folder] });
  const options = {
    name,
    createdAt: '2026-01-01T00:00:00Z',
    seed: 1,
    folds: 2,
    draws: 20,
    quick: true,
    forest: { trees: 10, minLeafRows: 5 },
  };
  await writeModelFolder(join(scratch, `model-${name}`), await trainModel(made, options));
  return made;
}
const model = (name: string): ReturnType<typeof readModelFolder> => readModelFolder(join(scratch, `model-${name}`));

describe('a model of own features', () => {
  it('gives the values of the matrix, with reasons in its own words', async () => {
    const scorer = await createScorer(await model('mine'), { featureFolders: [mine] });
    const { matrix } = study;
    const bundles = await patientBundles(data, new Set(matrix.patientIds));
    expect(new Set(matrix.columns[1]).size).toBeGreaterThan(3);
    const words: string[] = [];
    for (const [row, encounter] of matrix.indexIds.entries()) {
      const bundle = bundles.get(matrix.patientIds[row] as string);
      if (bundle === undefined) throw new Error('no bundle');
      const request = { bundle, encounter, covers: { types: [...clinicalTypes], from: null } };
      expect(await scorer.bundleValues(request)).toEqual(Float64Array.from(matrix.columns, (column) => column[row] as number));
      if (row < 5) words.push(...(await scorer.scoreBundle(request)).reasons.map((reason) => reason.words));
    }
    expect(words.join('\n')).toContain('of mine');
    scorer.close();
  });

  it('is refused without their folder, with another one, and where only DuckDB runs their SQL', async () => {
    await expect(createScorer(await model('mine'))).rejects.toMatchObject({
      code: 'FEATURE_UNKNOWN',
      message: expect.stringContaining('--feature-folder') as unknown as string,
    });
    await expect(createScorer(await model('mine'), { featureFolders: [other] })).rejects.toMatchObject({
      code: 'MODEL_SCHEMA_MISMATCH',
    });
    await expect(createScorer(await model('duck'), { featureFolders: [duckOnly] })).rejects.toMatchObject({
      code: 'FEATURE_FOLDER_ENGINES',
    });
  });
});
