/** Covariates by hand: both edges of every window, and nothing that was recorded after the discharge. */
import { describe, expect, it } from '@jest/globals';
import { covariateNames, covariatesAt, type Covariates } from '../../src/simulation/covariates.ts';
import { defaultIndexRules, exclusionOf, indexRulesOf } from '../../src/simulation/eligibility.ts';
import { factsOf } from '../../src/simulation/fact-reader.ts';
import { dayNumber } from '../../src/simulation/record-time.ts';
import { staysOf } from '../../src/simulation/stays.ts';
import { expand } from '../cases/compact.ts';

const day = 86_400_000;
const admitMs = Date.UTC(2020, 5, 1, 8);
const dischargeMs = Date.UTC(2020, 5, 6, 20);
const iso = (ms: number): string => new Date(ms).toISOString();
const index = `IMP i ${iso(admitMs)}/${iso(dischargeMs)} at=north reason=88805009 type=32485007`;

/** Covariates of the stay i. */
function at(...lines: string[]): Covariates {
  const facts = factsOf(expand(['Patient p born=1950-06-15 sex=male', index, ...lines]));
  const stays = staysOf(facts);
  const stay = stays.find(({ stayId }) => stayId === 'Encounter/i');
  if (stay === undefined) throw new Error('the index stay is missing');
  return covariatesAt(facts, stays, stay);
}
const stayOf = (start: number, end: number): string => `IMP s ${iso(start)}/${iso(end)} at=south`;

describe('covariates', () => {
  it('are all there, with what nothing says as 0 or NaN', () => {
    const values = at();
    expect(Object.keys(values).sort()).toEqual([...covariateNames].sort());
    expect(values).toMatchObject({
      age_years: 69,
      sex_male: 1,
      length_of_stay_days: 5.5,
      acute_admission: 1,
      reason_heart_failure: 1,
      reason_stroke: 0,
      prior_admissions_365d: 0,
      days_since_last_discharge: Number.NaN,
      charlson_index: 0,
      last_sodium: Number.NaN,
      stay_procedures: 0,
    });
  });

  it('count earlier stays by their admission in the year before', () => {
    const earlier = (admit: number): Covariates => at(stayOf(admit, admit + 2 * day));
    expect(earlier(admitMs - 365 * day)).toMatchObject({
      prior_admissions_365d: 1,
      prior_bed_days_365d: 2,
      prior_admissions_30d: 0,
    });
    expect(earlier(admitMs - 365 * day - 1)).toMatchObject({
      prior_admissions_365d: 0,
      days_since_last_discharge: 363 + 1 / day,
    });
    expect(earlier(admitMs - 30 * day)).toMatchObject({ prior_admissions_30d: 1, prior_unplanned_admissions_365d: 1 });
    expect(earlier(admitMs - 30 * day - 1)).toMatchObject({ prior_admissions_30d: 0, prior_admissions_365d: 1 });
    expect(earlier(dischargeMs + 5 * day)).toMatchObject({ prior_admissions_365d: 0, days_since_last_discharge: Number.NaN });
  });

  it('count emergency visits, but not the one that led to the admission', () => {
    const visit = (start: number, hours = 1): Covariates => at(`EMER e ${iso(start)}/${iso(start + hours * 3_600_000)}`);
    expect(visit(admitMs - 180 * day)).toMatchObject({ emergency_visits_180d: 1, emergency_visits_365d: 1 });
    expect(visit(admitMs - 180 * day - 1)).toMatchObject({ emergency_visits_180d: 0, emergency_visits_365d: 1 });
    expect(visit(admitMs - 365 * day)).toMatchObject({ emergency_visits_365d: 1 });
    expect(visit(admitMs - 365 * day - 1)).toMatchObject({ emergency_visits_365d: 0 });
    expect(visit(admitMs - day, 2)).toMatchObject({ emergency_visits_365d: 0, admitted_through_emergency: 1 });
    expect(visit(admitMs - 2 * day, 23)).toMatchObject({ emergency_visits_365d: 1, admitted_through_emergency: 0 });
    expect(visit(admitMs)).toMatchObject({ emergency_visits_365d: 0, admitted_through_emergency: 1 });
  });

  it('know a condition from its record on, while it had not ended before the admission', () => {
    const chf = (words: string): number => at(`Condition c code=88805009 from=2015-01-01 ${words}`).charlson_chf;
    expect(chf(`recorded=${iso(dischargeMs)}`)).toBe(1);
    expect(chf(`recorded=${iso(dischargeMs + 1)}`)).toBe(0);
    expect(chf('recorded=2020-06-06')).toBe(0);
    expect(chf('recorded=2020-06-05')).toBe(1);
    expect(chf(`until=${iso(admitMs)}`)).toBe(1);
    expect(chf(`until=${iso(admitMs - 1)}`)).toBe(0);
    expect(chf(`until=${iso(dischargeMs + 1)}`)).toBe(1);
  });

  it('know a condition without a date by the end of its encounter', () => {
    const visit = (end: number): Covariates => at(`AMB v ${iso(end - 3_600_000)}/${iso(end)}`, 'Condition c code=88805009 in=v');
    expect(visit(dischargeMs - 1).charlson_chf).toBe(1);
    expect(visit(dischargeMs).charlson_chf).toBe(0);
    expect(at('Condition c code=88805009 in=i').charlson_chf).toBe(1);
    expect(at('Condition c code=88805009').charlson_chf).toBe(0);
  });

  it('silence a dominated category in the index, not in the flags', () => {
    const both = at('Condition a code=44054006 from=2015-01-01', 'Condition b code=127013003 from=2015-01-01');
    expect(both).toMatchObject({ charlson_diab: 1, charlson_diabwc: 1 });
    expect(both.charlson_index).toBe(at('Condition b code=127013003 from=2015-01-01').charlson_index);
  });

  it('count drugs of the year, of 90 days, and those first ordered in the stay', () => {
    const order = (id: string, ms: number, code = '855332'): string => `Order ${id} code=${code} on=${iso(ms)}`;
    expect(at(order('a', dischargeMs - 365 * day), order('b', dischargeMs - 365 * day - 1, '309362'))).toMatchObject({
      distinct_drugs_365d: 1,
      distinct_drugs_90d: 0,
      medication_anticoagulant: 0,
      new_drugs_in_stay: 0,
    });
    expect(at(order('a', dischargeMs - 90 * day), order('b', dischargeMs - 90 * day))).toMatchObject({
      distinct_drugs_90d: 1,
      medication_anticoagulant: 1,
    });
    expect(at(order('a', admitMs))).toMatchObject({ new_drugs_in_stay: 1 });
    expect(at(order('a', admitMs - 1), order('b', dischargeMs))).toMatchObject({ new_drugs_in_stay: 0, distinct_drugs_90d: 1 });
    expect(at(order('a', admitMs - 900 * day), order('b', admitMs))).toMatchObject({ new_drugs_in_stay: 0 });
    expect(at(order('a', dischargeMs + 1))).toMatchObject({ distinct_drugs_365d: 0 });
  });

  it('take the last value from 24 h before the admission to the discharge', () => {
    const value = (id: string, ms: number, x: number, words = 'in=i'): string =>
      `Observation ${id} code=2951-2 value=${x} unit=mmol/L on=${iso(ms)} ${words}`;
    const last = (...lines: string[]): number => at(...lines).last_sodium;
    expect(last(value('a', admitMs - day, 131))).toBe(131);
    expect(last(value('a', admitMs - day - 1, 131))).toBeNaN();
    expect(last(value('a', dischargeMs, 131))).toBe(131);
    expect(last(value('a', dischargeMs, 131, `in=i issued=${iso(dischargeMs + 1)}`))).toBeNaN();
    expect(last(value('a', admitMs, 131), value('b', admitMs + 1, 135))).toBe(135);
    expect(last(value('b', admitMs, 131), value('a', admitMs, 135))).toBe(131);
  });

  it('take body mass of the last year', () => {
    const bmi = (ms: number): number => at(`Observation b code=39156-5 value=31 unit=kg/m2 on=${iso(ms)}`).last_bmi;
    expect(bmi(dischargeMs - 365 * day)).toBe(31);
    expect(bmi(dischargeMs - 365 * day - 1)).toBeNaN();
  });

  it('count procedures of the stay, without assessments', () => {
    const values = at(
      `Procedure a code=232717009 on=${iso(admitMs)} in=i`,
      `Procedure b code=232717009 on=${iso(admitMs + 1)}`,
      `Procedure c code=265764009 on=${iso(admitMs - 1)}`,
      `Procedure d code=112798008 on=${iso(dischargeMs + 1)} in=i`,
      `Procedure e code=710824005 on=${iso(admitMs)} in=i`,
    );
    expect(values).toMatchObject({ stay_procedures: 1, stay_operation: 1, stay_dialysis: 0, stay_ventilation: 0 });
  });

  it('are not for a stay that is open', () => {
    const facts = factsOf(expand([`IMP i ${iso(admitMs)}/`]));
    const stays = staysOf(facts);
    expect(() => covariatesAt(facts, stays, stays[0] as (typeof stays)[number])).toThrow(
      expect.objectContaining({ code: 'SIM_OPEN_STAY' }),
    );
  });
});

