/**
 * Order of facts: by time, then by what tells them apart. Facts without a time come last.
 */
import type { ConditionFact, EncounterFact, FactTime, ObservationFact, OrderFact, ProcedureFact } from './facts.ts';

export function byEncounterTime(a: EncounterFact, b: EncounterFact): number {
  return compare(startOf(a.start), startOf(b.start)) || compare(startOf(a.end), startOf(b.end)) || compare(a.id, b.id);
}

export function byConditionTime(a: ConditionFact, b: ConditionFact): number {
  return compare(a.knownMs, b.knownMs) || compare(a.id, b.id) || compare(a.code, b.code) || compare(a.system, b.system);
}

export function byProcedureTime(a: ProcedureFact, b: ProcedureFact): number {
  return compare(startOf(a.performed), startOf(b.performed)) || compare(a.id, b.id);
}

export function byOrderTime(a: OrderFact, b: OrderFact): number {
  return (
    compare(a.authoredMs, b.authoredMs) ||
    compare(a.knownMs, b.knownMs) ||
    compare(a.drug ?? '', b.drug ?? '') ||
    compare(a.encounterId ?? '', b.encounterId ?? '')
  );
}

export function byObservationTime(a: ObservationFact, b: ObservationFact): number {
  return compare(a.effectiveMs, b.effectiveMs) || compare(a.id, b.id) || compare(a.value, b.value);
}

function startOf(time: FactTime | null): number {
  return time?.ms ?? Infinity;
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
