/** One patient's life: who draws, what a draw owns, what it displaces, and that nothing else changes. */
import { describe, expect, it } from '@jest/globals';
import { createAdmissionModel } from '../../src/simulation/admissions.ts';
import { createContributions } from '../../src/simulation/contributions.ts';
import { covariateNames } from '../../src/simulation/covariates.ts';
import { defaultIndexRules } from '../../src/simulation/eligibility.ts';
import { factsOf } from '../../src/simulation/fact-reader.ts';
import { createProcess } from '../../src/simulation/linear-predictor.ts';
import { simulatePatient, type SimulatedPatient } from '../../src/simulation/patient-simulation.ts';
import { createPlanter } from '../../src/simulation/planted-stay.ts';
import { readProcess, type Intercepts, type ProcessDefinition } from '../../src/simulation/process.ts';
import { dayMs, dayNumber } from '../../src/simulation/record-time.ts';
import { expand } from '../cases/compact.ts';

const never = { unplanned: -60, death: -60, planned: -60 };
const always = { unplanned: 60, death: -60, planned: -60 };
const returnsOnly = readProcess('returns-only');
const until = Date.parse('2021-01-01T00:00:00Z');

interface Options {
  readonly intercepts?: Intercepts;
  readonly definition?: ProcessDefinition;
  readonly seed?: number;
  readonly untilMs?: number;
  readonly coveredFromMs?: number;
  readonly historyMs?: number;
}

function simulate(lines: readonly string[], options: Options = {}): SimulatedPatient {
  const { intercepts = never, definition = returnsOnly, seed = 1, untilMs = until } = options;
  const { coveredFromMs = null, historyMs = null } = options;
  const process = createProcess(definition, covariateNames);
  return simulatePatient(factsOf(expand(lines)), {
    seed,
    process,
    intercepts,
    contributions: createContributions(process).contributions,
    admissions: createAdmissionModel(definition.admissions),
    rules: {
      ...defaultIndexRules,
      coveredFromMs,
      historyMs,
      recordedUntilMs: untilMs,
      runOutDay: Math.floor(untilMs / dayMs) - 1,
    },
    utcOffsetMinutes: -300,
    planter: createPlanter(seed),
  });
}

const index = 'IMP a 2020-01-01T08:00:00-05:00/2020-01-04T10:00:00-05:00 at=north reason=84114007';
const day = (time: { readonly ymd: number } | null | undefined): number => (time ? (dayNumber(time.ymd) as number) : NaN);
const dayOf = (date: string): number => Date.parse(date) / dayMs;

describe('what a draw owns', () => {
  it('displaces natural stays and emergency visits up to the end of day 30, and nothing after', () => {
    const lines = [
      index,
      'EMER e5 2020-01-09T08:00:00-05:00/2020-01-09T12:00:00-05:00',
      'IMP d30 2020-02-03T23:00:00-05:00/2020-02-05T10:00:00-05:00 at=north reason=233604007',
      'IMP d31 2020-03-20T00:10:00-05:00/2020-03-22T10:00:00-05:00 at=north reason=233604007',
      'EMER e31 2020-02-04T00:30:00-05:00/2020-02-04T02:00:00-05:00',
      'AMB v 2020-01-10T09:00:00-05:00/2020-01-10T10:00:00-05:00',
    ];
    const { displaced, truth, facts } = simulate(lines);
    expect([...displaced].sort()).toEqual(['Encounter/d30', 'Encounter/e5']);
    expect(truth.map(({ indexId, state }) => [indexId, state])).toEqual([
      ['Encounter/a', 'none'],
      ['Encounter/d31', 'none'],
    ]);
    expect(facts.encounters.map(({ id }) => id)).toEqual(['Encounter/a', 'Encounter/e31', 'Encounter/d31']);
  });

  it('displaces with a stay every fact that names one of its encounters', () => {
    const lines = [
      index,
      'IMP b 2020-01-10T08:00:00-05:00/2020-01-12T10:00:00-05:00 at=north reason=233604007',
      'Condition c code=84114007 from=2020-01-10T09:00:00-05:00 recorded=2020-01-10T09:00:00-05:00 in=b',
      'Condition k code=84114007 from=2019-01-10T09:00:00-05:00 recorded=2019-01-10T09:00:00-05:00',
    ];
    expect(simulate(lines).facts.conditions.map(({ id }) => id)).toEqual(['k']);
  });

  it('moves a natural death in the window to noon of the day after it', () => {
    const { death, displaced } = simulate(['Patient p born=1950-06-15 sex=female died=2020-01-20T10:00:00-05:00', index]);
    expect(day(death)).toBe(dayOf('2020-02-04'));
    expect(death?.ms).toBe(Date.parse('2020-02-04T12:00:00-05:00'));
    expect(displaced.size).toBe(0);
  });

  it('leaves a death on day 31 alone, and one in the stay draws nothing', () => {
    expect(simulate(['Patient p born=1950-06-15 sex=female died=2020-02-04T00:10:00-05:00', index]).death).toBeUndefined();
    const diedIn = simulate(['Patient p born=1950-06-15 sex=female died=2020-01-04T12:00:00-05:00', index], {
      intercepts: always,
    });
    expect(diedIn.truth).toEqual([]);
    expect(diedIn.planted).toEqual([]);
  });
});

