/** The released model: whole, made for this build, and honest about what it was trained on. */
import { expect, test } from '@jest/globals';
import { selectFeatures } from '../../src/features/index.ts';
import { readModelFolder, requireFeatureSchema } from '../../src/model/index.ts';
import { readMetrics } from './released-metrics.ts';

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
  const { auroc, discharges } = await readMetrics();
  expect(discharges).toBeGreaterThanOrEqual(3000);
  expect(auroc).toBeGreaterThan(0.65);
  expect(auroc).toBeLessThan(0.85);
});
