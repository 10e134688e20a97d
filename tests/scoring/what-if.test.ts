/** What the model would say of other values: by hand on a tree, by law on a forest, against rows that are scored as such. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readModelFolder, writeModelFolder, type ModelFolder } from '../../src/model/index.ts';
import { createScorer, explanationSchema, type Questions, type Scorer } from '../../src/scoring/index.ts';
import { roundest } from '../../src/scoring/risk-profile.ts';
import { openStudy, trainModel, type Study } from '../../src/training/index.ts';
import { clinicalTypes, writeLanding } from '../cases/landing.ts';
import { hospital } from '../features/hospital.ts';
import { tinyMetrics, tinyModel } from '../server/support/tiny-model.ts';
import { patientBundles, type Bundle } from './patient-bundles.ts';

describe('a tree of three features', () => {
  let scorer: Scorer;
  beforeAll(async () => {
    const folder: Omit<ModelFolder, 'metrics'> & { metrics: object } = {
      model: tinyModel(),
      modelSha256: 'aa'.repeat(32),
      metrics: tinyMetrics,
      card: {},
    };
    scorer = await createScorer(folder as ModelFolder);
  });
  afterAll(() => scorer.close());
  const asked = (prior: number, days: number, questions: Questions) =>
    scorer.explainFeatures({ features: { age_years: 70, length_of_stay_days: days, prior_admissions_365d: prior } }, questions);

  it('gives output before and after, and what a feature that was not set adds to it', () => {
    const { whatIf } = asked(1, 6, { set: { length_of_stay_days: 3 } });
    expect(whatIf?.forestOutput).toEqual({ before: 0.71, after: 0.1, difference: 0.1 - 0.71 });
    expect(whatIf?.band).toEqual({ before: 'high', after: 'low' });
    const prior = whatIf?.attributions.find(({ feature }) => feature === 'prior_admissions_365d');
    expect(prior?.value).toEqual({ before: 1, after: 1 });
    // Half of its worth alone and half of its worth beside the days: 0.1734 and 0.3468 above four days, 0.1734 and 0 up to them.
    expect(prior?.attribution.before).toBeCloseTo(0.2601, 12);
    expect(prior?.attribution.after).toBeCloseTo(0.0867, 12);
    expect(whatIf?.set).toEqual([{ feature: 'length_of_stay_days', unit: 'days', before: 6, after: 3, relatives: [] }]);
    expect(whatIf?.caution).toContain('about the model, not about the patient');
  });

  it('has the risk of every value in as many steps as the tree has answers', () => {
    const { profile } = asked(0, 6, { profile: 'prior_admissions_365d' });
    expect(profile?.steps.map(({ from, to, value, forestOutput }) => [from, to, value, forestOutput])).toEqual([
      [0, 0.5, 0, 0.2],
      [0.5, 90, 50, 0.71],
    ]);
    expect(profile?.own).toEqual({ value: 0, forestOutput: 0.2, risk: profile?.steps[0]?.risk });
    expect(profile?.missing.forestOutput).toBe(0.2);
    // Up to four days the tree does not ask for admissions before.
    expect(asked(0, 3, { profile: 'prior_admissions_365d' }).profile?.steps).toHaveLength(1);
  });

  it('warns of what training did not see', () => {
    expect(asked(1, 6, { set: { length_of_stay_days: 91 } }).whatIf?.warnings).toEqual([
      'length_of_stay_days = 91 lies outside the training range of 0 to 90 days: the model answers as at its edge',
    ]);
    expect(asked(1, 6, { set: { length_of_stay_days: null } }).whatIf?.warnings).toEqual([
      expect.stringContaining('never missing in training'),
    ]);
    expect(asked(1, 6, { set: { length_of_stay_days: 90 } }).whatIf?.warnings).toEqual([]);
  });

  it.each([
    ['a feature the model does not read', { set: { last_sodium: 140 } }, 'EXPLAIN_FEATURE_UNKNOWN'],
    ['such a feature for a profile', { profile: 'prior_admissions' }, 'EXPLAIN_FEATURE_UNKNOWN'],
    ['a value below the range', { set: { age_years: -1 } }, 'EXPLAIN_VALUE_RANGE'],
    ['a value above it', { set: { age_years: 121 } }, 'EXPLAIN_VALUE_RANGE'],
    ['a value that is no number', { set: { age_years: Number.NaN } }, 'EXPLAIN_VALUE_RANGE'],
    ['nothing to set', { set: {} }, 'EXPLAIN_SET_EMPTY'],
  ])('refuses %s', (_, questions, code) => {
    expect(() => asked(1, 6, questions)).toThrow(expect.objectContaining({ code }));
  });

  it('names features near to an unknown one', () => {
    expect(() => asked(1, 6, { profile: 'prior_admissions_180d' })).toThrow(/did you mean "prior_admissions_365d"/);
  });
});

describe('a forest over records', () => {
  let data: string;
  let folder: string;
  let study: Study;
  let scorer: Scorer;
  let bundles: Map<string, Bundle>;
  let rows: number[];
  beforeAll(async () => {
    data = await writeLanding(hospital(7, 60));
    study = await openStudy(data, { features: 'demographics,utilization,observations,comorbidity,lace,lace_e' });
    folder = await mkdtemp(join(tmpdir(), 'what-if-'));
    const options = { name: 'what-if', createdAt: '2026-01-01T00:00:00Z', seed: 1, folds: 2, draws: 20 };
    await writeModelFolder(folder, await trainModel(study, { ...options, forest: { trees: 40, minLeafRows: 3 }, quick: true }));
    scorer = await createScorer(await readModelFolder(folder));
    rows = Array.from({ length: 8 }, (_, i) => Math.floor((i * study.matrix.rows) / 8));
    bundles = await patientBundles(data, new Set(rows.map((row) => study.matrix.patientIds[row] as string)));
  }, 120_000);
  afterAll(async () => {
    scorer.close();
    await rm(folder, { recursive: true });
    await rm(data, { recursive: true });
  });
  const request = (row: number) => ({
    bundle: bundles.get(study.matrix.patientIds[row] as string) as Bundle,
    encounter: study.matrix.indexIds[row] as string,
    covers: { types: [...clinicalTypes], from: null },
  });
  /** The discharge's values with others in their place, as a request by features. */
  const features = (row: number, set: Record<string, number | null> = {}) => ({
    features: Object.fromEntries(
      study.matrix.features.map(({ name }, c) => {
        const value = study.matrix.columns[c]![row] as number;
        return [name, Object.hasOwn(set, name) ? (set[name] as number | null) : Number.isNaN(value) ? null : value];
      }),
    ),
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  /** Values that training saw, of features that the forest asks for. */
  const other = { age_years: 88, prior_admissions_365d: 3, last_sodium: null };

  it('explains what it scores, with every reason', async () => {
    for (const row of rows) {
      const explanation = await scorer.explainBundle(request(row));
      expect(explanationSchema.parse(explanation)).toEqual(explanation);
      const { reasons, ...answer } = explanation.answer;
      const { reasons: first, ...scored } = await scorer.scoreBundle(request(row));
      expect(answer).toEqual(scored);
      expect(first).toHaveLength(5);
      expect(reasons.slice(0, 5)).toEqual(first);
      expect(reasons).toHaveLength(answer.attributions.filter(({ attribution }) => attribution !== 0).length);
      expect(reasons.filter(({ resources }) => resources.length > 0).length).toBeGreaterThan(3);
    }
  });

  it('changes nothing where the value is set that it has', async () => {
    for (const row of rows) {
      const { answer, whatIf } = await scorer.explainBundle(request(row), { set: features(row).features });
      expect(whatIf?.risk).toEqual({ before: answer.risk, after: answer.risk, difference: 0 });
      expect(whatIf?.forestOutput).toEqual({ before: answer.forestOutput, after: answer.forestOutput, difference: 0 });
      expect(whatIf?.attributions.map(({ attribution }) => attribution)).toEqual(
        answer.attributions.map(({ attribution }) => ({ before: attribution, after: attribution, difference: 0 })),
      );
    }
  });

  it('says of other values what it says of a discharge that has them, to the bit', async () => {
    let changed = 0;
    for (const row of rows) {
      const { answer, whatIf } = await scorer.explainBundle(request(row), { set: other });
      const as = scorer.scoreFeatures(features(row, other));
      expect(whatIf?.risk.after).toBe(as.risk);
      expect(whatIf?.forestOutput.after).toBe(as.forestOutput);
      expect(whatIf?.band.after).toBe(as.band);
      expect(
        whatIf?.attributions.map(({ feature, unit, value, attribution }) => [feature, unit, value.after, attribution.after]),
      ).toEqual(as.attributions.map(({ feature, unit, value, attribution }) => [feature, unit, value, attribution]));
      expect(whatIf?.risk.before).toBe(answer.risk);
      changed += whatIf?.risk.difference === 0 ? 0 : 1;
    }
    expect(changed).toBeGreaterThan(rows.length / 2);
  });

  it('adds up before and after, and its differences add up to that of the output', async () => {
    for (const row of rows) {
      const { answer, whatIf } = await scorer.explainBundle(request(row), { set: other });
      const parts = whatIf?.attributions.map(({ attribution }) => attribution) ?? [];
      expect(parts).toHaveLength(study.matrix.features.length);
      expect(answer.baseValue + sum(parts.map(({ before }) => before))).toBeCloseTo(answer.forestOutput, 9);
      expect(answer.baseValue + sum(parts.map(({ after }) => after))).toBeCloseTo(whatIf?.forestOutput.after ?? NaN, 9);
      expect(sum(parts.map(({ difference }) => difference))).toBeCloseTo(whatIf?.forestOutput.difference ?? NaN, 9);
    }
  });

  it('has a profile that agrees with the risk of each value, its own and a missing one, to the bit', async () => {
    let steps = 0;
    for (const [i, row] of rows.entries()) {
      const name = ['age_years', 'prior_admissions_365d', 'last_sodium', 'outpatient_visits_365d'][i % 4] as string;
      const { answer, profile } = await scorer.explainBundle(request(row), { profile: name });
      if (profile === null) throw new Error('no profile');
      expect(profile.own.risk).toBe(answer.risk);
      expect(profile.own.forestOutput).toBe(answer.forestOutput);
      expect(profile.missing.risk).toBe(scorer.scoreFeatures(features(row, { [name]: null })).risk);
      const column = study.matrix.columns[study.matrix.features.findIndex((feature) => feature.name === name)]!;
      const present = [...column].filter((value) => !Number.isNaN(value));
      expect(profile.range).toEqual({ from: Math.min(...present), to: Math.max(...present) });
      expect(profile.steps[0]?.from).toBe(profile.range.from);
      expect(profile.steps.at(-1)?.to).toBe(profile.range.to);
      for (const [s, { from, to, value, risk }] of profile.steps.entries()) {
        expect(s === 0 ? from <= value : from < value && from === profile.steps[s - 1]?.to).toBe(true);
        expect(value <= to).toBe(true);
        expect(risk).not.toBe(profile.steps[s - 1]?.risk);
        for (const at of [value, to]) expect(scorer.scoreFeatures(features(row, { [name]: at })).risk).toBe(risk);
      }
      // Every value of the training records lies in the step that tells its risk.
      for (const value of new Set(present)) {
        const { risk } = scorer.scoreFeatures(features(row, { [name]: value }));
        expect(profile.steps.find(({ to }) => value <= to)?.risk).toBe(risk);
      }
      steps += profile.steps.length;
    }
    expect(steps).toBeGreaterThan(2 * rows.length);
  });

  it('leaves the discharge as it is for the profile, whatever is set beside it', () => {
    const row = rows[0] as number;
    const both = scorer.explainFeatures(features(row), { set: other, profile: 'age_years' });
    expect(both.profile).toEqual(scorer.explainFeatures(features(row), { profile: 'age_years' }).profile);
  });

  it.each([
    ['prior_admissions_30d', 1, ['prior_admissions_365d', 'prior_unplanned_admissions_365d', 'prior_bed_days_365d']],
    ['emergency_visits_180d', 1, ['emergency_visits_365d', 'outpatient_visits_365d', 'home_visits_365d', 'lace_e', 'lace']],
    ['lace', 10, ['lace_e', 'emergency_visits_180d']],
    ['sex_male', 1, ['sex_female']],
    ['last_systolic_bp', 120, ['last_diastolic_bp']],
    ['charlson_mi', 1, ['charlson_index', 'elixhauser_index', 'active_conditions']],
    ['last_sodium', 140, []],
    ['age_years', 70, []],
  ])('names the relatives of %s that keep their values', (name, value, relatives) => {
    const { whatIf } = scorer.explainFeatures(features(rows[0] as number), { set: { [name]: value } });
    expect([...(whatIf?.set[0]?.relatives ?? [])].sort()).toEqual([...relatives].sort());
  });

  it('does not name a relative that is set too', () => {
    const set = { last_systolic_bp: 120, last_diastolic_bp: 80 };
    const { whatIf } = scorer.explainFeatures(features(rows[0] as number), { set });
    expect(whatIf?.set.map(({ relatives }) => relatives)).toEqual([[], []]);
  });
});

describe('the roundest number of a step', () => {
  it.each([
    [0, 0.5, true, 0],
    [0.5, 1.5, false, 1],
    [0.5, 90, false, 50],
    [5.739, 8.038, false, 7],
    [9.0367, 9.1741, false, 9.1],
    [3, 3, true, 3],
    [-0.4, 0.3, false, 0],
    [120.05, 120.06, false, 120.06],
    [-20, -0.5, true, -10],
  ])('above %f up to %f (%s) is %f', (low, high, withLow, expected) => {
    expect(roundest(low, high, withLow)).toBe(expected);
  });
});
