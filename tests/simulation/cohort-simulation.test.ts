/** A cohort's rates and intercepts: solved on it, frozen, impossible; and drawn states against their probabilities. */
import { describe, expect, it } from '@jest/globals';
import { createCohortSimulation, type CohortSimulation } from '../../src/simulation/cohort-simulation.ts';
import { defaultIndexRules } from '../../src/simulation/eligibility.ts';
import { factsOf } from '../../src/simulation/fact-reader.ts';
import { outcomes, readProcess, type ProcessDefinition, type State } from '../../src/simulation/process.ts';
import { dayMs } from '../../src/simulation/record-time.ts';
import { randomStream } from '../../src/util/random.ts';
import { expand } from '../cases/compact.ts';

const until = Date.parse('2021-01-01T00:00:00Z');
const rules = { ...defaultIndexRules, recordedUntilMs: until, runOutDay: Math.floor(until / dayMs) - 1 };
const returnsOnly = readProcess('returns-only');

/** Patients with one to three natural stays each. */
function cohort(size: number, definition: ProcessDefinition, seed = 1): CohortSimulation {
  const random = randomStream(11, 12);
  const facts = Array.from({ length: size }, (_, i) => {
    const lines = [`Patient p${i} born=19${30 + random.below(40)}-06-15 sex=${random.below(2) === 0 ? 'male' : 'female'}`];
    for (let stay = 0; stay <= random.below(3); stay += 1) {
      const start = Date.parse('2016-01-01T08:00:00Z') + (stay * 500 + random.below(300)) * dayMs;
      const end = start + (1 + random.below(9)) * dayMs;
      const time = (ms: number): string => new Date(ms).toISOString();
      lines.push(`IMP s${i}-${stay} ${time(start)}/${time(end)} of=p${i} at=north reason=84114007`);
    }
    return factsOf(expand(lines));
  });
  const byId = new Map(facts.map((one) => [one.patientId, one]));
  return createCohortSimulation(byId, { seed, definition, rules, utcOffsetMinutes: -300 });
}

async function drawn(
  simulation: CohortSimulation,
  definition: ProcessDefinition,
): Promise<{ counts: Record<State, number>; expected: number[]; n: number }> {
  const counts: Record<State, number> = { unplanned: 0, death: 0, planned: 0, none: 0 };
  const expected = [0, 0, 0];
  let n = 0;
  for await (const { truth } of simulation.patients(
    definition.intercepts as NonNullable<ProcessDefinition['intercepts']>,
    'test',
  )) {
    for (const { state, oracle, eligible } of truth) {
      if (!eligible) continue;
      n += 1;
      counts[state] += 1;
      oracle.forEach((p, s) => (expected[s] = (expected[s] as number) + p));
    }
  }
  return { counts, expected, n };
}

describe('solve', () => {
  it('hits the targets on the cohort and takes frozen intercepts as they are', async () => {
    const solved = await cohort(1500, returnsOnly).solve();
    expect(solved.iterations).toBeGreaterThan(0);
    const frozen = { ...returnsOnly, intercepts: { ...solved.intercepts } };
    expect(await cohort(1500, frozen).solve()).toEqual({ intercepts: solved.intercepts, iterations: 0 });
    const { counts, n } = await drawn(cohort(1500, frozen), frozen);
    expect(counts.unplanned / n).toBeGreaterThan(0.12);
    expect(counts.unplanned / n).toBeLessThan(0.18);
  });

  it('refuses a cohort without index discharges', async () => {
    const facts = factsOf(expand(['AMB v 2019-01-01T08:00:00Z/2019-01-01T09:00:00Z']));
    const simulation = createCohortSimulation(new Map([[facts.patientId, facts]]), {
      seed: 1,
      definition: returnsOnly,
      rules,
      utcOffsetMinutes: -300,
    });
    await expect(simulation.solve()).rejects.toMatchObject({ code: 'SIM_INTERCEPTS' });
  });
});

describe('drawn states', () => {
  it('are as many as the oracle expects, over several seeds', async () => {
    const definition = { ...returnsOnly, intercepts: { unplanned: -3, death: -4.5, planned: -3.8 } };
    const z: number[] = [];
    for (const seed of [1, 2, 3]) {
      const { counts, expected } = await drawn(cohort(1200, definition, seed), definition);
      outcomes.forEach((outcome, s) => {
        const mean = expected[s] as number;
        z.push((counts[outcome] - mean) / Math.sqrt(mean));
      });
    }
    expect(z).toHaveLength(9);
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4);
  });
});
