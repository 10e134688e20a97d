/**
 * The fact reader: resources in, facts per patient out.
 *
 * In      FHIR R4 resources of the six clinical types: patients, conditions, encounters, then the rest, so that what refers to an encounter is
 *         decided as it is read; only for the few conditions without a date is an outpatient visit looked at
 * Out     facts of each patient, every list sorted, so that the order of the resources within a type cannot show
 * Choice  a resource of another type has no facts; one that names no patient belongs to nobody and is counted
 */
import { SimulationError } from '../errors.ts';
import type { ConditionFact, EncounterFact, FactTime, ObservationFact, OrderFact, PatientFacts, ProcedureFact } from './facts.ts';
import { codingsOf, elementOf, isElement, listOf, referenceKey, textOf, timeIn, type Element } from './record-element.ts';
import { readTime } from './record-time.ts';
import {
  readCondition,
  readEncounter,
  readObservation,
  readOrder,
  readProcedure,
  type ReadingContext,
} from './resource-facts.ts';
import { codeSets } from './code-sets.ts';
import { byConditionTime, byEncounterTime, byObservationTime, byOrderTime, byProcedureTime } from './fact-order.ts';

/** Types with facts, in the order in which they must be read. */
export const factTypes = ['Patient', 'Condition', 'Encounter', 'Observation', 'Procedure', 'MedicationRequest'] as const;
export type FactType = (typeof factTypes)[number];

export interface FactReader {
  /**
   * @returns how many facts the resource gave; a patient is one
   * @throws {SimulationError} SIM_RECORD for what is no resource with an id; SIM_DUPLICATE for a second patient or hospital encounter of the same id
   */
  read(resource: unknown): number;
  /** Facts by `Patient/x`, in order of that key. Ends the reading. */
  patients(): Map<string, PatientFacts>;
  /** Resources of the six types that named no patient. */
  readonly withoutPatient: number;
  /** Latest time of any encounter, used observation or order; -Infinity before the first. */
  readonly lastEventMs: number;
}

interface Builder {
  known: boolean;
  birth: FactTime | null;
  sex: string | null;
  death: FactTime | null;
  deathFlag: boolean;
  encounters: EncounterFact[];
  conditions: ConditionFact[];
  procedures: ProcedureFact[];
  orders: OrderFact[];
  observations: ObservationFact[];
}

/** Times kept for sharing: records of one visit are written one after the other. */
const maxSharedTimes = 4096;

export function createFactReader(): FactReader {
  const builders = new Map<string, Builder>();
  const encounters = new Map<string, EncounterFact>();
  /** Ends of encounters that undated conditions name. */
  const wantedEnds = new Map<string, FactTime | null>();
  const texts = new Map<string, string>();
  const times = new Map<string, FactTime | null>();
  let withoutPatient = 0;
  let lastEventMs = -Infinity;

  const context: ReadingContext = {
    time(text) {
      const shared = times.get(text);
      if (shared !== undefined) return shared;
      if (times.size >= maxSharedTimes) times.clear();
      const time = readTime(text);
      times.set(text, time);
      return time;
    },
    intern(text) {
      const shared = texts.get(text);
      if (shared !== undefined) return shared;
      texts.set(text, text);
      return text;
    },
    encounter: (key) => encounters.get(key),
  };
  let last: { readonly key: string; readonly builder: Builder } | undefined;
  const builderOf = (key: string): Builder => {
    // Records of one patient mostly lie together: comparing keys is cheaper than looking one up.
    if (last?.key === key) return last.builder;
    let builder = builders.get(key);
    if (builder === undefined) {
      builder = {
        known: false,
        birth: null,
        sex: null,
        death: null,
        deathFlag: false,
        encounters: [],
        conditions: [],
        procedures: [],
        orders: [],
        observations: [],
      };
      builders.set(key, builder);
    }
    last = { key, builder };
    return builder;
  };
  const noteTimes = (type: FactType, resource: Element): void => {
    for (const value of eventTimes(type, resource)) {
      const ms = timeIn(value, context.time)?.ms;
      if (ms !== undefined && ms > lastEventMs) lastEventMs = ms;
    }
  };

  const readPatient = (resource: Element, key: string): number => {
    const builder = builderOf(key);
    if (builder.known) throw duplicate(key);
    builder.known = true;
    builder.birth = timeIn(resource['birthDate'], context.time);
    builder.sex = textOf(resource['gender']);
    builder.death = timeIn(resource['deceasedDateTime'], context.time);
    builder.deathFlag = resource['deceasedBoolean'] === true;
    return 1;
  };

  /** An encounter of nobody is no fact, but what refers to it still comes from a hospital. */
  const readVisit = (resource: Element, key: string, builder: Builder | null): number => {
    if (wantedEnds.has(key)) wantedEnds.set(key, timeIn(elementOf(resource['period'])['end'], context.time));
    const fact = readEncounter(resource, key, context);
    if (fact === null) return 0;
    if (encounters.has(key)) throw duplicate(key);
    encounters.set(key, fact);
    builder?.encounters.push(fact);
    return builder === null ? 0 : 1;
  };

  const readConditions = (resource: Element, id: string): ConditionFact[] => {
    const facts = readCondition(resource, id, context);
    for (const { onset, recorded, encounterId } of facts) {
      if (onset === null && recorded === null && encounterId !== null) wantedEnds.set(encounterId, null);
    }
    return facts;
  };

  /** Only now are the encounters known. */
  const settled = (condition: ConditionFact): ConditionFact => {
    const { encounterId, onset, recorded } = condition;
    if (encounterId === null) return condition;
    const told = onset === null && recorded === null ? (wantedEnds.get(encounterId) ?? null) : null;
    const knownMs = told?.ms ?? condition.knownMs;
    return { ...condition, encounterId: encounters.get(encounterId)?.id ?? null, told, knownMs };
  };

  const readEvent = (type: FactType, resource: Element, id: string, builder: Builder): number => {
    switch (type) {
      case 'Condition':
        return append(builder.conditions, readConditions(resource, id));
      case 'Procedure':
        return append(builder.procedures, readProcedure(resource, id, context));
      case 'MedicationRequest':
        return append(builder.orders, readOrder(resource, context));
      case 'Observation':
        return append(builder.observations, readObservation(resource, id, context));
      default:
        return 0;
    }
  };

  return {
    read(resource) {
      if (!isElement(resource)) throw noResource('another JSON value');
      const type = textOf(resource['resourceType']);
      if (type === null) throw noResource('none');
      if (!isFactType(type)) return 0;
      const id = textOf(resource['id']);
      if (id === null) throw noResource(`a ${type} without id`);
      if (type === 'Patient') return readPatient(resource, `Patient/${id}`);
      noteTimes(type, resource);
      const patient = referenceKey(resource['subject'], 'Patient');
      if (patient === null) withoutPatient += 1;
      const builder = patient === null ? null : builderOf(patient);
      if (type === 'Encounter') return readVisit(resource, `Encounter/${id}`, builder);
      return builder === null ? 0 : readEvent(type, resource, id, builder);
    },
    patients() {
      times.clear();
      for (const builder of builders.values()) builder.conditions = builder.conditions.map(settled);
      encounters.clear();
      const sorted = [...builders].sort(([a], [b]) => (a < b ? -1 : 1));
      return new Map(sorted.map(([patientId, builder]) => [patientId, finish(patientId, builder)]));
    },
    get withoutPatient() {
      return withoutPatient;
    },
    get lastEventMs() {
      return lastEventMs;
    },
  };
}

