/** Each family on hand-made patients, every value worked out by hand; both edges of every window. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Warehouse } from '../../src/warehouse/index.ts';
import { expand } from '../cases/compact.ts';
import { emptyWarehouse, featuresOf, matrixOf, rowOf } from './matrix-of.ts';

let warehouse: Warehouse;
beforeAll(async () => void (warehouse = await emptyWarehouse()));
afterAll(() => warehouse.close());

const only = (features: Record<string, number>, prefix: string): string[] =>
  Object.keys(features).filter((name) => name.startsWith(prefix) && features[name] === 1);

/** Most tests look back from this stay: admitted 2020-06-30T12:00Z, discharged 2020-07-04T18:00Z, 4.25 days. */
const index = 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z at=north reason=233604007';

describe('demographics', () => {
  it.concurrent.each([
    ['Patient p born=1950-06-30 sex=female', 70, 1, 0],
    ['Patient p born=1950-07-01 sex=male', 69, 0, 1],
    ['Patient p born=1950 sex=other', 69, 0, 0],
    ['Patient p born=1950-06', 70, 0, 0],
  ])('%s', async (patient, age, female, male) => {
    expect(await featuresOf(warehouse, 'a', patient, index)).toMatchObject({
      age_years: age,
      sex_female: female,
      sex_male: male,
    });
  });
});

describe('index stay', () => {
  it.concurrent('describes a plain stay', async () => {
    expect(await featuresOf(warehouse, 'a', index)).toMatchObject({
      length_of_stay_days: 4.25,
      stay_encounters: 1,
      stay_transferred: 0,
      admitted_through_emergency: 0,
      acute_admission: 1,
      intensive_care: 0,
      reason_recorded: 1,
      reason_respiratory: 1,
      reason_heart_failure: 0,
    });
  });

  it.concurrent(
    'describes a stay of three encounters in two hospitals, through the emergency room and intensive care',
    async () => {
      const features = await featuresOf(
        warehouse,
        'c',
        'EMER e 2020-06-30T09:00:00Z/2020-06-30T11:00:00Z',
        'IMP a 2020-06-30T12:00:00Z/2020-07-01T12:00:00Z at=north',
        'IMP b 2020-07-01T12:00:00Z/2020-07-02T12:00:00Z at=north type=305351004 reason=22298006',
        'IMP c 2020-07-02T13:00:00Z/2020-07-03T18:00:00Z at=south reason=88805009',
      );
      expect(features).toMatchObject({
        length_of_stay_days: 3.25,
        stay_encounters: 3,
        stay_transferred: 1,
        admitted_through_emergency: 1,
        acute_admission: 1,
        intensive_care: 1,
        reason_recorded: 1,
        reason_coronary: 1,
        reason_heart_failure: 0,
      });
    },
  );

  it.concurrent('has neither reason nor acuity for an arranged stay without a reason', async () => {
    const features = await featuresOf(warehouse, 'a', 'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z type=305408004');
    expect(features).toMatchObject({ acute_admission: 0, reason_recorded: 0 });
    expect(only(features, 'reason_')).toEqual([]);
  });

  it.concurrent('counts elapsed time, the same across a change of clocks', async () => {
    const spring = 'IMP a 2020-03-07T12:00:00-05:00/2020-03-08T12:00:00-04:00';
    expect((await featuresOf(warehouse, 'a', spring))['length_of_stay_days']).toBe(23 / 24);
  });
});