describe('who draws', () => {
  it('no child, no open stay, no discharge whose window leaves the records', () => {
    const none = (lines: readonly string[], untilMs = until): void => {
      expect(simulate(lines, { intercepts: always, untilMs }).truth).toEqual([]);
    };
    none(['Patient p born=2003-01-02 sex=male', index]);
    none([index.replace('2020-01-04T10:00:00-05:00', '')]);
    none([index], Date.parse('2020-02-03T00:00:00Z'));
    expect(simulate([index], { untilMs: Date.parse('2020-02-04T00:00:00Z') }).truth).toHaveLength(1);
    expect(simulate(['Patient p born=2002-01-01 sex=male', index]).truth).toHaveLength(1);
  });
});

describe('what is drawn', () => {
  it('an unplanned return begins more than 24 hours and at most 30 calendar days after each discharge, and draws again', () => {
    const { truth, stays, planted } = simulate([index], { intercepts: always });
    expect(planted.length).toBeGreaterThan(5);
    expect(stays).toHaveLength(planted.length + 1);
    for (const [i, row] of truth.entries()) {
      const [from, to] = [stays[i], stays[i + 1]];
      expect(row.state).toBe('unplanned');
      expect(row.planted).toBe(i > 0);
      if (from === undefined || to === undefined) continue;
      expect(to.admitMs - (from.dischargeMs as number)).toBeGreaterThan(dayMs);
      expect((dayNumber(to.admitYmd) as number) - (dayNumber(from.dischargeYmd as number) as number)).toBe(row.day);
      expect(row.day).toBeGreaterThanOrEqual(2);
      expect(row.day).toBeLessThanOrEqual(30);
      expect(to.plannedRule).toBeNull();
      expect(to.acuteSource).toBe('emergency-encounter');
    }
  });

  it('a planned return is planned by a rule', () => {
    const { stays } = simulate([index], { intercepts: { ...never, planned: 60 } });
    expect(stays.length).toBeGreaterThan(3);
    expect(stays.slice(1).every(({ plannedRule }) => plannedRule !== null)).toBe(true);
  });

  it('a death ends the record', () => {
    const lines = [
      index,
      'IMP b 2020-06-10T08:00:00-05:00/2020-06-12T10:00:00-05:00 at=north reason=233604007',
      'EMER e 2020-07-10T08:00:00-05:00/2020-07-10T10:00:00-05:00',
    ];
    const { truth, endMs, death, displaced, facts } = simulate(lines, { intercepts: { ...never, death: 60 } });
    expect(truth.map(({ state }) => state)).toEqual(['death']);
    expect(day(death)).toBe(dayOf('2020-01-04') + (truth[0]?.day as number));
    expect(death?.ms).toBe(endMs);
    expect(displaced.has('Encounter/b')).toBe(true);
    expect(facts.encounters.map(({ id }) => id)).toEqual(['Encounter/a']);
  });

  it('nothing is planted past the end of the records, and the end of a stay is not told before it comes', () => {
    const { stays, planted } = simulate([index], { intercepts: always });
    const last = planted.at(-1);
    expect(planted.every(({ admitMs }) => admitMs < until)).toBe(true);
    expect(stays.at(-1)?.dischargeMs ?? null).toBe(last?.open === true ? null : (last?.dischargeMs ?? null));
  });
});

