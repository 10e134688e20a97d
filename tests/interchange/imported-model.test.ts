import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  calibratedImport,
  forestFromScikitLearn,
  importedModel,
  modelToDocument,
  type ForestDocument,
} from '../../src/interchange/index.ts';
import { applyCalibration, encodeModel, isTableModel, writeModelFolder, readModelFolder } from '../../src/model/index.ts';
import { createScorer } from '../../src/scoring/index.ts';
import { evaluateTable } from '../../src/training/index.ts';
import { bytesOf } from '../forest/synthetic-table.ts';
import { refusedBy } from './refused-by.ts';

interface Golden {
  readonly document: ForestDocument;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly probability: readonly number[];
}
const golden = JSON.parse(readFileSync(new URL('./golden/missing.json', import.meta.url), 'utf8')) as Golden;
const options = {
  name: 'theirs',
  createdAt: '2026-01-02T03:04:05Z',
  file: { name: 'forest.json', sha256: 'ab'.repeat(32) },
  synthetic: false,
  label: 'y',
  groups: 'who',
};
const imported = importedModel(golden.document, options);
const { header } = imported.model;
const modelNames = ['age_years', 'last_haemoglobin', 'sodium', 'prior_stays', 'emergency', 'los'];

describe('a model of a forest that was trained elsewhere', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imported-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('says what is known of it, and that nothing calibrated or validated it', () => {
    const { training } = golden.document;
    expect(encodeModel(imported.model).length).toBeGreaterThan(0);
    expect(isTableModel(header)).toBe(true);
    expect(header.features.map(({ name }) => name)).toEqual(modelNames);
    expect(imported.renamed[0]).toEqual({ name: 'age_years', column: 'Age (years)' });
    expect(header.features[1]).toMatchObject({ min: training!.min[1], max: training!.max[1], missing: training!.missing[1] });
    expect(header.training).toMatchObject({
      rows: training!.rows,
      events: training!.events,
      patients: training!.patients,
      synthetic: false,
    });
    expect([header.baseRate, header.forest.trees, header.bands.length]).toEqual([training!.events / training!.rows, 10, 1]);
    expect(header.outcome).toMatchObject({
      horizonDays: 30,
      description: expect.stringContaining('class 1 of the forest forest.json'),
    });
    expect(
      importedModel(golden.document, { ...options, outcome: 'death in hospital', horizonDays: 90 }).model.header.outcome,
    ).toEqual({
      name: 'own-label',
      description: 'death in hospital',
      horizonDays: 90,
    });
    const limits = imported.card.warnings.join(' ');
    expect(limits).toContain('not calibrated: the forest was trained elsewhere');
    expect(limits).toContain('No validation results are recorded.');
  });

  test('is scored and explained by features: the risk is what scikit-learn says', async () => {
    await writeModelFolder(join(folder, 'theirs'), imported);
    const scorer = await createScorer(await readModelFolder(join(folder, 'theirs')));
    golden.rows.slice(0, 40).forEach((row, i) => {
      const answer = scorer.scoreFeatures({ features: Object.fromEntries(row.map((x, c) => [modelNames[c]!, x])) });
      expect(Math.abs(answer.risk - golden.probability[i]!)).toBeLessThan(1e-8);
      const sum = answer.attributions.reduce((total, { attribution }) => total + attribution, answer.baseValue);
      expect(Math.abs(sum - golden.probability[i]!)).toBeLessThan(1e-9);
      expect(answer.band).toBe('undivided');
    });
    scorer.close();
  });

  test('with rows of its own outcomes it is calibrated, and names the uncalibrated one as its parent', async () => {
    const table = join(folder, 'rows.csv');
    // Events half as often as the forest says.
    const lines = golden.rows.map((row, i) =>
      [...row.map((x) => x ?? ''), (i * 37) % 100 < 50 * golden.probability[i]! ? 1 : 0, i].join(','),
    );
    await writeFile(
      table,
      [[...golden.document.feature_names.map((name) => `"${name}"`), 'y', 'who'].join(','), ...lines].join('\n'),
    );
    const rows = { table, label: 'y', groups: 'who', method: 'slope', seed: 1, draws: 100, command: 'a test' } as const;
    const { model, metrics, card, records } = await calibratedImport(imported, rows);
    expect(metrics.validations.map(({ name, rows: n }) => [name, n])).toEqual([['local', 200]]);
    expect(card.details.validations).toMatchObject([{ name: 'local', events: model.header.parent!.events }]);
    expect(card.warnings.join(' ')).toContain('rows with');
    expect(card.warnings.join(' ')).not.toContain('No validation results');
    expect(model.forest).toBe(imported.model.forest);
    expect(model.header.calibration).toMatchObject({ kind: 'logistic', rows: 200 });
    expect(applyCalibration(model.header.calibration, 0.6)).toBeLessThan(0.5);
    expect(model.header.bands.length).toBeGreaterThan(1);
    expect(model.header.parent).toMatchObject({ name: 'theirs-uncalibrated', method: 'slope', rows: 200 });
    expect(records.parents).toHaveLength(1);
    const fewer = { ...rows, table: join(folder, 'fewer.csv') };
    await writeFile(fewer.table, 'sodium,y,who\n140,1,1\n141,0,2\n');
    await expect(calibratedImport(imported, fewer)).rejects.toMatchObject({ code: 'MATRIX_FEATURE' });
  });

  test('judged on other rows: that they are new to it is said, since it does not know its own patients', async () => {
    const table = join(folder, 'other.csv');
    const lines = golden.rows.map((row, i) => [...row.map((x) => x ?? ''), i % 3 === 0 ? 1 : 0, i].join(','));
    await writeFile(
      table,
      [[...golden.document.feature_names.map((name) => `"${name}"`), 'y', 'who'].join(','), ...lines].join('\n'),
    );
    await writeModelFolder(join(folder, 'judged'), imported);
    const { validations, seenLeftOut } = await evaluateTable(await readModelFolder(join(folder, 'judged')), table, {
      draws: 100,
    });
    expect(seenLeftOut).toBe(0);
    expect(validations[0]?.description).toContain('said not to have been trained on');
  });

  test('refuses a forest that does not tell of its training, and names that become one', () => {
    const { training: _training, ...silent } = golden.document;
    expect(refusedBy(() => importedModel(silent, options)).code).toBe('FOREST_FILE_TRAINING');
    const names = ['Sodium!', ...golden.document.feature_names.slice(1)];
    const clash = refusedBy(() => importedModel({ ...golden.document, feature_names: names }, options));
    expect([clash.code, clash.message]).toEqual([
      'MATRIX_NAME_CLASH',
      expect.stringContaining('"Sodium!" and "sodium", both sodium'),
    ]);
  });

  test('a model written as a document is read back with the same forest and the same account of its rows', () => {
    const document = JSON.parse(JSON.stringify(modelToDocument(imported.model, 'cd'.repeat(32)))) as ForestDocument;
    expect(bytesOf(forestFromScikitLearn(document))).toBe(bytesOf(imported.model.forest));
    const again = importedModel(document, options);
    expect(again.model.header.features).toEqual(header.features);
    expect(again.renamed).toEqual([]);
    expect(document.model).toMatchObject({ name: 'theirs', sha256: 'cd'.repeat(32), calibration: header.calibration });
  });
});
