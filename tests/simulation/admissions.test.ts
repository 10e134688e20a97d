/** Rates of acute admissions: what a published rate becomes for one person, and which cause a return has. */
import { describe, expect, it } from '@jest/globals';
import { createAdmissionModel, pickCause, type Admissions } from '../../src/simulation/admissions.ts';
import { createCandidates } from '../../src/simulation/candidate-admissions.ts';
import { factsOf } from '../../src/simulation/fact-reader.ts';
import { readCauses } from '../../src/simulation/causes.ts';
import { readProcess } from '../../src/simulation/process.ts';
import { dayMs } from '../../src/simulation/record-time.ts';
import { randomStream } from '../../src/util/random.ts';
import { expand } from '../cases/compact.ts';

const yearMs = 365.25 * dayMs;
const admissions: Admissions = {
  plant: true,
  description: 'two causes',
  ageBands: [18, 60],
  firstShare: 0.8,
  sameCause: { 'heart-failure': 0.5, default: 0.1 },
  causes: [
    {
      cause: 'heart-failure',
      per100000: [100, 1000],
      maleRatio: 1.5,
      conditions: [{ group: 'charlson_chf', ratio: 11, prevalence: 0.1 }],
      source: 'made up',
    },
    { cause: 'pneumonia', per100000: [500, 3000], maleRatio: 1, conditions: [], source: 'made up' },
  ],
};
const model = createAdmissionModel(admissions);
const none = new Map<string, number>();

describe('hazards', () => {
  it('are the published rate on average over sex and over who has the condition', () => {
    const chf = new Map([['charlson_chf', 0]]);
    const average = [true, false]
      .map((male) => 0.1 * (model.hazards(70, male, chf, 1)[0] as number) + 0.9 * (model.hazards(70, male, none, 1)[0] as number))
      .reduce((sum, hazard) => sum + hazard / 2, 0);
    expect(average).toBeCloseTo((0.8 * 1000) / 100_000, 12);
    expect((model.hazards(70, true, none, 1)[0] as number) / (model.hazards(70, false, none, 1)[0] as number)).toBeCloseTo(
      1.5,
      12,
    );
    expect((model.hazards(70, true, chf, 1)[0] as number) / (model.hazards(70, true, none, 1)[0] as number)).toBeCloseTo(11, 12);
  });

  it('step at the age bands and are zero below the first', () => {
    expect([...model.hazards(17, true, none, 1)]).toEqual([0, 0]);
    expect(model.hazards(59, true, none, 1)[1]).toBeCloseTo(0.004, 12);
    expect(model.hazards(60, true, none, 1)[1]).toBeCloseTo(0.024, 12);
  });

  it('count a condition from its first record on', () => {
    const facts = factsOf(expand(['Condition c code=84114007 from=2015-01-01 recorded=2016-03-01']));
    const onsets = model.onsets(facts);
    expect(model.hazards(70, true, onsets, Date.parse('2016-02-01'))).toEqual(model.hazards(70, true, none, 0));
    expect(model.hazards(70, true, onsets, Date.parse('2016-04-01'))[0]).toBeGreaterThan(
      model.hazards(70, true, none, 0)[0] as number,
    );
  });

  it('refuse a condition that is no value set', () => {
    const [first] = admissions.causes;
    const wrong = { ...admissions, causes: [{ ...first!, conditions: [{ group: 'charlson_xyz', ratio: 2, prevalence: 0.1 }] }] };
    expect(() => createAdmissionModel(wrong)).toThrow(expect.objectContaining({ code: 'SIM_PROCESS_INVALID' }));
  });
});

describe('causes', () => {
  it('are drawn in proportion to the hazards', () => {
    const hazards = Float64Array.of(1, 3);
    expect([0, 0.2499, 0.25, 0.999].map((u) => pickCause(['a', 'b'], hazards, u))).toEqual(['a', 'a', 'b', 'b']);
  });

  it('of returns are those of the stay before as often as said', () => {
    const share = (index: string | null): number => {
      const stream = randomStream(1, 2);
      const hazards = Float64Array.of(0, 1);
      const drawn = Array.from({ length: 4000 }, () => model.returnCause(index, hazards, stream));
      return drawn.filter((cause) => cause === 'heart-failure').length / drawn.length;
    };
    expect(share('heart-failure')).toBeCloseTo(0.5, 1);
    expect(share('pneumonia')).toBe(0);
    expect(share(null)).toBe(0);
  });

  it('of the shipped processes are causes that can be planted', () => {
    const known = new Set(
      readCauses()
        .filter(({ kind }) => kind === 'acute')
        .map(({ name }) => name),
    );
    const rates = readProcess('general-hospital').admissions;
    expect(rates.plant).toBe(true);
    expect(readProcess('returns-only').admissions).toEqual({ ...rates, plant: false });
    expect(rates.causes.map(({ cause }) => cause).filter((cause) => !known.has(cause))).toEqual([]);
    expect(Object.keys(rates.sameCause).filter((cause) => cause !== 'default' && !known.has(cause))).toEqual([]);
  });
});

describe('candidates', () => {
  it('come in order, within the span, and as often as the hazards say', () => {
    const facts = factsOf(expand(['Patient p born=1900-01-01 sex=male']));
    const from = Date.parse('1970-01-01');
    const to = from + 2000 * yearMs;
    const next = createCandidates(model, from, to, randomStream(3, 4));
    const times: number[] = [];
    for (let one = next(facts); one !== null; one = next(facts)) times.push(one.startMs);
    expect(times.length / 2000).toBeGreaterThan(0.02);
    // A man of 60 and over without heart failure: 1.2 times 0.004 a year, and 0.024.
    expect(Math.abs(times.length - 2000 * (0.024 + (0.008 * 1.2) / 2))).toBeLessThan(4 * Math.sqrt(60));
    expect(times.every((time, i) => time >= from && time < to + 31 * dayMs && (i === 0 || time > (times[i - 1] as number)))).toBe(
      true,
    );
  });

  it('take the same numbers for each month, whatever came before', () => {
    const facts = factsOf(expand(['Patient p born=1930-01-01 sex=male']));
    const all = (toMs: number): number[] => {
      const next = createCandidates(model, 0, toMs, randomStream(5, 6));
      const times: number[] = [];
      for (let one = next(facts); one !== null; one = next(facts)) times.push(one.startMs);
      return times;
    };
    const long = all(400 * yearMs);
    const short = all(200 * yearMs);
    expect(short.length).toBeGreaterThan(0);
    expect(long.slice(0, short.length)).toEqual(short);
  });
});
