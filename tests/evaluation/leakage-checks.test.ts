import { describe, expect, it } from '@jest/globals';
import { clockCheck, columnAuroc, duplicateCheck, singleFeatureCheck, spearman } from '../../src/evaluation/index.ts';
import { randomStream } from '../../src/util/random.ts';

const n = 600;
const stream = randomStream(11, 0);
const noise = (): Float64Array => Float64Array.from({ length: n }, () => stream.uniform());
const outcome = Uint8Array.from({ length: n }, () => (stream.uniform() < 0.2 ? 1 : 0));
const plain = { name: 'plain', values: noise() };
const year = 365 * 86_400_000;

describe('single feature', () => {
  it('finds a column made of the outcome and some noise, whichever way round', () => {
    for (const sign of [1, -1]) {
      const leak = { name: 'leak', values: noise().map((v, i) => sign * (outcome[i]! + 0.8 * v)) };
      const check = singleFeatureCheck(outcome, [plain, leak]);
      expect(check).toMatchObject({ verdict: 'fail', features: ['leak'] });
      expect(check.figures['leak']).toBeGreaterThan(0.9);
    }
  });

  it('finds an outcome that shows in what is missing', () => {
    const values = noise().map((v, i) => (outcome[i] === 1 && v < 0.95 ? NaN : v));
    expect(columnAuroc(outcome, values).auroc).toBeGreaterThan(0.9);
    expect(singleFeatureCheck(outcome, [plain, { name: 'gone', values }]).features).toEqual(['gone']);
  });

  it('fails nobody for a lucky column of few events', () => {
    const few = outcome.slice(0, 20).map((_, i) => (i < 2 ? 1 : 0));
    const lucky = { name: 'lucky', values: Float64Array.from(few, (y, i) => (y === 1 ? 0.8 : i / 20)) };
    expect(singleFeatureCheck(few, [lucky]).figures['lucky']).toBeGreaterThan(0.75);
    // The interval of a column that has both events at its top has no width.
    const perfect = { name: 'perfect', values: Float64Array.from(few, (y, i) => y + i / 100) };
    expect(columnAuroc(few, perfect.values).lower).toBe(1);
    expect(singleFeatureCheck(few, [lucky, perfect])).toMatchObject({ verdict: 'not-assessed', features: [] });
    const enough = Uint8Array.from({ length: 40 }, (_, i) => (i < 10 ? 1 : 0));
    const leak = { name: 'leak', values: Float64Array.from(enough) };
    expect(singleFeatureCheck(enough, [leak]).verdict).toBe('fail');
  });

  it('passes noise and constant columns, and says which came first', () => {
    const check = singleFeatureCheck(outcome, [plain, { name: 'constant', values: new Float64Array(n).fill(3) }]);
    expect(check.verdict).toBe('pass');
    expect(check.finding).toContain('plain');
    expect(check.figures['constant']).toBe(0.5);
  });
});