describe('utilization', () => {
  it.concurrent('counts nothing where nothing came before', async () => {
    const features = await featuresOf(warehouse, 'a', index);
    expect(features).toMatchObject({
      prior_admissions_365d: 0,
      prior_bed_days_365d: 0,
      emergency_visits_180d: 0,
      nursing_stays_365d: 0,
    });
    expect(features['days_since_last_discharge']).toBeNaN();
  });

  it.concurrent('sums earlier stays: one planned, one just inside a year, one just outside', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      // 365 days before 2020-06-30T12:00Z is 2019-07-01T12:00Z: 2020 is a leap year.
      'IMP out 2019-07-01T11:59:59.999Z/2019-07-03T12:00:00Z at=north reason=88805009',
      'IMP in 2019-07-10T12:00:00Z/2019-07-12T00:00:00Z at=north reason=88805009',
      'IMP plan 2020-03-01T12:00:00Z/2020-03-03T12:00:00Z at=north type=183495009',
    );
    expect(features).toMatchObject({
      prior_admissions_365d: 2,
      prior_unplanned_admissions_365d: 1,
      prior_admissions_30d: 0,
      prior_bed_days_365d: 3.5,
      days_since_last_discharge: 119,
    });
  });

  it.concurrent.each([
    ['2019-07-01T12:00:00Z', 1],
    ['2019-07-01T11:59:59.999Z', 0],
  ])('counts a stay admitted at %s in the year before: %i', async (start, count) => {
    const earlier = `IMP b ${start}/2019-07-12T00:00:00Z at=north reason=88805009`;
    expect((await featuresOf(warehouse, 'a', index, earlier))['prior_admissions_365d']).toBe(count);
  });

  it.concurrent.each([
    ['2020-05-31T12:00:00Z', 1],
    ['2020-05-31T11:59:59.999Z', 0],
  ])('counts a stay admitted at %s in the 30 days before: %i', async (start, count) => {
    const earlier = `IMP b ${start}/2020-06-02T00:00:00Z at=north reason=88805009`;
    expect((await featuresOf(warehouse, 'a', index, earlier))['prior_admissions_30d']).toBe(count);
  });

  it.concurrent.each([
    ['2020-01-02T12:00:00Z', 1, 1],
    ['2020-01-02T11:59:59.999Z', 0, 1],
    ['2019-07-01T12:00:00Z', 0, 1],
    ['2019-07-01T11:59:59.999Z', 0, 0],
  ])('counts an emergency visit at %s: %i in 180 days, %i in 365', async (start, half, year) => {
    const features = await featuresOf(warehouse, 'a', index, `EMER e ${start}/2020-01-03T00:00:00Z`);
    expect(features).toMatchObject({ emergency_visits_180d: half, emergency_visits_365d: year });
  });

  it.concurrent('leaves out the emergency visit that led here, not the one before, nor any after the admission', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'EMER e 2020-06-29T12:00:00Z/2020-06-29T20:00:00Z',
      'EMER f 2020-06-30T08:00:00Z/2020-06-30T12:00:00Z',
      'EMER g 2020-06-30T12:00:00.001Z/2020-06-30T18:00:00Z',
    );
    expect(features).toMatchObject({ emergency_visits_180d: 1, emergency_visits_365d: 1, admitted_through_emergency: 1 });
  });

  it.concurrent('tells outpatient, home and nursing care apart, and leaves out what did not happen', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'AMB v1 2020-06-30T11:59:59.999Z/2020-06-30T13:00:00Z',
      'AMB v2 2019-07-01T12:00:00Z/2019-07-01T13:00:00Z',
      'AMB v3 2019-07-01T11:59:59.999Z/2019-07-01T13:00:00Z',
      'AMB v4 2020-05-01T12:00:00Z/2020-05-01T13:00:00Z status=cancelled',
      'AMB v5 2020-06-30T12:00:00Z/2020-06-30T13:00:00Z',
      'HH h 2020-05-02T12:00:00Z/2020-05-02T13:00:00Z',
      'AMB v6 2020/2020-12-31T12:00:00Z',
      'AMB v7 2020-04/2020-12-31T12:00:00Z',
      'IMP n 2020-04-01T12:00:00Z/2020-04-20T13:00:00Z type=449411000124106',
    );
    expect(features).toMatchObject({
      outpatient_visits_365d: 3,
      home_visits_365d: 1,
      nursing_stays_365d: 1,
      prior_admissions_365d: 0,
    });
  });

  it.concurrent('sees an earlier index discharge as an earlier stay of the next', async () => {
    const matrix = await matrixOf(
      warehouse,
      expand([index, 'IMP b 2020-07-10T18:00:00Z/2020-07-12T18:00:00Z at=north reason=88805009']),
    );
    expect(rowOf(matrix, 'a')).toMatchObject({ prior_admissions_365d: 0 });
    expect(rowOf(matrix, 'b')).toMatchObject({
      prior_admissions_365d: 1,
      prior_admissions_30d: 1,
      prior_bed_days_365d: 4.25,
      days_since_last_discharge: 6,
    });
  });
});

