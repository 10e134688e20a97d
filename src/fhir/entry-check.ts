/**
 * The door: whether one search entry may be kept, and if not, why.
 *
 * In      an entry of a searchset as parsed, the bytes of its resource, what was searched for
 * Out     identity and version of the resource, or a reason code for the quarantine
 * Choice  form only: what cannot be stored, named or read back the same by every later reader is turned away here; whether a
 *         value makes clinical sense is for later stages
 * Source  FHIR R4 id `[A-Za-z0-9\-\.]{1,64}` (datatypes.html#id)
 */
import type { EntrySpan } from './entry-spans.ts';
import { fhirId } from '../util/fhir-id.ts';

export type QuarantineReason =
  | 'no-resource'
  | 'type-mismatch'
  | 'bad-id'
  | 'too-deep'
  | 'forbidden-key'
  | 'duplicate-key'
  | 'lone-surrogate'
  | 'other-patient';

export interface Admitted {
  readonly type: string;
  readonly id: string;
  /** meta.versionId, or null. */
  readonly version: string | null;
  /** meta.lastUpdated, epoch milliseconds, or null. */
  readonly updatedMs: number | null;
}

export interface EntryRules {
  /** The type that was searched. */
  readonly type: string;
  /** Deepest nesting accepted. */
  readonly maxDepth: number;
  /** When given, a resource of or about another patient is not ours: its patient's records were not asked for. */
  readonly patients?: ReadonlySet<string> | undefined;
}

const typeForm = /^[A-Z][A-Za-z]{1,63}$/;
/** With the u flag a proper pair is one character and does not match. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * @param resource  the entry's resource as parsed, any JSON value
 * @param span      of the same resource, undefined when its bytes were not found
 * @param mode      search.mode; an included resource may be of another type
 */
export function checkEntry(
  resource: unknown,
  span: EntrySpan | undefined,
  mode: string | undefined,
  rules: EntryRules,
): Admitted | QuarantineReason {
  if (!isObject(resource)) return 'no-resource';
  const { resourceType: type, id } = resource;
  if (typeof type !== 'string' || !typeForm.test(type)) return 'type-mismatch';
  if (mode !== 'include' && type !== rules.type) return 'type-mismatch';
  if (typeof id !== 'string' || !fhirId.test(id)) return 'bad-id';
  // Bytes first: the walk below recurses, and must not be led 20,000 levels down.
  if (span !== undefined && span.depth > rules.maxDepth) return 'too-deep';
  const census = { members: 0, forbidden: false, lone: false, tooDeep: false };
  walk(resource, 1, rules.maxDepth, span === undefined || span.escaped, census);
  if (census.tooDeep) return 'too-deep';
  if (census.forbidden) return 'forbidden-key';
  if (span !== undefined && span.members !== census.members) return 'duplicate-key';
  if (census.lone) return 'lone-surrogate';
  if (rules.patients !== undefined) {
    const subject = type === 'Patient' ? id : subjectOf(resource);
    if (subject !== null && !rules.patients.has(subject)) return 'other-patient';
  }
  const meta = isObject(resource['meta']) ? resource['meta'] : {};
  return {
    type,
    id,
    version: typeof meta['versionId'] === 'string' ? meta['versionId'].slice(0, 64) : null,
    updatedMs: updatedMsOf(resource),
  };
}

/** meta.lastUpdated of a resource, epoch milliseconds, or null when it states none that can be read. */
export function updatedMsOf(resource: unknown): number | null {
  const meta = isObject(resource) ? resource['meta'] : undefined;
  const updated = isObject(meta) && typeof meta['lastUpdated'] === 'string' ? Date.parse(meta['lastUpdated']) : Number.NaN;
  return Number.isFinite(updated) ? updated : null;
}

/** Id of the patient a resource is about, or null when it names none by a literal reference. */
export function subjectOf(resource: Readonly<Record<string, unknown>>): string | null {
  const link = resource['subject'] ?? resource['patient'];
  const reference = isObject(link) ? link['reference'] : undefined;
  if (typeof reference !== 'string') return null;
  return (
    /^(?:https?:\/\/[^?#]*\/)?Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(reference)?.[1] ?? null
  );
}

/** Keys that assignment to an object would turn into something else. */
function isForbidden(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

interface Census {
  members: number;
  forbidden: boolean;
  lone: boolean;
  tooDeep: boolean;
}

function walk(value: unknown, depth: number, maxDepth: number, strings: boolean, census: Census): void {
  if (typeof value === 'string') {
    if (strings && loneSurrogate.test(value)) census.lone = true;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    census.tooDeep = true;
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) walk(item, depth + 1, maxDepth, strings, census);
    return;
  }
  const record = value as Record<string, unknown>;
  for (const key in record) {
    census.members += 1;
    if (key.length > 8 && isForbidden(key)) census.forbidden = true;
    if (strings && loneSurrogate.test(key)) census.lone = true;
    walk(record[key], depth + 1, maxDepth, strings, census);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
