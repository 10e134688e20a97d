/**
 * The records of one patient, now, from a FHIR server: a Bundle for scoring, and the types that were searched for it.
 *
 * In      a server and its token; a patient's id
 * Out     a collection Bundle with every resource the server has of the patient, each once in its newest version
 * Choice  the search, paging, counting and origin checks are those of a pull (./fetch-slice.ts, ./transport.ts); only the store is
 *         memory, and the waits are short, as somebody waits for the answer
 * Choice  all or nothing: a shortfall, a record about someone else or one that cannot be kept ends it. A pull can set such an entry
 *         aside and account for it; a score made without it would not show that anything is missing
 */
import { CancelledError, FhirError } from '../errors.ts';
import { checkEntry, type Admitted } from './entry-check.ts';
import { countOfSplit, fetchSlice, type PageSink } from './fetch-slice.ts';
import type { Lookup } from './address-guard.ts';
import { parseFhirBase } from './origin.ts';
import { defaultTypes } from './pull-options.ts';
import type { RetryPolicy } from './retry.ts';
import { createSearch, type FhirSearch } from './search.ts';
import { canHalve, halve, sliceParams, type Slice } from './slice.ts';
import { createTransport, type TokenSource } from './transport.ts';

export interface PatientReaderOptions {
  /** FHIR base, http or https. */
  readonly server: string;
  readonly token?: TokenSource | undefined;
  /** Types beside Patient; Encounter, Condition, Observation, Procedure and MedicationRequest. */
  readonly types?: readonly string[] | undefined;
  /** The whole of a patient's searches, milliseconds; 20,000. */
  readonly deadlineMs?: number | undefined;
  /** Entries asked for per page; 1,000. */
  readonly pageSize?: number | undefined;
  /** Accept http to another machine; never with a token. */
  readonly allowHttp?: boolean | undefined;
  readonly rewriteOrigin?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly lookup?: Lookup | undefined;
  readonly now?: (() => number) | undefined;
}

export interface PatientBundleAnswer {
  readonly bundle: {
    readonly resourceType: 'Bundle';
    readonly type: 'collection';
    readonly entry: { readonly resource: object }[];
  };
  /** Types that were searched, Patient among them. */
  readonly types: readonly string[];
}

/** Whoever waits for a score does not wait half a minute for a server to recover. */
const shortWaits: Partial<RetryPolicy> = { maxTries: 3, baseMs: 200, capMs: 2000, maxWaitMs: 5000 };
const idForm = /^[A-Za-z0-9.-]{1,64}$/;
const maxDepth = 64;

