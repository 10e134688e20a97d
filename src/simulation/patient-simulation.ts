/**
 * One patient's simulated life: natural stays and planted acute admissions in order of time, and one draw after every discharge.
 *
 * In      the patient's natural facts; a process with intercepts; the rules and the end of the records
 * Out     planted resources, what they displace, a death drawn or moved, and one truth row per draw
 * Time    the window that a draw owns runs from the discharge to the end of the calendar day horizonDays later, as written in the record
 * Choice  who draws: every adult acute stay that ended alive and whose whole window lies in the records; other stays keep what nature wrote
 *         after them
 * Choice  a planted stay owns the time from its emergency visit on: natural stays and emergency visits that begin in it, or in the window
 *         after it, did not happen. A natural death there moves to noon of the day after the window
 * Choice  no planted admission begins in a stay or in the window after one, nor where the record is not complete
 * Choice  each discharge draws from a stream of its own, named by its encounter: another outcome earlier in life leaves later numbers alone
 * Choice  a drawn death ends the record: whatever nature wrote after it did not happen
 */
import type { AdmissionModel } from './admissions.ts';
import { ageAt, createCandidates, type Candidate } from './candidate-admissions.ts';
import { drawPlannedCause } from './causes.ts';
import type { CovariateValues, Process } from './linear-predictor.ts';
import { covariatesAt } from './covariates.ts';
import { ageAtAdmission, completeFromMs, diedBy, exclusionOf, graceMs } from './eligibility.ts';
import { instantOn, timeAt, windowOf, type Window } from './window.ts';
import { SimulationError } from '../errors.ts';
import type { FactTime, PatientFacts } from './facts.ts';
import { factsOf } from './fact-reader.ts';
import { createFrailtyPosterior } from './frailty.ts';
import { drawDay, drawFrailty, drawState } from './outcome-draw.ts';
import { namedStream } from './patient-stream.ts';
import { normal } from './planted-chance.ts';
import type { PlantedStay, Planter } from './planted-stay.ts';
import { personAt } from './person.ts';
import type { Intercepts } from './process.ts';
import { dayMs, dayNumber } from './record-time.ts';
import type { IndexRules, Stay } from './stay.ts';
import { createTimeline } from './timeline.ts';
import type { TruthRow } from './truth.ts';

/** Youngest age, in whole years at admission, at which the process draws. */
const adultAge = 18;
/** Longer than any planted emergency visit takes before the admission. */
const emergencyLeadMs = 12 * 3_600_000;

/** How ill a person is at a stay is partly the person's own: weights of two standard normals whose sum is one again. */
const personWeight = 0.5;
const stayWeight = Math.sqrt(1 - personWeight ** 2);

export interface SimulationContext {
  readonly seed: number;
  readonly process: Process;
  readonly intercepts: Intercepts;
  /** Shapley values of the true log odds; see ./contributions.ts. */
  contributions(covariates: CovariateValues): Record<string, number>;
  readonly admissions: AdmissionModel;
  /** Index rules of the cohort that the rates are counted in, with the end of the records. */
  readonly rules: IndexRules;
  /** Offset from UTC in which planted times are written, minutes. */
  readonly utcOffsetMinutes: number;
  readonly planter: Planter;
}

export interface SimulatedPatient {
  readonly patientId: string;
  readonly facts: PatientFacts;
  readonly stays: readonly Stay[];
  readonly planted: readonly PlantedStay[];
  /** Ids of natural encounters that did not happen. */
  readonly displaced: ReadonlySet<string>;
  /** When a drawn death ended the record, epoch ms; null where none was drawn. */
  readonly endMs: number | null;
  /** Undefined where the natural record of death stands; null is no death within the records any more. */
  readonly death: FactTime | null | undefined;
  /** From when on the record is complete, epoch ms, where its changed end no longer tells; else null. */
  readonly completeFromMs: number | null;
  /** Natural stays that happened, planted admissions and planted returns, counted as they happened. */
  readonly naturalStays: { readonly all: number; readonly displaced: number };
  readonly counts: { readonly natural: number; readonly admissions: number; readonly returns: number };
  readonly truth: readonly TruthRow[];
}

