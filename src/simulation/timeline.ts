/**
 * A patient's facts while a life is simulated: planted stays come in, displaced nature goes out.
 *
 * In      natural facts; planted facts, spans of time that a planted stay or a window owns, a death
 * Out     the facts as they stand, the stays that happened, the natural encounters that did not
 * Choice  what is displaced: encounters of acute natural stays and emergency or observation visits that begin in an owned span, and every
 *         fact that names one of them; nursing stays and outpatient visits stay
 */
import { byConditionTime, byEncounterTime, byObservationTime, byOrderTime, byProcedureTime } from './fact-order.ts';
import type { FactTime, PatientFacts } from './facts.ts';
import { dayNumber } from './record-time.ts';
import type { IndexRules, Stay } from './stay.ts';
import { staysOf } from './stays.ts';

export interface Timeline {
  facts(): PatientFacts;
  /** Stays that have happened so far, in order of admission. */
  stays(): readonly Stay[];
  /** The next natural stay not displaced; undefined after the last. */
  nextNatural(): Stay | undefined;
  /** Takes the next natural stay as one that happened. */
  takeNatural(): Stay;
  /** Adds a planted stay by the facts of its resources. */
  plant(facts: PatientFacts): Stay;
  /** Removes natural stays and visits that begin from fromMs on, up to an instant and, where given, a calendar day as written. */
  displace(fromMs: number, until: { readonly ms: number } | { readonly day: number }): void;
  /** Changes when the patient died; null is alive at the end of the records. */
  setDeath(death: FactTime | null): void;
  /** Ends the record: no fact dated after it is left. */
  end(atMs: number): void;
  /** Ids of natural encounters that did not happen. */
  displaced(): ReadonlySet<string>;
  /** Natural stays of the record, and those of them that were displaced. */
  naturalStays(): { readonly all: number; readonly displaced: number };
}

export function createTimeline(natural: PatientFacts, rules: IndexRules): Timeline {
  const naturalStays = staysOf(natural, rules);
  const acute = new Set(naturalStays.flatMap((stay) => stay.encounterIds));
  const displaced = new Set<string>();
  const planted = new Set<string>();
  const happened: Stay[] = [];
  let next = 0;
  let facts = natural;

  const remove = (ids: ReadonlySet<string>): void => {
    if (ids.size === 0) return;
    for (const id of ids) displaced.add(id);
    const stays = <T extends { readonly encounterId: string | null }>(list: readonly T[]): T[] =>
      list.filter(({ encounterId }) => encounterId === null || !ids.has(encounterId));
    facts = {
      ...facts,
      encounters: facts.encounters.filter(({ id }) => !ids.has(id)),
      conditions: stays(facts.conditions),
      procedures: stays(facts.procedures),
      orders: stays(facts.orders),
      observations: stays(facts.observations),
    };
  };
  const skipDisplaced = (): void => {
    while (next < naturalStays.length && displaced.has((naturalStays[next] as Stay).stayId)) next += 1;
  };

  return {
    facts: () => facts,
    stays: () => happened,
    nextNatural: () => naturalStays[next],
    takeNatural() {
      const stay = naturalStays[next] as Stay;
      next += 1;
      skipDisplaced();
      happened.push(stay);
      return stay;
    },
    plant(added) {
      facts = mergedFacts(facts, added);
      for (const { id } of added.encounters) planted.add(id);
      const stay = staysOf(added, rules)[0] as Stay;
      happened.push(stay);
      return stay;
    },
    displace(fromMs, until) {
      const owned = (start: FactTime): boolean =>
        start.ms >= fromMs && ('ms' in until ? start.ms <= until.ms : (dayNumber(start.ymd) ?? Infinity) <= until.day);
      const ids = new Set<string>();
      for (const stay of naturalStays.slice(next)) {
        const begins = { ms: stay.admitMs, ymd: stay.admitYmd, latestMs: stay.admitMs, precision: 4 };
        if (owned(begins)) for (const id of stay.encounterIds) ids.add(id);
      }
      for (const { id, start, classCode } of facts.encounters) {
        const visit = classCode === 'EMER' || classCode === 'OBSENC' || classCode === 'SS';
        if (visit && !acute.has(id) && start !== null && owned(start) && !planted.has(id)) ids.add(id);
      }
      remove(ids);
      skipDisplaced();
    },
    setDeath(death) {
      facts = { ...facts, death };
    },
    end(atMs) {
      const later = naturalStays.slice(next).flatMap((stay) => stay.encounterIds);
      remove(new Set(later));
      next = naturalStays.length;
      facts = upTo(facts, atMs);
    },
    displaced: () => displaced,
    naturalStays: () => ({
      all: naturalStays.length,
      displaced: naturalStays.filter(({ stayId }) => displaced.has(stayId)).length,
    }),
  };
}

/** Facts dated up to an instant. */
function upTo(facts: PatientFacts, atMs: number): PatientFacts {
  const begun = (time: FactTime | null): boolean => time === null || time.ms <= atMs;
  return {
    ...facts,
    encounters: facts.encounters.filter(({ start }) => begun(start)),
    conditions: facts.conditions.filter(({ onset, recorded }) => begun(recorded ?? onset)),
    procedures: facts.procedures.filter(({ performed }) => begun(performed)),
    orders: facts.orders.filter(({ authoredMs }) => authoredMs <= atMs),
    observations: facts.observations.filter(({ effectiveMs }) => effectiveMs <= atMs),
  };
}

function mergedFacts(facts: PatientFacts, added: PatientFacts): PatientFacts {
  return {
    ...facts,
    encounters: [...facts.encounters, ...added.encounters].sort(byEncounterTime),
    conditions: [...facts.conditions, ...added.conditions].sort(byConditionTime),
    procedures: [...facts.procedures, ...added.procedures].sort(byProcedureTime),
    orders: [...facts.orders, ...added.orders].sort(byOrderTime),
    observations: [...facts.observations, ...added.observations].sort(byObservationTime),
  };
}
