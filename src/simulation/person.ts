/**
 * What a planted stay needs to know of a person: age, sex, chronic conditions, last values and the hospital, by the facts as they stand.
 */
import { ageAt } from './candidate-admissions.ts';
import type { PatientContext } from './clinical-course.ts';
import type { PatientFacts } from './facts.ts';

/** @param atMs  only what was known by then is looked at */
export function personAt(
  facts: PatientFacts,
  atMs: number,
): { readonly patient: PatientContext; readonly provider: string | null } {
  const groups = new Set<string>();
  for (const { knownMs, sets } of facts.conditions) if (knownMs <= atMs) for (const set of sets) groups.add(set);
  const recorded: Record<string, number> = {};
  for (const { analyte, value, knownMs } of facts.observations) if (knownMs <= atMs) recorded[analyte] = value;
  const own = facts.encounters.findLast(({ start, provider }) => provider !== null && start !== null && start.ms <= atMs);
  return {
    patient: { ageYears: ageAt(facts, atMs), sex: facts.sex, groups, recorded },
    provider: own?.provider ?? null,
  };
}
