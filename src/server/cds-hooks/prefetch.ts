/**
 * What a client sent along, held against what it was asked for.
 *
 * In      the prefetch of a call
 * Out     the entries of the types that are whole, and the types that have to be fetched
 * Choice  a type counts when its answer is whole: one page of several, fewer entries than their total, a full page without a total, an
 *         error in place of records or among them all leave it missing, because a risk on a part of the record is another patient's risk
 * Choice  a next link is never followed; the type is searched again by our own client, which checks where it sends the token
 * Choice  null is an answer: asked, and nothing there. Of the patient it is none, as there is somebody in the context
 * Source  CDS Hooks 2.0, Providing FHIR Resources to a CDS Service
 */
import { invalid } from './read-request.ts';
import { recordTypes, searchCount, searches, type CdsService, type RecordType, type SearchKey } from './services.ts';
import type { CdsRequest } from './standard.ts';

export interface RecordEntry {
  readonly fullUrl?: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Prefetched {
  readonly entries: readonly RecordEntry[];
  readonly missing: readonly RecordType[];
}

/** @throws {RequestRefusal} SERVER_CDS_REQUEST for what is no resource, or another one than was asked for */
export function readPrefetch(
  { prefetch = {}, context }: Pick<CdsRequest, 'prefetch' | 'context'>,
  service: CdsService,
): Prefetched {
  const found = new Map<RecordType, readonly RecordEntry[]>();
  const patient = instance(prefetch, 'patient', 'Patient', context.patientId);
  if (patient !== null) found.set('Patient', [patient]);
  for (const [key, type] of Object.entries(searches) as [SearchKey, RecordType][]) {
    const entries = searchResult(prefetch, key, type);
    if (entries !== null) found.set(type, entries);
  }
  const encounters = found.get('Encounter');
  if (encounters !== undefined && context.encounterId !== undefined) {
    const read = 'encounter' in service.prefetch ? instance(prefetch, 'encounter', 'Encounter', context.encounterId) : null;
    // Of two versions the first counts, and what was read by its id is the newer.
    const all = read === null ? encounters : [read, ...encounters];
    if (all.some(({ resource }) => resource['id'] === context.encounterId)) found.set('Encounter', all);
    else found.delete('Encounter');
  }
  return {
    entries: recordTypes.flatMap((type) => found.get(type) ?? []),
    missing: recordTypes.filter((type) => !found.has(type)),
  };
}

type Prefetch = Readonly<Record<string, unknown>>;

/** null where it was not given, not there, or not to be had. */
function instance(prefetch: Prefetch, key: string, type: RecordType, id: string): RecordEntry | null {
  const resource = resourceAt(prefetch, key);
  if (resource === null || resource['resourceType'] === 'OperationOutcome') return null;
  if (resource['resourceType'] !== type || resource['id'] !== id) {
    throw invalid(`prefetch.${key}: expected the ${type} of the context, found another resource`);
  }
  return { resource };
}

/** null where it is not the whole answer. */
function searchResult(prefetch: Prefetch, key: SearchKey, type: RecordType): readonly RecordEntry[] | null {
  if (prefetch[key] === null) return [];
  const bundle = resourceAt(prefetch, key);
  if (bundle === null || bundle['resourceType'] !== 'Bundle') return null;
  const { entry = [], link = [], total } = bundle;
  if (!Array.isArray(entry) || !Array.isArray(link))
    throw invalid(`prefetch.${key}: expected a searchset Bundle, found another form`);
  if (link.some((one: unknown) => isObject(one) && one['relation'] === 'next')) return null;
  const matches: RecordEntry[] = [];
  for (const one of entry as unknown[]) {
    if (!isObject(one) || !isObject(one['resource']))
      throw invalid(`prefetch.${key}: expected a resource in each entry, found none`);
    const { resource, fullUrl } = one;
    if (saysError(resource)) return null;
    if (resource['resourceType'] === type) matches.push({ resource, ...(typeof fullUrl === 'string' ? { fullUrl } : {}) });
  }
  if (typeof total === 'number' ? total > matches.length : matches.length >= searchCount) return null;
  return matches;
}

function resourceAt(prefetch: Prefetch, key: string): Prefetch | null {
  const value = Object.hasOwn(prefetch, key) ? prefetch[key] : null;
  if (value === null) return null;
  if (!isObject(value) || typeof value['resourceType'] !== 'string') {
    throw invalid(`prefetch.${key}: expected a FHIR resource or null, found another value`);
  }
  return value;
}

/** An outcome that only informs, as servers add to searches, says nothing against the records. */
function saysError({ resourceType, issue }: Prefetch): boolean {
  if (resourceType !== 'OperationOutcome') return false;
  const harmless = (one: unknown): boolean => isObject(one) && ['information', 'warning'].includes(String(one['severity']));
  return !Array.isArray(issue) || !issue.every(harmless);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