/**
 * Facts of one patient's resources, in any order.
 *
 * @throws {SimulationError} as read(); SIM_PATIENTS when the resources belong to no patient or to several
 */
export function factsOf(resources: readonly unknown[]): PatientFacts {
  const reader = createFactReader();
  const rank = (resource: unknown): number => factTypes.indexOf(elementOf(resource)['resourceType'] as FactType);
  for (const resource of [...resources].sort((a, b) => rank(a) - rank(b))) reader.read(resource);
  const [facts, ...others] = reader.patients().values();
  if (facts === undefined || others.length > 0) {
    throw new SimulationError(
      'SIM_PATIENTS',
      `expected the resources of one patient, found ${facts === undefined ? 'none' : others.length + 1}; give one patient's at a time`,
    );
  }
  return facts;
}

function isFactType(type: string): type is FactType {
  return (factTypes as readonly string[]).includes(type);
}

function append<T>(list: T[], facts: readonly T[]): number {
  for (const fact of facts) list.push(fact);
  return facts.length;
}

function finish(patientId: string, builder: Builder): PatientFacts {
  builder.encounters.sort(byEncounterTime);
  builder.conditions.sort(byConditionTime);
  builder.procedures.sort(byProcedureTime);
  builder.orders.sort(byOrderTime);
  builder.observations.sort(byObservationTime);
  return { patientId, ...builder };
}

/** Where a resource says when it happened; the latest of all is the end of the records. */
function eventTimes(type: FactType, resource: Element): readonly unknown[] {
  if (type === 'Encounter') return [elementOf(resource['period'])['start'], elementOf(resource['period'])['end']];
  if (type === 'MedicationRequest') return [resource['authoredOn']];
  return type === 'Observation' && isObserved(resource) ? [resource['effectiveDateTime']] : [];
}

/** Whether a value set of observations has a code of it or of a component. */
function isObserved(resource: Element): boolean {
  const isUsed = (part: Element): boolean =>
    codingsOf(part['code']).some(({ system, code }) => system !== null && code !== null && codeSets().isObserved(system, code));
  return isUsed(resource) || listOf(resource['component']).some((component) => isUsed(elementOf(component)));
}

function noResource(found: string): SimulationError {
  return new SimulationError(
    'SIM_RECORD',
    `expected a FHIR resource with resourceType and id, found ${found}; fetch the records again`,
  );
}

function duplicate(key: string): SimulationError {
  return new SimulationError(
    'SIM_DUPLICATE',
    `expected each resource once, found ${key} twice; pull the records into a new folder`,
    {
      details: { resource: key },
    },
  );
}
