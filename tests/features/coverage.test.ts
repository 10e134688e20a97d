/** Coverage: what was not searched is missing, never a zero. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { coverageOf, fullCoverage, isCovered, readFamilies, type Feature } from '../../src/features/index.ts';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { clinicalTypes } from '../cases/landing.ts';
import { hospital } from './hospital.ts';
import { emptyWarehouse, matrixOf } from './matrix-of.ts';

const features = readFamilies().flatMap((family) => family.features);
const named = (name: string): Feature => features.find((feature) => feature.name === name) as Feature;
const day = 86_400_000;
const admit = Date.UTC(2020, 5, 30, 12);
const discharge = Date.UTC(2020, 6, 4, 18);

describe('isCovered', () => {
  it('covers every feature where everything was searched', () => {
    expect(features.filter((feature) => !isCovered(feature, admit, discharge, fullCoverage))).toEqual([]);
  });

  it.each(clinicalTypes.map((type) => [type]))('needs %s where a feature says so, and nowhere else', (type) => {
    const coverage = coverageOf(
      clinicalTypes.filter((other) => other !== type),
      null,
    );
    const lost = features.filter((feature) => !isCovered(feature, admit, discharge, coverage)).map(({ name }) => name);
    expect(lost).toEqual(features.filter(({ needs }) => needs.includes(type)).map(({ name }) => name));
    expect(lost.length).toBeGreaterThan(0);
  });

  it.each([
    // 365 days before 2020-06-30T12:00Z is 2019-07-01T12:00Z; a date covers from its midnight, UTC.
    ['prior_admissions_365d', '2019-07-01', true],
    ['prior_admissions_365d', '2019-07-02', false],
    // 180 days before: 2020-01-02T12:00Z.
    ['emergency_visits_180d', '2020-01-02', true],
    ['emergency_visits_180d', '2020-01-03', false],
    // 90 days before the discharge 2020-07-04T18:00Z: 2020-04-05T18:00Z.
    ['distinct_drugs_90d', '2020-04-05', true],
    ['distinct_drugs_90d', '2020-04-06', false],
    ['length_of_stay_days', '2020-06-30', true],
    ['length_of_stay_days', '2020-07-01', false],
    ['last_sodium', '2020-06-29', true],
    ['last_sodium', '2020-06-30', false],
    // The whole record: no date is early enough.
    ['charlson_index', '1900-01-01', false],
    // No window: what is known of the patient does not depend on when was searched.
    ['age_years', '2025-01-01', true],
  ])('%s searched from %s: %s', (name, from, covered) => {
    expect(isCovered(named(name), admit, discharge, coverageOf(clinicalTypes, from))).toBe(covered);
  });

  it('includes the instant itself', () => {
    const at = (fromMs: number): boolean =>
      isCovered(named('prior_admissions_30d'), admit, discharge, { types: clinicalTypes, fromMs });
    expect([at(admit - 30 * day), at(admit - 30 * day + 1)]).toEqual([true, false]);
  });
});

describe('matrix', () => {
  const base = hospital(3, 6);
  let warehouse: Warehouse;
  beforeAll(async () => void (warehouse = await emptyWarehouse()));
  afterAll(() => warehouse.close());

  it('is missing for every feature of a type that was not searched, and the same elsewhere', async () => {
    const whole = await matrixOf(warehouse, base);
    const types = clinicalTypes.filter((type) => type !== 'MedicationRequest');
    const part = await matrixOf(
      warehouse,
      base.filter(({ resourceType }) => resourceType !== 'MedicationRequest'),
      { coverage: { types: [...types], from: null } },
    );
    expect(part.indexIds).toEqual(whole.indexIds);
    part.features.forEach((feature, c) => {
      const expected = feature.needs.includes('MedicationRequest')
        ? new Float64Array(part.rows).fill(Number.NaN)
        : whole.columns[c];
      expect({ [feature.name]: part.columns[c] }).toEqual({ [feature.name]: expected });
    });
  });

  it('is 0 where a type was searched and nothing found', async () => {
    const part = await matrixOf(
      warehouse,
      base.filter(({ resourceType }) => resourceType !== 'MedicationRequest'),
    );
    const drugs = part.features.findIndex(({ name }) => name === 'distinct_drugs_365d');
    expect(new Set(part.columns[drugs])).toEqual(new Set([0]));
  });

  it('covers row by row: late discharges are covered where early ones are not', async () => {
    const part = await matrixOf(warehouse, base, { coverage: { types: [...clinicalTypes], from: '2020-06-01' } });
    const prior = part.columns[part.features.findIndex(({ name }) => name === 'prior_admissions_30d')] as Float64Array;
    const covered = part.admitMs.map((ms) => (ms - 30 * day >= Date.UTC(2020, 5, 1) ? 1 : 0));
    expect(new Set(covered).size).toBe(2);
    expect(Array.from(prior, (value) => (Number.isNaN(value) ? 0 : 1))).toEqual([...covered]);
  });
});
