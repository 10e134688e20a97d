/** Held-out risks: no patient on both sides, nothing learnt from the rows that are asked about. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupedRisks, heldOutRisks, judge, modelNames, temporalRisks } from '../../src/training/index.ts';
import { calibrationSlope } from '../../src/evaluation/index.ts';
import type { Study } from '../../src/training/index.ts';
import type { TemporalRun } from '../../src/training/validation.ts';
import { syntheticStudy } from './synthetic-study.ts';

const small = { trees: 3, minLeafRows: 2, workers: 1 };
const everyPatientItsReason = (patient: number): string => `reason-${patient}`;
const ofMatrix = (study: Study, change: Partial<Study['matrix']>): Study => ({
  ...study,
  matrix: { ...study.matrix, ...change },
});

describe('groupedRisks', () => {
  it('never has a patient on both sides', async () => {
    // Each patient has a reason of its own: the lookup knows a rate for it only where one of its discharges was trained on.
    const draws = fc.record({
      seed: fc.nat({ max: 1e6 }),
      patients: fc.integer({ min: 12, max: 60 }),
      folds: fc.integer({ min: 2, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(draws, async ({ seed, patients, folds }) => {
        const study = syntheticStudy(seed, patients, everyPatientItsReason);
        const risks = await groupedRisks(study, small, { folds, seed });
        expect(study.matrix.rows).toBeGreaterThan(patients);
        expect(risks.reason).toEqual(risks.prevalence);
      }),
      { numRuns: 15, seed: 20260101 },
    );
  });

  it('would be found out by that', async () => {
    const study = syntheticStudy(1, 40, everyPatientItsReason);
    const even = Int32Array.from({ length: study.matrix.rows }, (_, r) => r).filter((r) => r % 2 === 0);
    const odd = Int32Array.from({ length: study.matrix.rows }, (_, r) => r).filter((r) => r % 2 === 1);
    const risks = await heldOutRisks(study, even, odd, small);
    expect(risks.reason).not.toEqual(risks.prevalence);
  });

  it('gives every model a risk in [0, 1] for every discharge', async () => {
    const study = syntheticStudy(2, 80, (_, row) => (row % 3 === 0 ? null : `reason-${row % 7}`));
    const risks = await groupedRisks(study, small, { folds: 4, seed: 2 });
    for (const name of modelNames) {
      expect(risks[name]).toHaveLength(study.matrix.rows);
      expect(risks[name]?.every((risk) => risk >= 0 && risk <= 1)).toBe(true);
    }
    expect(new Set(risks.forest).size).toBeGreaterThan(5);
  });
});

describe('heldOutRisks', () => {
  const study = syntheticStudy(3, 100, (_, row) => `reason-${row % 5}`);
  const cut = Math.floor(study.matrix.rows / 2);
  const train = Int32Array.from({ length: cut }, (_, r) => r);
  const test = Int32Array.from({ length: study.matrix.rows - cut }, (_, r) => cut + r);

  it('does not look at the outcomes it is asked about', async () => {
    const turned = study.matrix.outcome.map((y, row) => (row < cut ? y : 1 - y));
    const risks = await heldOutRisks(study, train, test, small);
    expect(await heldOutRisks(ofMatrix(study, { outcome: turned }), train, test, small)).toEqual(risks);
  });

  it('does look at those it is trained on', async () => {
    const turned = study.matrix.outcome.map((y, row) => (row < cut ? 1 - y : y));
    const risks = await heldOutRisks(study, train, test, small);
    const other = await heldOutRisks(ofMatrix(study, { outcome: turned }), train, test, small);
    for (const name of modelNames) expect(other[name]).not.toEqual(risks[name]);
  });

  it('gives each row its own risk, whatever stands beside it', async () => {
    const all = await heldOutRisks(study, train, test, small);
    const one = await heldOutRisks(study, train, test.slice(4, 5), small);
    for (const name of modelNames) expect(one[name]?.[0]).toBe(all[name]?.[4]);
  });
});

describe('validation', () => {
  const study = syntheticStudy(4, 200, (_, row) => `reason-${row % 5}`);

  it('leaves the days before the cut out and says so', async () => {
    const result = await temporalRisks(study, small, { folds: 3, seed: 1, draws: 50 });
    expect(result?.description).toMatch(
      /^trained on \d+ discharges before \d{4}-\d\d-\d\d, tested from then on, \d+ discharges in the 31 days before left out/,
    );
    const [trained = 0, , , , gap = 0] = (result?.description.match(/\d+/g) ?? []).map(Number);
    expect(trained + gap + (result?.split.test.length ?? 0)).toBe(study.matrix.rows);
  });

  it('has no temporal result where a side has too few events', async () => {
    const quiet = ofMatrix(study, { outcome: study.matrix.outcome.map((y, row) => (row < 9 ? y : 0)) });
    const busy = ofMatrix(study, { outcome: quiet.matrix.outcome.map((y) => 1 - y) });
    expect(await temporalRisks(quiet, small, { folds: 3, seed: 1, draws: 50 })).toBeNull();
    expect(await temporalRisks(busy, small, { folds: 3, seed: 1, draws: 50 })).toBeNull();
  });

  it('learns from no discharge whose last day of follow-up is that of a test discharge', async () => {
    // A discharge every five hours: the division falls within a day.
    const dischargeMs = study.matrix.dischargeMs.map((_, row) => Date.UTC(2020, 0, 1) + (5 * row + 2) * 3_600_000);
    const run = await temporalRisks(ofMatrix(study, { dischargeMs }), small, { folds: 3, seed: 1, draws: 50 });
    const { split } = run as TemporalRun;
    const day = (row: number): number => Math.floor((dischargeMs[row] as number) / 86_400_000);
    const lastFollowed = Math.max(...Array.from(split.train, day)) + study.cohort.definition.horizonDays;
    expect(lastFollowed).toBeLessThan(Math.min(...Array.from(split.test, day)));
  });

  it('counts pairs of one fold only: what is the same within each fold ranks nothing', () => {
    const rows = Int32Array.from({ length: study.matrix.rows }, (_, r) => r);
    const fold = rows.map((row) => row % 3);
    const byFold = Float64Array.from(fold, (k) => 0.1 + 0.2 * k);
    const options = { folds: 3, seed: 1, draws: 50 };
    const judged = judge(study, { forest: byFold }, rows, options, fold);
    expect(judged.results['forest']?.['auroc']?.estimate).toBe(0.5);
    expect(judge(study, { forest: byFold }, rows, options).results['forest']?.['auroc']?.estimate).not.toBe(0.5);
    const rate = study.matrix.outcome.reduce((sum, y) => sum + y, 0) / study.matrix.rows;
    expect(judged.results['forest']?.['averagePrecision']?.estimate).toBeCloseTo(rate, 12);
    expect(judged.results['forest']?.['calibrationSlope']).toMatchObject({ estimate: NaN, lower: NaN, upper: NaN });
  });

  it('has a calibration slope where one fold tells its discharges apart', () => {
    const rows = Int32Array.from({ length: study.matrix.rows }, (_, r) => r);
    const fold = rows.map((row) => row % 3);
    const risk = Float64Array.from(fold, (k, row) => 0.1 + 0.2 * k + (k === 1 && row % 2 === 0 ? 0.05 : 0));
    const { results } = judge(study, { forest: risk }, rows, { folds: 3, seed: 1, draws: 50 }, fold);
    expect(results['forest']?.['calibrationSlope']?.estimate).toBe(calibrationSlope(study.matrix.outcome, risk));
  });
});