describe('comorbidity', () => {
  it.concurrent('flags both diabetes categories and weighs the dominant one', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Condition c1 code=44054006 from=2010',
      'Condition c2 code=127013003 from=2015-03',
      'Condition c3 code=88805009 from=2018-01-01T10:00:00Z',
    );
    expect(only(features, 'charlson_')).toEqual(['charlson_chf', 'charlson_diab', 'charlson_diabwc']);
    // Quan 2011: congestive heart failure 2, diabetes with complications 1; without is silenced (and weighs 0 anyway).
    expect(features).toMatchObject({ charlson_index: 3, active_conditions: 3 });
    // van Walraven: congestive heart failure 7.
    expect(features['elixhauser_index']).toBe(7);
  });

  it.concurrent('weighs metastatic over solid cancer', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Condition c1 code=254637007 from=2019',
      'Condition c2 code=94260004 from=2019',
    );
    expect(features).toMatchObject({ charlson_canc: 1, charlson_metacanc: 1, charlson_index: 6, elixhauser_index: 12 });
  });

  it.concurrent('sums weights below zero', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Condition c1 code=370143000 from=2019',
      'Condition c2 code=162864005 from=2019',
    );
    expect(features).toMatchObject({ elixhauser_depre: 1, elixhauser_obes: 1, elixhauser_index: -7, charlson_index: 0 });
  });

  it.concurrent.each([
    ['recorded at the discharge', 'from=2020-07-01 recorded=2020-07-04T18:00:00Z', 1],
    ['recorded one millisecond after it', 'from=2020-07-01 recorded=2020-07-04T18:00:00.001Z', 0],
    ['recorded on the day of discharge, time unknown', 'from=2020-07-01 recorded=2020-07-04', 0],
    ['recorded on the day before', 'from=2020-07-01 recorded=2020-07-03', 1],
    ['begun in the year of discharge, day unknown', 'from=2020', 0],
    ['recorded before, begun after', 'from=2020-07-05 recorded=2020-07-01', 0],
    ['without any date', '', 0],
    ['over before the admission', 'from=2019-01-01 until=2020-06-29', 0],
    ['over in the last millisecond before the admission', 'from=2019-01-01 until=2020-06-30T11:59:59.999Z', 0],
    ['over at the admission', 'from=2019-01-01 until=2020-06-30T12:00:00Z', 1],
    ['over in the stay', 'from=2019-01-01 until=2020-07-02', 1],
    ['over after the discharge', 'from=2019-01-01 until=2020-08-02 status=resolved', 1],
    ['over in the year of discharge, day unknown', 'from=2019-01-01 until=2020', 1],
    ['refuted', 'from=2019-01-01 verification=refuted', 0],
    ['entered in error', 'from=2019-01-01 verification=entered-in-error', 0],
    ['provisional', 'from=2019-01-01 verification=provisional', 1],
    ['of another code system', 'from=2019-01-01 system=urn:local', 0],
    ['of another patient', 'from=2019-01-01 of=q', 0],
  ])('a condition %s counts %s: %i', async (_, fields, flag) => {
    const features = await featuresOf(
      warehouse,
      'a',
      'Patient p born=1950-06-15',
      'Patient q born=1950-06-15',
      index,
      `Condition c code=88805009 ${fields}`,
    );
    expect(features['charlson_chf']).toBe(flag);
  });

  it.concurrent('counts a condition of two codings once for its categories', async () => {
    const features = await featuresOf(warehouse, 'a', index, 'Condition c codes=88805009,84114007 from=2019');
    expect(features).toMatchObject({ charlson_chf: 1, charlson_index: 2 });
  });
});

