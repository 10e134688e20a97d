/**
 * What all planted resources share: their tag, the codes they are made of, and the plan of the stay they belong to.
 *
 * Choice  parts that never change are one object each, shared by all resources that hold them; nobody writes to a planted resource
 */
import type { Cause } from './causes.ts';
import type { TimeWriter } from './planted-time.ts';

export const plantedSystem = 'urn:fhir-readmission-risk:planted';

/** Marks every resource that was planted, or changed by planting, in `meta.tag`. */
export const plantedMeta: fhir4.Meta = {
  tag: [{ system: plantedSystem, code: 'planted', display: 'Planted by simulation' }],
};

/** A resource of a planted stay; the id is always given. */
export type PlantedResource = (
  fhir4.Encounter | fhir4.Condition | fhir4.Observation | fhir4.Procedure | fhir4.MedicationRequest
) & { readonly id: string };

/** One stay, decided; what remains is to write it down. */
export interface StayPlan {
  readonly cause: Cause;
  readonly subject: fhir4.Reference;
  readonly emergency: { readonly reference: fhir4.Reference; readonly startMs: number; readonly endMs: number } | null;
  readonly inpatient: { readonly reference: fhir4.Reference; readonly admitMs: number; readonly dischargeMs: number };
  readonly intensiveCare: boolean;
  /** Nothing later is written: the end of the records. */
  readonly untilMs: number;
  readonly time: TimeWriter;
  readonly nextId: () => string;
}

export function concept(system: string, codes: readonly { code: string; display: string }[]): fhir4.CodeableConcept {
  return { coding: codes.map(({ code, display }) => ({ system, code, display })) };
}

const snomedConcepts = new WeakMap<object, fhir4.CodeableConcept>();

/** The SNOMED CT concept of an entry of ./causes.json; one object per entry. */
export function snomed(entry: { readonly code: string; readonly display: string }): fhir4.CodeableConcept {
  let made = snomedConcepts.get(entry);
  if (made === undefined) {
    made = concept('http://snomed.info/sct', [entry]);
    snomedConcepts.set(entry, made);
  }
  return made;
}