describe('planted admissions', () => {
  const general = readProcess('general-hospital');
  const often: ProcessDefinition = {
    ...general,
    admissions: {
      ...general.admissions,
      causes: general.admissions.causes.map((cause) => ({ ...cause, per100000: cause.per100000.map((rate) => rate * 60) })),
    },
  };

  it('keep away from stays and from the 30 days after any discharge', () => {
    const { stays, planted } = simulate([index], { definition: often });
    expect(planted.length).toBeGreaterThan(10);
    for (const [i, stay] of stays.slice(1).entries()) {
      const before = stays[i];
      expect((dayNumber(stay.admitYmd) as number) - (dayNumber(before?.dischargeYmd as number) as number)).toBeGreaterThan(30);
    }
  });

  it('begin no later than the death, and a death in one of them moves past its window', () => {
    let late = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const died = Date.parse('2020-06-20T10:00:00-05:00');
      const life = simulate(['Patient p born=1950-06-15 sex=female died=2020-06-20T10:00:00-05:00', index], {
        definition: often,
        seed,
      });
      const end = life.death === undefined ? died : (life.death?.ms ?? Infinity);
      expect(life.planted.every(({ admitMs }) => admitMs < died)).toBe(true);
      expect(life.planted.every(({ dischargeMs }) => dischargeMs < end)).toBe(true);
      if (end !== died) late += 1;
    }
    expect(late).toBeGreaterThan(4);
  });

  it('are none before the record is complete', () => {
    const from = Date.parse('2019-06-01T00:00:00Z');
    let all = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { planted } = simulate([index], { definition: often, seed, coveredFromMs: from });
      all += planted.length;
      expect(planted.every(({ admitMs }) => admitMs >= from)).toBe(true);
    }
    expect(all).toBeGreaterThan(60);
  });
});

describe('a death that is drawn', () => {
  it('does not make the record complete from earlier on', () => {
    const year = 365.25 * dayMs;
    const lines = ['IMP a 2012-01-01T08:00:00-05:00/2012-01-04T10:00:00-05:00 at=north reason=84114007'];
    const died = simulate(lines, { intercepts: { ...never, death: 60 }, historyMs: 8 * year });
    const lived = simulate(lines, { historyMs: 8 * year });
    expect(died.truth.map(({ state, exclusion }) => [state, exclusion])).toEqual([['death', 'look-back']]);
    expect(lived.truth.map(({ exclusion }) => exclusion)).toEqual(['look-back']);
    expect(died.completeFromMs).toBe(until - 8 * year);
    expect(lived.completeFromMs).toBeNull();
  });
});

describe('truth', () => {
  const lines = [
    index,
    'IMP b 2020-06-10T08:00:00-05:00/2020-06-12T10:00:00-05:00 at=north reason=233604007',
    'Condition k code=84114007 from=2019-01-10 recorded=2019-01-10',
    'Order m code=855332 on=2020-01-02T09:00:00Z in=a',
  ];
  const middling = { unplanned: -1, death: -3, planned: -3 };

  it('has probabilities that contributions add up to', () => {
    const { truth } = simulate(lines, {
      intercepts: middling,
      definition: { ...returnsOnly, frailty: { ...returnsOnly.frailty, sd: 0 } },
    });
    expect(truth.length).toBeGreaterThan(1);
    for (const { contributions, probabilities, oracle } of truth) {
      const [u, d, p] = probabilities;
      const eta = Object.values(contributions).reduce((sum, value) => sum + value, middling.unplanned);
      expect(Math.log(u / (1 - u - d - p))).toBeCloseTo(eta, 10);
      expect(oracle[0]).toBeCloseTo(u, 12);
    }
  });

  it('is the same for the same seed in any order of resources, and another for another seed', () => {
    const options = { intercepts: middling, definition: readProcess('general-hospital') };
    const one = simulate(lines, options);
    expect(simulate([...lines].reverse(), options)).toEqual(one);
    expect(simulate(lines, { ...options, seed: 2 }).truth).not.toEqual(one.truth);
  });
});