/**
 * @throws {FhirError} FHIR_PATIENT_UNKNOWN; FHIR_TIMEOUT past the deadline; FHIR_INCOMPLETE for fewer resources than were counted;
 *         FHIR_ENTRY_REFUSED for an entry that cannot be kept; FHIR_FILTER_IGNORED for records about others; what ./transport.ts throws
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchPatientBundle(
  options: PatientReaderOptions & { readonly patientId: string; readonly signal?: AbortSignal | undefined },
): Promise<PatientBundleAnswer> {
  const { patientId, deadlineMs = 20_000 } = options;
  if (!idForm.test(patientId)) throw new FhirError('FHIR_OPTION', 'patientId: expected an id of the form [A-Za-z0-9-.]{1,64}');
  const base = parseFhirBase(options.server, { allowHttp: options.allowHttp ?? false });
  const late = AbortSignal.timeout(deadlineMs);
  // One failed search ends the others.
  const stop = new AbortController();
  const signals = [late, stop.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const transport = createTransport({
    base,
    token: options.token,
    parallel: 6,
    timeoutMs: deadlineMs,
    retry: { ...shortWaits, ...options.retry },
    signal: AbortSignal.any(signals),
    now: options.now,
    ca: options.ca,
    lookup: options.lookup,
  });
  const search = createSearch(base, transport, { rewriteOrigin: options.rewriteOrigin ?? false });
  const context: ReadContext = { search, patientId, pageSize: options.pageSize ?? 1000, nowMs: (options.now ?? Date.now)() };
  const types = ['Patient', ...(options.types ?? defaultTypes).filter((type) => type !== 'Patient')];
  try {
    const found = await Promise.all(
      types.map((type) => {
        const slice: Slice = { key: type, type, patients: [0, 1], window: null };
        return searchAll(context, slice).catch((error: unknown) => {
          stop.abort();
          throw error;
        });
      }),
    );
    if (found[0]?.length === 0)
      throw new FhirError('FHIR_PATIENT_UNKNOWN', 'expected the patient at the FHIR server, found none with this id');
    return {
      bundle: { resourceType: 'Bundle', type: 'collection', entry: found.flat().map((resource) => ({ resource })) },
      types,
    };
  } catch (error) {
    if (!(error instanceof CancelledError) && !(error instanceof FhirError && error.code === 'FHIR_ABORTED')) throw error;
    if (options.signal?.aborted === true) throw new CancelledError('reading a patient');
    if (late.aborted)
      throw new FhirError('FHIR_TIMEOUT', `expected the patient's records within ${deadlineMs} ms`, { cause: error });
    throw error;
  } finally {
    transport.close();
  }
}

interface ReadContext {
  readonly search: FhirSearch;
  readonly patientId: string;
  readonly pageSize: number;
  readonly nowMs: number;
}

/** One type to its end, through its halves where a server cuts long answers. */
async function searchAll(context: ReadContext, slice: Slice): Promise<object[]> {
  const { search, patientId, pageSize, nowMs } = context;
  const { type } = slice;
  const kept = new Map<string, { readonly admitted: Admitted; readonly resource: object }>();
  const sink: PageSink = {
    ids: new Set(),
    quarantined: 0,
    resumeAt: null,
    commit(page) {
      for (const { resource, span, mode } of page.entries) {
        if (mode === 'outcome') continue;
        const admitted = checkEntry(resource, span, mode, { type, maxDepth, patients: new Set([patientId]) });
        if (typeof admitted === 'string') throw refused(type, admitted);
        if (admitted.type !== type) continue;
        const known = kept.get(admitted.id);
        if (known === undefined || isNewer(admitted, known.admitted))
          kept.set(admitted.id, { admitted, resource: resource as object });
        sink.ids.add(admitted.id);
      }
      return Promise.resolve();
    },
    restart() {
      kept.clear();
      sink.ids.clear();
      return Promise.resolve();
    },
  };
  const rules = { type, pageSize, splittable: canHalve(slice) };
  const params = sliceParams(slice, [patientId], {});
  const { outcome, expected, found, middleMs } = await fetchSlice(search, params, sink, rules);
  if (outcome === 'split') {
    const parts: object[] = [];
    for (const half of halve(slice, nowMs, middleMs)) parts.push(...(await searchAll(context, half)));
    const counted = await countOfSplit(search, type, params, expected, parts.length);
    if (counted !== undefined && parts.length < counted) throw incomplete(type, counted, parts.length);
    return parts;
  }
  if (outcome !== 'done') throw incomplete(type, expected, found);
  return [...kept.values()].map(({ resource }) => resource);
}

function incomplete(type: string, expected: number | undefined, found: number): FhirError {
  const what = `${type}: expected ${expected ?? 'all'} resources as counted, found ${found}; no score is given on a part of the records`;
  return new FhirError('FHIR_INCOMPLETE', what, { details: { type } });
}

function isNewer(a: Admitted, b: Admitted): boolean {
  const [at, bt] = [a.updatedMs ?? Number.NEGATIVE_INFINITY, b.updatedMs ?? Number.NEGATIVE_INFINITY];
  return at === bt ? versionNumber(a.version) > versionNumber(b.version) : at > bt;
}

function versionNumber(version: string | null): number {
  return version !== null && /^\d{1,15}$/.test(version) ? Number(version) : -1;
}

function refused(type: string, reason: string): FhirError {
  const details = { type, reason };
  if (reason === 'other-patient') {
    const what = `${type}: expected resources of the patient asked for, found another's; this server ignores the patient parameter`;
    return new FhirError('FHIR_FILTER_IGNORED', what, { details });
  }
  return new FhirError(
    'FHIR_ENTRY_REFUSED',
    `${type}: expected resources that can be kept, found one refused as ${reason}; correct it there`,
    { details },
  );
}
