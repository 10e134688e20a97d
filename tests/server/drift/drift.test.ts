/** Drift of the last answers: against a count by hand, over more answers than are looked at, and as it is told. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { populationStability, referenceDistribution } from '../../../src/evaluation/index.ts';
import { DriftWindow, windowAnswers } from '../../../src/server/drift/drift-window.ts';
import { driftSchema } from '../../../src/server/drift/drift-schema.ts';
import { servedModel } from '../../../src/server/index.ts';
import { randomStream } from '../../../src/util/random.ts';
import { answer, closeAll, fakeModel, serve } from '../support/served.ts';

afterEach(closeAll);

const stream = randomStream(1, 0);
const numbers = (count: number, from: number, to: number): Float64Array =>
  Float64Array.from({ length: count }, () => from + (stream.below(1_000_000) / 1_000_000) * (to - from));

const told = (risk: number, age: number) => ({
  risk,
  attributions: [{ feature: 'age_years', value: Number.isNaN(age) ? null : age, unit: 'a', attribution: 0 }],
});

describe('the window', () => {
  const trained = { risk: numbers(3000, 0, 0.5), age: numbers(3000, 20, 90) };
  trained.age.fill(Number.NaN, 0, 300);
  const references = { risk: referenceDistribution(trained.risk), features: { age_years: referenceDistribution(trained.age) } };

  test('gives what a study of the same rows gives, of the last answers alone', () => {
    const window = new DriftWindow(['age_years'], references);
    const now = { risk: numbers(windowAnswers + 700, 0.1, 0.6), age: numbers(windowAnswers + 700, 30, 95) };
    for (let i = 0; i < now.age.length; i += 5) now.age[i] = Number.NaN;
    now.risk.forEach((risk, i) => window.add(told(risk, now.age[i] as number)));
    const { answers, explained, risk, features } = window.report();
    expect([answers, explained]).toEqual([windowAnswers, windowAnswers]);
    const last = { risk: now.risk.slice(700), age: now.age.slice(700) };
    expect(risk.psi).toBeCloseTo(populationStability(references.risk, last.risk).psi, 12);
    expect(risk.mean).toBeCloseTo(last.risk.reduce((sum, one) => sum + one, 0) / windowAnswers, 12);
    const expected = populationStability(references.features.age_years, last.age);
    expect(features).toHaveLength(1);
    expect(features[0]?.psi).toBeCloseTo(expected.psi, 12);
    expect([features[0]?.missing, features[0]?.missingThen]).toEqual([expected.missing, expected.missingThen]);
  });

  test('is small for answers like those of training, and chance says how small', () => {
    const window = new DriftWindow(['age_years'], references);
    numbers(1000, 0, 0.5).forEach((risk) => window.add(told(risk, 50)));
    const { risk } = window.report();
    // Ten bins: nine degrees of freedom.
    expect(risk.byChance).toBeCloseTo(9 * (1 / 1000 + 1 / 3000), 12);
    expect(risk.psi).toBeLessThan(4 * (risk.byChance as number));
  });

  test('knows no values of what was not explained, and nothing of a model without distributions', () => {
    const window = new DriftWindow(['age_years'], undefined);
    window.add({ risk: 0.2, attributions: [] });
    window.add(told(0.4, Number.NaN));
    const report = window.report();
    expect(report).toMatchObject({ answers: 2, explained: 1, risk: { psi: null, byChance: null } });
    expect(report.risk.mean).toBeCloseTo(0.3, 12);
    expect(report.features).toEqual([{ name: 'age_years', psi: null, byChance: null, missing: 1, missingThen: null }]);
  });
});

test('every answer counts, and it is told as JSON and as metrics, without anybody in it', async () => {
  const { features } = fakeModel().scorer.features;
  const attributions = features.map(({ name }) => ({ feature: name, value: null, unit: '', attribution: 0 }));
  const fake = fakeModel(undefined, () => ({ ...answer, risk: 0.25, attributions }));
  const distribution = referenceDistribution(numbers(500, 0, 1));
  const references = { risk: distribution, features: Object.fromEntries(features.map(({ name }) => [name, distribution])) };
  const model = servedModel(fake.scorer, { metrics: { references }, card: {} });
  const served = await serve({ models: { current: () => model } });
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', id: 'ZZPHI' } }] };
  for (const body of [{ features: { age_years: 1 } }, { bundle, encounter: 'ZZPHI' }]) {
    expect((await served.score(body)).status).toBe(200);
  }
  const drift = driftSchema.parse(await (await fetch(`${served.url}/v1/drift`)).json());
  expect(drift).toMatchObject({ answers: 2, explained: 2, risk: { mean: 0.25, psi: expect.any(Number) } });
  expect(drift.features.map(({ missing }) => missing)).toEqual(features.map(() => 1));
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).toContain('readmission_feature_missing_share{feature="age_years"} 1\n');
  expect(metrics).toMatch(/^readmission_drift_answers 2$/m);
  expect(metrics).toMatch(/^readmission_drift_risk_psi [0-9.]+$/m);
  expect(`${JSON.stringify(drift)}${metrics}`).not.toContain('ZZPHI');
});