describe('observations', () => {
  const at = '2020-07-01T08:00:00Z';
  const lab = (code: string, rest: string): string => `Observation o code=${code} on=${at} in=a ${rest}`;

  it.concurrent.each([
    ['haemoglobin in g/dL', lab('718-7', 'value=11.5 unit=g/dL'), 'last_haemoglobin', 11.5],
    ['haemoglobin in g/L', lab('718-7', 'value=115 unit=g/L'), 'last_haemoglobin', 11.5],
    ['glucose in mmol/L', lab('2339-0', 'value=5.5 unit=mmol/L'), 'last_glucose', 5.5 * 18.0156],
    ['creatinine in µmol/L', lab('2160-0', 'value=100 unit=umol/L'), 'last_creatinine', 1.1312],
    ['urea nitrogen in mmol/L', lab('3094-0', 'value=5 unit=mmol/L'), 'last_urea_nitrogen', 14.007],
    ['bilirubin in µmol/L', lab('1975-2', 'value=20 unit=umol/L'), 'last_bilirubin', 1.16932],
    ['albumin in g/L', lab('1751-7', 'value=38 unit=g/L'), 'last_albumin', 3.8],
    ['temperature in Fahrenheit', lab('8310-5', 'value=98.6 unit=[degF]'), 'last_body_temperature', 37],
    ['temperature in Celsius', lab('8310-5', 'value=37.5 unit=Cel'), 'last_body_temperature', 37.5],
    ['sodium in meq/L', lab('2951-2', 'value=134 unit=meq/L'), 'last_sodium', 134],
    ['the lowest believed sodium', lab('2951-2', 'value=80 unit=mmol/L'), 'last_sodium', 80],
    ['the highest believed sodium', lab('2951-2', 'value=220 unit=mmol/L'), 'last_sodium', 220],
    ['a preliminary result', lab('2951-2', 'value=134 unit=mmol/L status=preliminary'), 'last_sodium', 134],
  ])('reads %s', async (_, line, feature, value) => {
    expect((await featuresOf(warehouse, 'a', index, line))[feature]).toBeCloseTo(value, 10);
  });

  it.concurrent.each([
    ['an unknown unit', lab('2951-2', 'value=134 unit=g/dL')],
    ['a unit of other case', lab('2951-2', 'value=134 unit=MMOL/L')],
    ['no unit', lab('2951-2', 'value=134')],
    ['a comparator', lab('2951-2', 'value=134 unit=mmol/L comparator=<')],
    ['a value just below belief', lab('2951-2', 'value=79.9 unit=mmol/L')],
    ['a value just above belief', lab('2951-2', 'value=220.1 unit=mmol/L')],
    ['a code where a number is expected', lab('2951-2', 'answer=123840003')],
    ['a cancelled result', lab('2951-2', 'value=134 unit=mmol/L status=cancelled')],
    ['a result entered in error', lab('2951-2', 'value=134 unit=mmol/L status=entered-in-error')],
    ['another code', lab('2952-0', 'value=134 unit=mmol/L')],
    ['another code system', lab('2951-2', 'value=134 unit=mmol/L system=urn:local')],
    ['no time', 'Observation o code=2951-2 value=134 unit=mmol/L in=a'],
    ['a result made known after discharge', lab('2951-2', 'value=134 unit=mmol/L issued=2020-07-04T18:00:00.001Z')],
    ['a result after discharge', 'Observation o code=2951-2 value=134 unit=mmol/L on=2020-07-04T18:00:00.001Z in=a'],
    ['a result on the day of discharge, time unknown', 'Observation o code=2951-2 value=134 unit=mmol/L on=2020-07-04 in=a'],
    ['an outpatient result in the 24 h before', 'Observation o code=2951-2 value=134 unit=mmol/L on=2020-06-30T08:00:00Z in=v'],
    ['a result just before the 24 h before', 'Observation o code=2951-2 value=134 unit=mmol/L on=2020-06-29T11:59:59.999Z'],
  ])('takes %s as missing', async (_, line) => {
    const features = await featuresOf(warehouse, 'a', index, 'AMB v 2020-06-30T08:00:00Z/2020-06-30T09:00:00Z', line);
    expect(features['last_sodium']).toBeNaN();
  });

  it.concurrent.each([
    ['24 h before the admission', 'on=2020-06-29T12:00:00Z'],
    ['in the emergency room', 'on=2020-06-30T09:00:00Z in=e'],
    ['at the discharge', 'on=2020-07-04T18:00:00Z in=a'],
    ['made known at the discharge', 'on=2020-07-04T10:00:00Z issued=2020-07-04T18:00:00Z in=a'],
  ])('takes a result %s', async (_, fields) => {
    const visit = 'EMER e 2020-06-30T08:00:00Z/2020-06-30T12:00:00Z';
    expect(
      (await featuresOf(warehouse, 'a', index, visit, `Observation o code=2951-2 value=134 unit=mmol/L ${fields}`))[
        'last_sodium'
      ],
    ).toBe(134);
  });

  it.concurrent('takes the last value that can be read, not a later one that cannot', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Observation o1 code=2951-2 value=141 unit=mmol/L on=2020-07-01T08:00:00Z in=a',
      'Observation o2 code=2947-0 value=137 unit=mmol/L on=2020-07-02T08:00:00Z in=a',
      'Observation o3 code=2951-2 value=1.37 unit=mol/L on=2020-07-03T08:00:00Z in=a',
      'Observation o4 code=2951-2 answer=123840003 on=2020-07-03T09:00:00Z in=a',
    );
    expect(features['last_sodium']).toBe(137);
  });

  it.concurrent('takes the greatest id where two are of one instant, in whatever order they come', async () => {
    const lines = ['x1 value=141', 'x3 value=137', 'x2 value=144'].map(
      (o) => `Observation ${o} code=2951-2 unit=mmol/L on=${at} in=a`,
    );
    expect((await featuresOf(warehouse, 'a', index, ...lines))['last_sodium']).toBe(137);
    expect((await featuresOf(warehouse, 'a', index, ...lines.reverse()))['last_sodium']).toBe(137);
  });

  it.concurrent('reads blood pressure from components', async () => {
    const quantity = (code: string, value: number): object => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value, unit: 'mmHg', code: 'mm[Hg]' },
    });
    const panel = {
      resourceType: 'Observation',
      id: 'bp',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
      subject: { reference: 'Patient/p' },
      encounter: { reference: 'Encounter/a' },
      effectiveDateTime: at,
      component: [quantity('8462-4', 71), quantity('8480-6', 122)],
    };
    expect(await featuresOf(warehouse, 'a', index, panel)).toMatchObject({ last_systolic_bp: 122, last_diastolic_bp: 71 });
  });

  it.concurrent.each([
    ['2019-07-05T18:00:00Z', 7.5],
    ['2019-07-05T17:59:59.999Z', Number.NaN],
  ])('looks back a year for HbA1c, to %s', async (on, value) => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      `Observation o code=4548-4 value=7.5 unit=% on=${on} in=v`,
      'AMB v 2019-07-05T08:00:00Z/2019-07-05T20:00:00Z',
    );
    expect(features['last_hba1c']).toBe(value);
  });

  it.concurrent.each([
    ['daily', '449868002', 1],
    ['never', '266919005', 0],
    ['unknown', '266927001', Number.NaN],
  ])('reads smoking: %s', async (_, code, value) => {
    const line = `Observation o code=72166-2 answer=${code} on=2020-01-01T08:00:00Z`;
    expect((await featuresOf(warehouse, 'a', index, line))['smoker']).toBe(value);
  });

  it.concurrent('does not guess about smoking', async () => {
    expect((await featuresOf(warehouse, 'a', index))['smoker']).toBeNaN();
  });
});