interface Draw {
  readonly stay: Stay;
  readonly row: Omit<TruthRow, 'eligible' | 'exclusion'>;
}

export function simulatePatient(natural: PatientFacts, context: SimulationContext): SimulatedPatient {
  const { seed, process, intercepts, admissions, rules } = context;
  const { definition } = process;
  const { patientId } = natural;
  const untilMs = rules.recordedUntilMs ?? Infinity;
  const completeMs = completeFromMs(natural, rules);
  const timeline = createTimeline(natural, rules);
  const frailty = drawFrailty(namedStream(seed, `frailty ${patientId}`), definition.frailty.sd);
  const posterior = createFrailtyPosterior(process);
  const personSeverity = personWeight * normal(namedStream(seed, `severity ${patientId}`));
  const planted: PlantedStay[] = [];
  const draws: Draw[] = [];
  /** Causes of planted stays, by stay. */
  const causeOf = new Map<string, string>();
  let freeFromMs = -Infinity;
  let endMs: number | null = null;
  let movedDeath = false;
  const counts = { natural: 0, admissions: 0, returns: 0 };

  const plant = (cause: string, startMs: number, key: string, isReturn: boolean): Stay => {
    const random = namedStream(seed, `stay ${patientId} ${key}`);
    const request = {
      patientId,
      key,
      cause,
      startMs,
      isReturn,
      utcOffsetMinutes: context.utcOffsetMinutes,
      ...personAt(timeline.facts(), startMs),
      severity: personSeverity + stayWeight * normal(random),
      recordedUntilMs: rules.recordedUntilMs,
    };
    const stay = context.planter.plantStay(request, random);
    timeline.displace(stay.emergencyStartMs ?? stay.admitMs, { ms: stay.open ? Infinity : stay.dischargeMs });
    planted.push(stay);
    const added = timeline.plant(factsOf(stay.resources));
    causeOf.set(added.stayId, cause);
    counts[isReturn ? 'returns' : 'admissions'] += 1;
    const window = windowOf(added, definition.horizonDays, context.utcOffsetMinutes);
    if (window !== null) moveDeath(window);
    else if (timeline.facts().death !== null) setDeath(null);
    return added;
  };

  /** What follows a stay that happened, and the stays that follow from it. */
  const follow = (first: Stay): void => {
    for (let stay: Stay | null = first; stay !== null;) {
      const window = windowOf(stay, definition.horizonDays, context.utcOffsetMinutes);
      freeFromMs = window === null ? Infinity : window.endMs;
      if (window === null || !isDrawn(timeline.facts(), stay, window, rules)) return;
      stay = drawAfter(stay, window);
    }
  };

  const drawAfter = (stay: Stay, window: Window): Stay | null => {
    const facts = timeline.facts();
    const covariates = covariatesAt(facts, timeline.stays(), stay);
    const eta = process.predictors(covariates);
    const probabilities = process.probabilities(eta, frailty, intercepts);
    const oracle = posterior.oracle(eta, intercepts);
    const stream = namedStream(seed, `outcome ${patientId} ${stay.dischargeEncounterId}`);
    const [what, when, clock] = [stream.uniform(), stream.uniform(), stream.uniform()];
    const state = drawState(what, probabilities);
    const day = state === 'none' ? null : drawDay(when, definition.returnDay, definition.horizonDays);
    posterior.update(eta, intercepts, state);
    draws.push({
      stay,
      row: {
        patientId,
        indexId: stay.dischargeEncounterId,
        dischargeMs: stay.dischargeMs as number,
        planted: causeOf.has(stay.stayId),
        frailty,
        probabilities,
        oracle,
        state,
        day,
        covariates,
        contributions: context.contributions(covariates),
      },
    });
    timeline.displace(stay.dischargeMs as number, { day: window.endDay });
    moveDeath(window);
    if (day === null) return null;
    // Who is expected comes in the morning.
    const atMs = instantOn(window.dischargeDay + day, state === 'planned' ? 0.25 + clock / 4 : clock, context.utcOffsetMinutes);
    if (state === 'death') {
      timeline.end(atMs);
      setDeath(timeAt(atMs, context.utcOffsetMinutes));
      endMs = atMs;
      return null;
    }
    const key = `after ${stay.dischargeEncounterId}`;
    if (state === 'planned') return plant(drawPlannedCause(context.planter.causes, facts.sex, stream), atMs, key, true);
    const hazards = admissions.hazards(ageAt(facts, atMs), facts.sex === 'male', admissions.onsets(facts), atMs);
    return plant(admissions.returnCause(causeOf.get(stay.stayId) ?? null, hazards, stream), atMs, key, true);
  };

  /** A natural death in a planted stay or in a window that a draw owns happens at noon of the day after it; past the end of the records, not yet. */
  const moveDeath = (window: Window): void => {
    const { death } = timeline.facts();
    if (death === null || (dayNumber(death.ymd) ?? Math.floor(death.latestMs / dayMs)) > window.endDay) return;
    const atMs = instantOn(window.endDay + 1, 0.5, context.utcOffsetMinutes);
    setDeath(atMs > untilMs ? null : timeAt(atMs, context.utcOffsetMinutes));
  };

  const setDeath = (death: FactTime | null): void => {
    timeline.setDeath(death);
    movedDeath = true;
  };

  const nextCandidate = admissions.plant
    ? createCandidates(admissions, plantedFromMs(natural, completeMs), untilMs, namedStream(seed, `admissions ${patientId}`))
    : (): null => null;
  let candidate: Candidate | null = nextCandidate(timeline.facts());
  while (endMs === null) {
    const stay = timeline.nextNatural();
    if (stay === undefined && candidate === null) break;
    if (stay !== undefined && stay.admitMs <= (candidate?.startMs ?? Infinity)) {
      counts.natural += 1;
      follow(timeline.takeNatural());
      continue;
    }
    const { startMs, cause } = candidate as Candidate;
    const alive = startMs < (timeline.facts().death?.ms ?? Infinity);
    if (alive && startMs - emergencyLeadMs >= freeFromMs && startMs < untilMs) {
      follow(plant(cause, startMs, `acute ${startMs}`, false));
    }
    candidate = nextCandidate(timeline.facts());
  }

  const facts = timeline.facts();
  requireAlive(facts, planted);
  // What the source kept of the record does not change with a planted or moved death.
  const natureRules = { ...rules, historyMs: null, coveredFromMs: completeMs };
  return {
    patientId,
    counts,
    naturalStays: timeline.naturalStays(),
    facts,
    stays: timeline.stays(),
    planted,
    displaced: timeline.displaced(),
    endMs,
    death: movedDeath ? facts.death : undefined,
    completeFromMs: movedDeath && rules.historyMs !== null ? completeMs : null,
    truth: draws.map(({ stay, row }) => {
      const exclusion = exclusionOf(facts, stay, natureRules);
      return { ...row, eligible: exclusion === null, exclusion };
    }),
  };
}

