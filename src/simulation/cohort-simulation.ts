/**
 * The simulation of a whole cohort from its facts: rates of the outcomes for given intercepts, and the intercepts that hit the targets.
 *
 * In      facts per patient, a process, the rules of the cohort that rates are counted in
 * Out     simulated patients in order of their id; intercepts, solved or as the process has them
 * Choice  a rate is the mean of the true probabilities over the index discharges, not the share of drawn states: the same target with less
 *         noise, so that a cohort of a few thousand discharges can be solved
 * Choice  a large cohort is solved on an evenly spaced part of its patients first; the whole cohort then needs a round or two, and is what
 *         the tolerance is held to
 * Choice  the solver begins where the target would be met by the discharges as they are before any return: from a start that is too high,
 *         returns beget returns without end
 */
import { setImmediate } from 'node:timers/promises';
import { stopIfCancelled } from '../util/cancellation.ts';
import { silent, type OnProgress } from '../util/progress.ts';
import { createAdmissionModel } from './admissions.ts';
import { createContributions } from './contributions.ts';
import { covariateNames } from './covariates.ts';
import type { PatientFacts } from './facts.ts';
import { solveIntercepts, type Rates, type SolvedIntercepts } from './intercepts.ts';
import { createProcess } from './linear-predictor.ts';
import { simulatePatient, type SimulatedPatient, type SimulationContext } from './patient-simulation.ts';
import { createPlanter } from './planted-stay.ts';
import { outcomes, type Intercepts, type Outcome, type ProcessDefinition } from './process.ts';
import type { IndexRules } from './stay.ts';
import type { TruthRow } from './truth.ts';

export interface CohortSimulationOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  readonly definition: ProcessDefinition;
  readonly rules: IndexRules;
  readonly utcOffsetMinutes: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface CohortSimulation {
  /** Covariates that the truth has contributions of. */
  readonly contributionNames: readonly string[];
  /** Covariates that any term reads. */
  readonly covariateNames: readonly string[];
  /** The process's own intercepts, or those solved on this cohort. @throws {SimulationError} SIM_INTERCEPTS */
  solve(): Promise<Pick<SolvedIntercepts, 'intercepts' | 'iterations'>>;
  /** Every patient, one after another; equal intercepts give equal lives. */
  patients(intercepts: Intercepts, task: string): AsyncGenerator<SimulatedPatient, void, undefined>;
}

/** Patients that the intercepts are first solved on. */
const partPatients = 2500;
/** Patients between two turns of the event loop. */
const stride = 64;

/** @throws {SimulationError} SIM_PROCESS_INVALID, SIM_COVARIATE_UNKNOWN */
export function createCohortSimulation(
  facts: ReadonlyMap<string, PatientFacts>,
  options: CohortSimulationOptions,
): CohortSimulation {
  const { definition, signal } = options;
  const onProgress = options.onProgress ?? silent;
  const process = createProcess(definition, covariateNames);
  const { covariates: contributionNames, contributions } = createContributions(process);
  const base: Omit<SimulationContext, 'intercepts'> = {
    seed: options.seed,
    process,
    contributions,
    admissions: createAdmissionModel(definition.admissions),
    rules: options.rules,
    utcOffsetMinutes: options.utcOffsetMinutes,
    planter: createPlanter(options.seed),
  };
  const ids = [...facts.keys()].sort();
  const step = Math.max(1, Math.floor(ids.length / partPatients));
  const part = ids.filter((_, i) => i % step === 0);

  async function* patients(
    intercepts: Intercepts,
    task: string,
    chosen: readonly string[] = ids,
  ): AsyncGenerator<SimulatedPatient, void, undefined> {
    const context = { ...base, intercepts };
    for (const [done, id] of chosen.entries()) {
      if (done % stride === 0) {
        await setImmediate();
        stopIfCancelled(signal, 'simulating');
        onProgress({ task, done, total: chosen.length });
      }
      yield simulatePatient(facts.get(id) as PatientFacts, context);
    }
    onProgress({ task, done: chosen.length, total: chosen.length });
  }

  async function ratesOf(
    intercepts: Intercepts,
    task: string,
    chosen: readonly string[] = ids,
  ): Promise<{ rates: Rates; etaMean: number }> {
    const sums = [0, 0, 0];
    let [discharges, eta] = [0, 0];
    for await (const { truth } of patients(intercepts, task, chosen)) {
      for (const row of truth) {
        if (!row.eligible) continue;
        discharges += 1;
        row.probabilities.forEach((p, s) => (sums[s] = (sums[s] as number) + p));
        eta += sumOf(row);
      }
    }
    const shares = outcomes.map((outcome, s) => [outcome, (sums[s] as number) / Math.max(1, discharges)] as const);
    return {
      rates: { ...(Object.fromEntries(shares) as Record<Outcome, number>), discharges },
      etaMean: eta / Math.max(1, discharges),
    };
  }

  return {
    contributionNames,
    covariateNames: process.covariates,
    patients,
    async solve() {
      if (definition.intercepts !== null) {
        return { intercepts: definition.intercepts, iterations: 0 };
      }
      const rest = 1 - outcomes.reduce((sum, outcome) => sum + definition.targets[outcome], 0);
      const odds = (outcome: Outcome): number => Math.log(Math.max(definition.targets[outcome], 1e-12) / rest);
      const unreturned = { unplanned: never, death: odds('death'), planned: odds('planned') };
      const { etaMean } = await ratesOf(unreturned, 'before returns', part);
      const start = { ...unreturned, unplanned: odds('unplanned') - etaMean - varianceShift };
      let round = 0;
      const solveOn = (chosen: readonly string[], from: Intercepts): Promise<SolvedIntercepts> =>
        solveIntercepts(
          { ...definition, intercepts: { ...from } },
          async (intercepts) => (await ratesOf(intercepts, `intercepts ${(round += 1)}`, chosen)).rates,
        );
      const coarse = part.length < ids.length ? (await solveOn(part, start)).intercepts : start;
      return { ...(await solveOn(ids, coarse)), iterations: round };
    },
  };
}

/** Log odds at which nothing is drawn. */
const never = -30;
/** The mean of a logistic over a spread of about 0.9 lies this much above the logistic of the mean, in log odds. */
const varianceShift = 0.3;

function sumOf(row: TruthRow): number {
  let sum = 0;
  for (const name in row.contributions) sum += row.contributions[name] as number;
  return sum;
}
