/**
 * Searches that somebody waits for: read to the end into memory, with the guards of a pull and the patience of a request.
 *
 * In      a server and its token; searches by type and parameters
 * Out     every resource of a search, each once in its newest version
 * Choice  the search, paging, counting and origin checks are those of a pull (./fetch-slice.ts, ./transport.ts); only the store is
 *         memory, and the waits are short
 * Choice  all or nothing: a shortfall, a record about someone else or one that cannot be kept ends it. A pull can set such an entry
 *         aside and account for it; an answer made without it would not show that anything is missing
 */
import { CancelledError, FhirError } from '../errors.ts';
import type { Lookup } from './address-guard.ts';
import { checkEntry, type Admitted } from './entry-check.ts';
import { countOfSplit, fetchSlice, type PageSink } from './fetch-slice.ts';
import { parseFhirBase } from './origin.ts';
import type { RetryPolicy } from './retry.ts';
import { createSearch, type FhirSearch, type SearchParams } from './search.ts';
import { canHalve, halve, sliceParams, type Slice } from './slice.ts';
import { createTransport, type TokenSource } from './transport.ts';

export interface ShortReadOptions {
  /** FHIR base, http or https. */
  readonly server: string;
  readonly token?: TokenSource | undefined;
  /** All searches together, milliseconds; 20,000. */
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

export interface ShortReader {
  readonly search: FhirSearch;
  /**
   * Every resource that a search finds.
   *
   * @param patients  ids; a resource of or about anyone else is refused
   * @throws {FhirError} FHIR_INCOMPLETE for fewer resources than were counted; FHIR_ENTRY_REFUSED; FHIR_FILTER_IGNORED
   */
  all(type: string, params: SearchParams, patients?: ReadonlySet<string>): Promise<object[]>;
}

/** Whoever waits for an answer does not wait half a minute for a server to recover. */
const shortWaits: Partial<RetryPolicy> = { maxTries: 3, baseMs: 200, capMs: 2000, maxWaitMs: 5000 };
const maxDepth = 64;

/**
 * @param what  is read, for the message of its end
 * @throws {FhirError} FHIR_TIMEOUT past the deadline; FHIR_BASE_URL, FHIR_INSECURE; what ./transport.ts throws
 * @throws {CancelledError} when `signal` fires
 */
export async function shortRead<T>(
  options: ShortReadOptions & { readonly signal?: AbortSignal | undefined },
  what: string,
  use: (reader: ShortReader) => Promise<T>,
): Promise<T> {
  const { deadlineMs = 20_000, pageSize = 1000 } = options;
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
  const nowMs = (options.now ?? Date.now)();
  try {
    return await use({
      search,
      async all(type, params, patients) {
        const slice: Slice = { key: type, type, patients: null, window: null };
        try {
          return await searchAll({ search, params, patients, pageSize, nowMs }, slice);
        } catch (error) {
          stop.abort();
          throw error;
        }
      },
    });
  } catch (error) {
    if (!(error instanceof CancelledError) && !(error instanceof FhirError && error.code === 'FHIR_ABORTED')) throw error;
    if (options.signal?.aborted === true) throw new CancelledError(`reading ${what}`);
    if (late.aborted) {
      throw new FhirError('FHIR_TIMEOUT', `expected ${what} within ${deadlineMs} ms, found the server slower`, { cause: error });
    }
    throw error;
  } finally {
    transport.close();
  }
}

interface ReadContext {
  readonly search: FhirSearch;
  readonly params: SearchParams;
  readonly patients: ReadonlySet<string> | undefined;
  readonly pageSize: number;
  readonly nowMs: number;
}

/** One search to its end, through its halves where a server cuts long answers. */
async function searchAll(context: ReadContext, slice: Slice): Promise<object[]> {
  const { search, patients, pageSize, nowMs } = context;
  const { type } = slice;
  const kept = new Map<string, { readonly admitted: Admitted; readonly resource: object }>();
  const sink: PageSink = {
    ids: new Set(),
    quarantined: 0,
    resumeAt: null,
    commit(page) {
      for (const { resource, span, mode } of page.entries) {
        if (mode === 'outcome') continue;
        const admitted = checkEntry(resource, span, mode, { type, maxDepth, patients });
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
  const params = sliceParams(slice, [], context.params);
  const { outcome, expected, found, middleMs } = await fetchSlice(search, params, sink, {
    type,
    pageSize,
    splittable: canHalve(slice),
  });
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
  const what = `${type}: expected ${expected ?? 'all'} resources as counted, found ${found}; no answer is given on a part of the records`;
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