describe('the end of the records', () => {
  const manifest = (transactionTime: string, from: string | null = null, historyYears?: number) => ({
    transactionTime,
    coverage: { types: [], from, ...(historyYears === undefined ? {} : { historyYears }) },
  });

  it('is the earlier of the asking and the last event, and its last day one that had ended', () => {
    const end = Date.UTC(2021, 0, 1);
    expect(indexRulesOf(manifest('2021-01-01T00:00:00Z'), end + day)).toMatchObject({
      recordedUntilMs: end,
      runOutDay: dayNumber(20201231),
    });
    expect(indexRulesOf(manifest('2021-01-01T00:00:00Z'), end - 1)).toMatchObject({ runOutDay: dayNumber(20201231) });
    expect(indexRulesOf(manifest('2021-01-01T00:00:00Z'), end - 2)).toMatchObject({ runOutDay: dayNumber(20201230) });
  });

  it('keeps out a stay whose horizon or look-back it cuts', () => {
    const facts = factsOf(expand(['Patient p born=1950', index]));
    const [stay] = staysOf(facts);
    if (stay === undefined) throw new Error('no stay');
    const rules = (changes: Partial<typeof defaultIndexRules>): string | null =>
      exclusionOf(facts, stay, { ...defaultIndexRules, ...changes });
    const dischargeDay = dayNumber(20200606) as number;
    expect(rules({ runOutDay: dischargeDay + 30 })).toBeNull();
    expect(rules({ runOutDay: dischargeDay + 29 })).toBe('run-out');
    expect(rules({ coveredFromMs: admitMs - 365 * day })).toBeNull();
    expect(rules({ coveredFromMs: admitMs - 365 * day + 1 })).toBe('look-back');
    const until = { historyMs: 1000 * day, runOutDay: dischargeDay + 3000 };
    expect(rules({ ...until, recordedUntilMs: admitMs + 635 * day })).toBeNull();
    expect(rules({ ...until, recordedUntilMs: admitMs + 635 * day + 1 })).toBe('look-back');
  });
});
