/**
 * The account of a simulation: counts over patients, and the identities that must hold between them.
 *
 * Checks  per patient: natural stays = those that happened + those displaced; planted stays = admissions + returns; returns = draws of a return; one end
 *         of the record for a drawn death; one row for each draw
 *         over all: the drawn states are as many as their probabilities say, within six standard deviations
 */
import { SimulationError } from '../errors.ts';
import type { SimulatedPatient } from './patient-simulation.ts';
import { outcomes, states, type State } from './process.ts';

/** Counts over discharges. */
export type StateCounts = Readonly<Record<State, number>>;

export interface SimulationCounts {
  readonly stays: { readonly natural: number; readonly admissions: number; readonly unplanned: number; readonly planned: number };
  /** Every discharge that was drawn for. */
  readonly draws: StateCounts;
  /** Those that are index discharges of hwr-like. */
  readonly index: StateCounts;
  readonly deaths: { readonly drawn: number; readonly moved: number };
}

export interface Tally {
  /** @throws {SimulationError} SIM_ACCOUNTING */
  add(patient: SimulatedPatient): void;
  /** @throws {SimulationError} SIM_ACCOUNTING */
  counts(): SimulationCounts;
}

export function createTally(): Tally {
  const draws = noStates();
  const index = noStates();
  const stays = { natural: 0, admissions: 0, unplanned: 0, planned: 0 };
  const deaths = { drawn: 0, moved: 0 };
  const expected = noStates();
  const variance = noStates();
  return {
    add(patient) {
      const { patientId, counts, naturalStays, planted, truth, endMs, death } = patient;
      const own = noStates();
      for (const { state, eligible, probabilities } of truth) {
        own[state] += 1;
        draws[state] += 1;
        if (eligible) index[state] += 1;
        outcomes.forEach((outcome, s) => {
          const p = probabilities[s] as number;
          expected[outcome] += p;
          variance[outcome] += p * (1 - p);
        });
      }
      equal(
        patientId,
        'natural stays that happened and those displaced',
        naturalStays.displaced + counts.natural,
        naturalStays.all,
      );
      equal(patientId, 'planted stays', planted.length, counts.admissions + counts.returns);
      equal(patientId, 'returns', counts.returns, own.unplanned + own.planned);
      equal(patientId, 'ends of the record', endMs === null ? 0 : 1, own.death);
      equal(patientId, 'discharges drawn for', new Set(truth.map(({ indexId }) => indexId)).size, truth.length);
      stays.natural += counts.natural;
      stays.admissions += counts.admissions;
      stays.unplanned += own.unplanned;
      stays.planned += own.planned;
      deaths.drawn += own.death;
      if (death !== undefined && endMs === null) deaths.moved += 1;
    },
    counts() {
      for (const outcome of outcomes) {
        const distance = Math.abs(draws[outcome] - expected[outcome]);
        if (distance <= 6 * Math.sqrt(variance[outcome]) + 1) continue;
        throw wrong(`about ${expected[outcome].toFixed(1)} draws of ${outcome}, as their probabilities say`, draws[outcome]);
      }
      return { stays, draws, index, deaths };
    },
  };
}

function equal(patientId: string, what: string, found: number, expected: number): void {
  if (found !== expected) throw wrong(`${patientId}: ${expected} ${what}`, found);
}

function wrong(expected: string, found: number): SimulationError {
  return new SimulationError('SIM_ACCOUNTING', `expected ${expected}, found ${found}; please report it`);
}

function noStates(): Record<State, number> {
  return Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
}
