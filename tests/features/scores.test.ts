/** LACE and HOSPITAL, item by item, against the published tables. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { emptyWarehouse, featuresOf } from './matrix-of.ts';

let warehouse: Warehouse;
beforeAll(async () => void (warehouse = await emptyWarehouse()));
afterAll(() => warehouse.close());

/** An arranged stay that scores nothing but its length. */
const quiet = (hours: number): string =>
  `IMP a 2020-06-30T00:00:00Z/${new Date(Date.UTC(2020, 5, 30, hours)).toISOString()} type=183495009`;

describe('LACE', () => {
  it.concurrent.each([
    [23, 0],
    [24, 1],
    [47, 1],
    [48, 2],
    [72, 3],
    [95, 3],
    [96, 4],
    [167, 4],
    [168, 5],
    [335, 5],
    [336, 7],
    [1000, 7],
  ])('gives %i hours %i points for length', async (hours, points) => {
    expect(await featuresOf(warehouse, 'a', quiet(hours))).toMatchObject({
      lace_l: points,
      lace_a: 0,
      lace_c: 0,
      lace_e: 0,
      lace: points,
    });
  });

  it.concurrent('gives 3 points for an acute admission', async () => {
    expect(await featuresOf(warehouse, 'a', 'IMP a 2020-06-30T00:00:00Z/2020-06-30T12:00:00Z')).toMatchObject({
      lace_a: 3,
      lace: 3,
    });
  });

  it.concurrent.each([
    ['previous infarction', '22298006', 1],
    ['cerebrovascular disease', '230690007', 1],
    ['diabetes', '44054006', 1],
    ['heart failure', '88805009', 2],
    ['diabetes with end-organ damage', '127013003', 2],
    ['diabetes with and without damage, counted once', '44054006 127013003', 2],
    ['chronic pulmonary disease', '185086009', 2],
    ['mild renal disease', '431855005', 2],
    ['tumour', '254637007', 2],
    ['dementia', '26929004', 3],
    ['infarction and heart failure', '22298006 88805009', 3],
    ['connective tissue disease', '69896004', 3],
    ['AIDS', '62479008', 5],
    ['severe renal disease', '46177005', 5],
    ['metastases', '94260004', 5],
    ['dementia and diabetes', '26929004 44054006', 5],
  ])('comorbidity: %s', async (_, codes, points) => {
    const conditions = codes.split(' ').map((code, i) => `Condition c${i} code=${code} from=2015-01-01`);
    expect(await featuresOf(warehouse, 'a', quiet(12), ...conditions)).toMatchObject({ lace_c: points, lace: points });
  });

  it.concurrent.each([0, 1, 2, 3, 4, 6])('gives %i earlier emergency visits their points, 4 at most', async (count) => {
    const visits = Array.from({ length: count }, (_, i) => `EMER e${i} 2020-03-0${i + 1}T00:00:00Z/2020-03-0${i + 1}T02:00:00Z`);
    expect(await featuresOf(warehouse, 'a', quiet(12), ...visits)).toMatchObject({ lace_e: Math.min(count, 4) });
  });

  it.concurrent('reaches 19', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      'IMP a 2020-06-30T00:00:00Z/2020-07-20T12:00:00Z',
      'Condition c code=46177005 from=2015-01-01',
      ...[1, 2, 3, 4].map((i) => `EMER e${i} 2020-03-0${i}T00:00:00Z/2020-03-0${i}T02:00:00Z`),
    );
    expect(features).toMatchObject({ lace_l: 7, lace_a: 3, lace_c: 5, lace_e: 4, lace: 19 });
  });
});

describe('HOSPITAL', () => {
  it.concurrent('gives nothing to a quiet stay and counts both laboratory values as not measured', async () => {
    expect(await featuresOf(warehouse, 'a', quiet(12))).toMatchObject({
      hospital_2013: 0,
      hospital_2016: 0,
      hospital_labs_missing: 2,
    });
  });

  const item = (code: string, value: number, unit: string): string =>
    `Observation o${code} code=${code} value=${value} unit=${unit} on=2020-06-30T06:00:00Z in=a`;

  it.concurrent.each([
    ['haemoglobin 11.9', [item('718-7', 11.9, 'g/dL')], 12, 1, 1],
    ['haemoglobin 12', [item('718-7', 12, 'g/dL')], 12, 0, 1],
    ['sodium 134', [item('2951-2', 134, 'mmol/L')], 12, 1, 1],
    ['sodium 135', [item('2951-2', 135, 'mmol/L')], 12, 0, 1],
    ['both low', [item('718-7', 11, 'g/dL'), item('2951-2', 130, 'mmol/L')], 12, 2, 0],
    ['an active cancer', ['Condition c code=254837009 from=2019-01-01'], 12, 2, 2],
    ['a cancer over before the admission', ['Condition c code=254837009 from=2019-01-01 until=2020-01-01'], 12, 0, 2],
    ['a procedure', ['Procedure x code=116861002 on=2020-06-30T06:00:00Z in=a'], 12, 1, 2],
    ['an assessment', ['Procedure x code=710824005 on=2020-06-30T06:00:00Z in=a'], 12, 0, 2],
    ['119 hours', [], 119, 0, 2],
    ['120 hours', [], 120, 2, 2],
  ])('%s', async (_, lines, hours, points, missing) => {
    expect(await featuresOf(warehouse, 'a', quiet(hours), ...lines)).toMatchObject({
      hospital_2013: points,
      hospital_2016: points,
      hospital_labs_missing: missing,
    });
  });

  it.concurrent('gives 1 point for an urgent admission', async () => {
    expect(await featuresOf(warehouse, 'a', 'IMP a 2020-06-30T00:00:00Z/2020-06-30T12:00:00Z')).toMatchObject({
      hospital_2013: 1,
      hospital_2016: 1,
    });
  });

  it.concurrent.each([
    [0, 0, 0],
    [1, 2, 0],
    [2, 2, 2],
    [5, 2, 2],
    [6, 5, 5],
  ])('%i earlier admissions: %i points in 2013, %i in 2016', async (count, points2013, points2016) => {
    const stays = Array.from(
      { length: count },
      (_, i) =>
        `IMP s${i} 2020-0${1 + Math.floor(i / 3)}-0${1 + 3 * (i % 3)}T00:00:00Z/2020-0${1 + Math.floor(i / 3)}-0${1 + 3 * (i % 3)}T20:00:00Z`,
    );
    expect(await featuresOf(warehouse, 'a', quiet(12), ...stays)).toMatchObject({
      hospital_2013: points2013,
      hospital_2016: points2016,
    });
  });

  it.concurrent('reaches 13', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      'IMP a 2020-06-30T00:00:00Z/2020-07-05T00:00:00Z',
      item('718-7', 9, 'g/dL'),
      item('2951-2', 128, 'mmol/L'),
      'Condition c code=254837009 from=2019-01-01',
      'Procedure x code=116861002 on=2020-06-30T06:00:00Z in=a',
      ...Array.from({ length: 6 }, (_, i) => `IMP s${i} 2020-01-${10 + 3 * i}T00:00:00Z/2020-01-${10 + 3 * i}T20:00:00Z`),
    );
    expect(features).toMatchObject({ hospital_2013: 13, hospital_2016: 13 });
  });
});