/** @throws {SimulationError} SIM_ACCOUNTING when anything planted lies after the death */
function requireAlive({ patientId, death }: PatientFacts, planted: readonly PlantedStay[]): void {
  const late = planted.find(({ dischargeMs }) => death !== null && dischargeMs > death.latestMs);
  if (late === undefined) return;
  throw new SimulationError(
    'SIM_ACCOUNTING',
    `${patientId}: expected no planted stay to outlast the patient, found ${late.encounterId}; please report it`,
  );
}

/** Whether the process draws after this stay. */
function isDrawn(facts: PatientFacts, stay: Stay, window: Window, rules: IndexRules): boolean {
  const dated = stay.admitYmd % 100 > 0 && (stay.dischargeYmd ?? 0) % 100 > 0 && !stay.endBeforeStart;
  const adult = facts.known && (ageAtAdmission(facts, stay) ?? -1) >= adultAge;
  const undatedDeath = facts.death === null && facts.deathFlag;
  const diedIn = diedBy(facts, (stay.dischargeMs as number) + graceMs) || stay.disposition === 'expired';
  return dated && adult && !undatedDeath && !diedIn && window.endDay <= rules.runOutDay;
}

/** From when on an admission can be planted, epoch ms: the record is complete, and the person born. */
function plantedFromMs(natural: PatientFacts, completeMs: number): number {
  return Math.max(completeMs, natural.birth?.ms ?? Infinity);
}