describe('calendar time and record length', () => {
  const clock = noise().map((v) => 10 * year * v);

  it('finds a column that is a date, and one that half follows it', () => {
    const dated = { name: 'dated', values: clock.map((ms) => Math.floor(ms / year)) };
    const drifting = { name: 'drifting', values: noise().map((v, i) => v + clock[i]! / (8 * year)) };
    const check = clockCheck('calendar-time', clock, [plain, dated, drifting]);
    expect(check).toMatchObject({ verdict: 'fail', features: ['dated', 'drifting'] });
    expect(clockCheck('calendar-time', clock, [plain, drifting])).toMatchObject({ verdict: 'warn', features: ['drifting'] });
    expect(clockCheck('calendar-time', clock, [plain]).verdict).toBe('pass');
  });

  it('leaves a column alone that only follows age, where a record is kept for life', () => {
    const age = { name: 'age_years', values: noise().map((v) => 20 + 70 * v) };
    const record = age.values.map((years) => (years - 15 * stream.uniform()) * year);
    const grey = { name: 'grey', values: age.values.map((years) => years + 4 * stream.uniform()) };
    const months = { name: 'age_months', values: age.values.map((years) => 12 * years) };
    const length = { name: 'length', values: record.map((ms) => Math.floor(ms / year)) };
    expect(clockCheck('record-length', record, [age, grey, months]).verdict).toBe('fail');
    const given = clockCheck('record-length', record, [age, grey, months], age);
    expect(given.verdict).toBe('pass');
    expect(Object.keys(given.figures)).toEqual(['grey']);
    expect(given.bound).toContain('given age_years');
    expect(clockCheck('record-length', record, [plain, grey, { ...length, values: record.map((ms) => -ms) }], age)).toMatchObject(
      {
        verdict: 'fail',
        features: ['length'],
      },
    );
  });

  it('is the partial correlation of the residuals of ranks', () => {
    const age = noise();
    const a = noise().map((v, i) => v + age[i]!);
    const b = noise().map((v, i) => v + age[i]! + 0.3 * a[i]!);
    const ranks = (values: Float64Array): Float64Array => values.map((v) => values.filter((other) => other < v).length);
    const residual = (values: Float64Array): Float64Array => {
      const [y, x] = [ranks(values), ranks(age)];
      const centre = (n - 1) / 2;
      const slope = y.reduce((s, v, i) => s + (v - centre) * (x[i]! - centre), 0) / x.reduce((s, v) => s + (v - centre) ** 2, 0);
      return y.map((v, i) => v - centre - slope * (x[i]! - centre));
    };
    const [p, q] = [residual(a), residual(b)];
    const dot = (u: Float64Array, v: Float64Array): number => u.reduce((s, x, i) => s + x * v[i]!, 0);
    const expected = dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
    const { figures } = clockCheck('record-length', b, [{ name: 'a', values: a }], { name: 'age_years', values: age });
    expect(figures['a']).toBeCloseTo(expected, 10);
    expect(Math.abs(expected - spearman(a, b))).toBeGreaterThan(0.05);
  });

  it('assesses nothing without times', () => {
    expect(
      clockCheck(
        'record-length',
        clock.map((ms, i) => (i === 3 ? NaN : ms)),
        [plain],
      ).verdict,
    ).toBe('not-assessed');
  });
});

describe('duplicates', () => {
  const times = noise().map((v) => Math.floor(v * year));
  const patients = Int32Array.from({ length: n }, (_, i) => i);

  it('finds one patient under two ids, and no stay of one patient twice', () => {
    expect(duplicateCheck(patients, times, [plain]).verdict).toBe('pass');
    const twice = { name: 'plain', values: plain.values.map((v, i, all) => (i < 5 ? all[i + 5]! : v)) };
    const sameTimes = times.map((v, i, all) => (i < 5 ? all[i + 5]! : v));
    const check = duplicateCheck(patients, sameTimes, [twice]);
    expect(check).toMatchObject({ verdict: 'fail', figures: { rows: 5, patients: 5 } });
    const onePatient = patients.map((p) => (p < 10 ? p % 5 : p));
    expect(duplicateCheck(onePatient, sameTimes, [twice]).verdict).toBe('pass');
    expect(duplicateCheck(patients, times, [twice]).verdict).toBe('pass');
  });

  it('takes values that many patients have at many times for no sign', () => {
    const points = { name: 'points', values: Float64Array.from({ length: n }, (_, i) => i % 4) };
    const date = Float64Array.from({ length: n }, (_, i) => (i % 30) * 86_400_000);
    expect(duplicateCheck(patients, date, [points]).verdict).toBe('pass');
    // Two patients alone with their values, at the same two times.
    const pair = Float64Array.of(1, 1, 1, 1);
    const check = duplicateCheck(Int32Array.of(0, 0, 1, 1), Float64Array.of(5, 9, 5, 9), [{ name: 'pair', values: pair }]);
    expect(check).toMatchObject({ verdict: 'fail', figures: { rows: 2, patients: 1 } });
  });

  it('holds missing values for equal, and assesses nothing without times', () => {
    const gone = { name: 'gone', values: new Float64Array(n).fill(NaN) };
    expect(duplicateCheck(patients, new Float64Array(n).fill(1), [gone]).figures['rows']).toBe(n - 1);
    expect(duplicateCheck(patients, new Float64Array(n).fill(NaN), [gone]).verdict).toBe('not-assessed');
  });
});
