/**
 * Displacement: which natural resources did not happen, or read otherwise, once stays were planted.
 *
 * In      encounters that did not happen, ends of records, changed deaths; one resource at a time
 * Out     keep, leave out, or the resource that takes its place
 * Choice  with an encounter goes every resource that names it; after a drawn death goes every resource dated later. A resource without a
 *         date stays
 */
import { plantDeath } from './planted-death.ts';
import { elementOf, referenceKey, textOf, type Element } from './record-element.ts';
import { readTime } from './record-time.ts';
import type { SimulatedPatient } from './patient-simulation.ts';

export interface Displacement {
  /** Takes over what one simulated patient displaced. */
  add(patient: SimulatedPatient): void;
  /** Whether a resource of the patient (`Patient/x`) can be dated after the end of the record. */
  endsRecord(patientKey: string): boolean;
  /** Whether the encounter (`Encounter/x`) did not happen. */
  displacesEncounter(encounterKey: string): boolean;
  /** null where the resource did not happen; the same object where it stays; another where it reads otherwise. */
  apply(resource: Element): Element | null;
  /** By `Patient/x`: from when on a record is complete whose end was changed; for the manifest's coverage. */
  completeFrom(): Record<string, string>;
  /** Displaced encounters and changed patients that apply() has not been asked about yet. */
  unmet(): number;
}

export function createDisplacement(utcOffsetMinutes: number): Displacement {
  const patients = new Map<string, Pick<SimulatedPatient, 'displaced' | 'endMs' | 'death'>>();
  const encounters = new Set<string>();
  const unmet = new Set<string>();
  const completeFrom: Record<string, string> = {};
  return {
    add({ patientId, displaced, endMs, death, completeFromMs }) {
      if (completeFromMs !== null) completeFrom[patientId] = new Date(completeFromMs).toISOString();
      if (displaced.size > 0 || endMs !== null || death !== undefined) patients.set(patientId, { displaced, endMs, death });
      for (const id of displaced) {
        encounters.add(id);
        unmet.add(id);
      }
      if (death !== undefined) unmet.add(patientId);
    },
    endsRecord: (key) => (patients.get(key)?.endMs ?? null) !== null,
    displacesEncounter: (key) => encounters.has(key),
    apply(resource) {
      const type = textOf(resource['resourceType']);
      const key =
        type === 'Patient'
          ? `Patient/${textOf(resource['id'])}`
          : referenceKey(resource['subject'] ?? resource['patient'], 'Patient');
      const change = key === null ? undefined : patients.get(key);
      if (change === undefined) return resource;
      if (type === 'Patient') {
        if (change.death === undefined) return resource;
        unmet.delete(key as string);
        return plantDeath(resource as unknown as fhir4.Patient, change.death?.ms ?? null, utcOffsetMinutes) as unknown as Element;
      }
      const own = type === 'Encounter' ? `Encounter/${textOf(resource['id'])}` : null;
      if (own !== null) unmet.delete(own);
      const named = [own, ...encountersNamed(resource)];
      if (named.some((id) => id !== null && change.displaced.has(id))) return null;
      const ms = startOf(resource);
      return change.endMs !== null && ms !== null && ms > change.endMs ? null : resource;
    },
    completeFrom: () => completeFrom,
    unmet: () => unmet.size,
  };
}

function encountersNamed(resource: Element): (string | null)[] {
  return ['encounter', 'context', 'partOf'].map((name) => referenceKey(resource[name], 'Encounter'));
}

/** When a resource begins or was recorded, epoch ms; null where it says no time. */
function startOf(resource: Element): number | null {
  const text =
    textOf(elementOf(resource['period'])['start']) ??
    textOf(resource['recordedDate']) ??
    textOf(resource['onsetDateTime']) ??
    textOf(resource['effectiveDateTime']) ??
    textOf(elementOf(resource['effectivePeriod'])['start']) ??
    textOf(elementOf(resource['performedPeriod'])['start']) ??
    textOf(resource['performedDateTime']) ??
    textOf(resource['authoredOn']);
  return text === null ? null : (readTime(text)?.ms ?? null);
}