describe('medications', () => {
  it.concurrent('counts drugs once, by window and class', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Order m1 code=855332 on=2020-05-01T08:00:00Z',
      'Order m2 code=855332 on=2020-06-01T08:00:00Z status=stopped',
      'Order m3 code=865098 on=2020-07-01T08:00:00Z in=a',
      'Order m4 code=855332 on=2020-07-01T08:00:00Z in=a',
      'Order m5 code=312961 on=2019-09-01T08:00:00Z',
    );
    expect(features).toMatchObject({ distinct_drugs_365d: 3, distinct_drugs_90d: 2, new_drugs_in_stay: 1 });
    expect(only(features, 'medication_')).toEqual(['medication_anticoagulant', 'medication_insulin']);
  });

  it.concurrent.each([
    ['2020-04-05T18:00:00Z', 1, 1],
    ['2020-04-05T17:59:59.999Z', 0, 1],
    ['2019-07-05T18:00:00Z', 0, 1],
    ['2019-07-05T17:59:59.999Z', 0, 0],
  ])('an order of %s: %i in 90 days, %i in 365', async (on, quarter, year) => {
    const features = await featuresOf(warehouse, 'a', index, `Order m code=855332 on=${on}`);
    expect(features).toMatchObject({ distinct_drugs_90d: quarter, medication_anticoagulant: quarter, distinct_drugs_365d: year });
  });

  it.concurrent.each([
    ['a plan', 'on=2020-07-01T08:00:00Z intent=plan'],
    ['a proposal', 'on=2020-07-01T08:00:00Z intent=proposal'],
    ['entered in error', 'on=2020-07-01T08:00:00Z status=entered-in-error'],
    ['without a date', ''],
    ['after the discharge', 'on=2020-07-04T18:00:00.001Z'],
    ['of the day of discharge, time unknown', 'on=2020-07-04'],
  ])('does not count an order that is %s', async (_, fields) => {
    const features = await featuresOf(warehouse, 'a', index, `Order m code=855332 in=a ${fields}`);
    expect(features).toMatchObject({ distinct_drugs_365d: 0, new_drugs_in_stay: 0, medication_anticoagulant: 0 });
  });

  it.concurrent('does not count an order without a code as a drug', async () => {
    const features = await featuresOf(warehouse, 'a', index, 'Order m on=2020-07-01T08:00:00Z in=a');
    expect(features).toMatchObject({ distinct_drugs_365d: 0, new_drugs_in_stay: 0 });
  });
});

