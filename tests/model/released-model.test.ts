/** The released model: whole, made for this build, and honest about what it was trained on. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { selectFeatures } from '../../src/features/index.ts';
import { readModelFolder, requireFeatureSchema } from '../../src/model/index.ts';
import type { TrainingMetrics } from '../../src/training/index.ts';

test('models/planted is served by this build', async () => {
  const { model } = await readModelFolder('models/planted');
  const names = model.header.features.map(({ name }) => name);
  const features = selectFeatures(names.join(','));
  expect(names.length).toBeGreaterThan(120);
  requireFeatureSchema(
    model,
    features.features.map(({ name }) => name),
    features.hash,
  );
  expect(model.header.training.synthetic).toBe(true);
});

test('its figures are those the README tells', async () => {
  const metrics = JSON.parse(await readFile('models/planted/metrics.json', 'utf8')) as TrainingMetrics;
  const auroc = metrics.validations[0]?.results['forest']?.['auroc']?.estimate ?? Number.NaN;
  const row = (await readFile('README.md', 'utf8')).split('\n').find((line) => line.startsWith('| forest'));
  expect(row).toContain(auroc.toFixed(3));
  expect(metrics.discharges).toBeGreaterThanOrEqual(3000);
  expect(auroc).toBeGreaterThan(0.65);
  expect(auroc).toBeLessThan(0.85);
});

test('its intervals hold the mean true risk', async () => {
  const { truth } = JSON.parse(await readFile('models/planted/metrics.json', 'utf8')) as TrainingMetrics;
  expect(truth?.intervals?.groups).toHaveLength(10);
  expect(truth?.intervals?.within).toBeGreaterThanOrEqual(9);
  expect(truth?.intervals?.meanWidth).toBeLessThan(0.12);
});
