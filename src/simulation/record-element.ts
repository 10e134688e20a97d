/**
 * Elements of a FHIR resource, read without trust: what has another shape than FHIR's counts as absent.
 *
 * In      values of JSON.parse
 * Out     texts, numbers, codings, keys `Type/id` of references
 * Choice  a reference is a key where it is relative, absolute (http, https) or versioned; not where it is contained, urn:uuid, conditional
 *         or an identifier alone
 * Source  FHIR R4, references, literal references
 */
import type { FactTime } from './facts.ts';

export type Element = Readonly<Record<string, unknown>>;

export interface Coding {
  readonly system: string | null;
  readonly code: string | null;
}

export const snomed = 'http://snomed.info/sct';
const icd10Systems = [
  'http://hl7.org/fhir/sid/icd-10-cm',
  'http://fhir.de/CodeSystem/bfarm/icd-10-gm',
  'http://hl7.org/fhir/sid/icd-10',
];
const nothing: Element = {};

export function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function elementOf(value: unknown): Element {
  return isElement(value) ? value : nothing;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Codings of one CodeableConcept, or of a list of them, in order. */
export function codingsOf(concept: unknown): readonly Coding[] {
  const codings: Coding[] = [];
  for (const one of Array.isArray(concept) ? (concept as unknown[]) : [concept]) {
    if (!isElement(one)) continue;
    for (const coding of listOf(one['coding'])) {
      const { system, code } = elementOf(coding);
      codings.push({ system: textOf(system), code: textOf(code) });
    }
  }
  return codings;
}

/** The first code there is, of any system. */
export function firstCode(concept: unknown): string | null {
  return codingsOf(concept).find(({ code }) => code !== null)?.code ?? null;
}

/** The code of the first coding in SNOMED CT. */
export function firstSnomedCode(concept: unknown): string | null {
  return codingsOf(concept).find(({ system }) => system === snomed)?.code ?? null;
}

/** The first coding in SNOMED CT, else the first in an edition of ICD-10; null for neither, or where that coding has no code. */
export function firstDiagnosis(concept: unknown): { readonly system: string; readonly code: string } | null {
  const code = firstSnomedCode(concept);
  if (code !== null) return { system: snomed, code };
  const icd = codingsOf(concept).find(({ system }) => system !== null && icd10Systems.includes(system));
  return icd?.system && icd.code !== null ? { system: icd.system, code: bareCode(icd.code) } : null;
}

/** A code of a classification without dots and marks, in upper case: i50.01 and I5001 are one. */
export function bareCode(code: string): string {
  return code.replace(/[.\- *+!†]/g, '').toUpperCase();
}

const id = '[A-Za-z0-9.-]{1,64}';
const patterns = new Map<string, RegExp>();

/**
 * `Type/id` of a reference to a resource of the type; null for any other.
 *
 * @example referenceKey({ reference: 'https://example.org/fhir/Patient/7/_history/2' }, 'Patient') // 'Patient/7'
 */
export function referenceKey(reference: unknown, type: string): string | null {
  const text = textOf(elementOf(reference)['reference']);
  if (text === null) return null;
  let pattern = patterns.get(type);
  if (pattern === undefined) {
    pattern = new RegExp(`^(?:https?://.*/)?(${type}/${id})(?:/_history/${id})?$`);
    patterns.set(type, pattern);
  }
  return pattern.exec(text)?.[1] ?? null;
}

/** The time an element says, by the given reader; null where it says none. */
export function timeIn(value: unknown, read: (text: string) => FactTime | null): FactTime | null {
  return typeof value === 'string' ? read(value) : null;
}