describe('procedures', () => {
  it.concurrent('counts distinct procedures of the stay, without paperwork', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      'IMP a 2020-06-30T12:00:00Z/2020-07-04T18:00:00Z at=north reason=22298006',
      'Procedure x1 code=232717009 on=2020-07-01T08:00:00Z in=a',
      'Procedure x2 code=232717009 on=2020-07-02T08:00:00Z in=a',
      'Procedure x3 code=265764009 on=2020-07-02T08:00:00Z in=a',
      'Procedure x4 code=116861002 on=2020-07-02T08:00:00Z',
      'Procedure x5 code=112798008 on=2020-06-30T11:59:59.999Z',
      'Procedure x6 code=103697008 on=2020-07-02T08:00:00Z in=a',
      'Procedure x7 code=112798008 on=2020-07-02T08:00:00Z in=a status=not-done',
      'Procedure x8 code=112798008 on=2020-07-04T18:00:00.001Z in=a',
    );
    expect(features).toMatchObject({
      stay_procedures: 3,
      stay_operation: 1,
      stay_dialysis: 1,
      stay_transfusion: 1,
      stay_ventilation: 0,
    });
  });

  it.concurrent('takes those of every encounter of a stitched stay and of no other', async () => {
    const features = await featuresOf(
      warehouse,
      'b',
      'IMP a 2020-06-30T12:00:00Z/2020-07-02T18:00:00Z at=north reason=233604007',
      'IMP b 2020-07-02T20:00:00Z/2020-07-04T18:00:00Z at=south reason=233604007',
      'AMB v 2020-07-03T08:00:00Z/2020-07-03T09:00:00Z',
      'Procedure x1 code=112798008 on=2020-07-01T08:00:00Z in=a',
      'Procedure x2 code=265764009 on=2020-07-03T08:00:00Z in=v',
    );
    expect(features).toMatchObject({ stay_procedures: 1, stay_ventilation: 1, stay_dialysis: 0 });
  });
});

describe('social', () => {
  it.concurrent('flags what is present', async () => {
    const features = await featuresOf(
      warehouse,
      'a',
      index,
      'Condition c1 code=73438004 from=2019-01-01',
      'Condition c2 code=422650009 from=2019-01-01 until=2019-12-31',
      'Condition c3 code=32911000 from=2020-07-02T08:00:00Z',
    );
    expect(only(features, 'social_')).toEqual(['social_unemployed', 'social_housing']);
  });
});
