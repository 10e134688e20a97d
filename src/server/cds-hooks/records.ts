/**
 * The records a card is made from: what was sent along, completed from the client's FHIR server where it may be asked.
 *
 * Out     one collection Bundle of the patient, wholly searched; or a refusal (412) that says what was missing
 * Choice  only the types that are missing are fetched, each from its beginning
 * Choice  a FHIR server that refuses or fails is a precondition that failed, as the standard has it; one that is too slow is a deadline
 */
import { FhirError } from '../../errors.ts';
import { RequestRefusal } from '../operation-outcome.ts';
import type { Deadline } from './deadline.ts';
import type { ReadRecords } from './fhir-access.ts';
import { readPrefetch, type RecordEntry } from './prefetch.ts';
import type { CdsService } from './services.ts';
import type { CdsRequest } from './standard.ts';

export interface Records {
  readonly bundle: { readonly resourceType: 'Bundle'; readonly type: 'collection'; readonly entry: readonly RecordEntry[] };
  /** The encounter of the context; null where the context has none. */
  readonly encounter: RecordEntry['resource'] | null;
}

/**
 * @param read  null where no FHIR server may be asked
 * @throws {RequestRefusal} SERVER_CDS_PREFETCH, SERVER_CDS_DEADLINE, SERVER_CDS_REQUEST
 * @throws {CancelledError} when the client has gone
 */
export async function recordsOf(
  request: CdsRequest,
  service: CdsService,
  read: ReadRecords | null,
  limits: { readonly deadline: Deadline; readonly signal: AbortSignal },
): Promise<Records> {
  const { patientId, encounterId } = request.context;
  const { entries, missing } = readPrefetch(request, service);
  const fetched = missing.length === 0 ? [] : await fetchMissing(patientId, missing, read, limits);
  // Of two versions of a resource the scorer keeps the first.
  const all = [...fetched, ...entries];
  const isAsked = ({ resource }: RecordEntry): boolean =>
    resource['resourceType'] === 'Encounter' && resource['id'] === encounterId;
  const encounter = encounterId === undefined ? null : (all.find(isAsked)?.resource ?? undefined);
  if (encounter === undefined) throw unsatisfied('the encounter of the context among the records, found none with its id');
  return { bundle: { resourceType: 'Bundle', type: 'collection', entry: all }, encounter };
}

async function fetchMissing(
  patientId: string,
  missing: readonly string[],
  read: ReadRecords | null,
  { deadline, signal }: { readonly deadline: Deadline; readonly signal: AbortSignal },
): Promise<readonly RecordEntry[]> {
  const what = `the whole of ${missing.join(', ')} as prefetch`;
  if (read === null) throw unsatisfied(`${what}, found it missing or in part, and no FHIR server that may be asked for it`);
  try {
    return await read(patientId, missing, { deadlineMs: deadline.leftMs, signal });
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    if (error.code === 'FHIR_TIMEOUT') throw deadline.refusal();
    throw unsatisfied(`${what}, or the same from the FHIR server, found that it cannot give it (${error.code})`);
  }
}

function unsatisfied(what: string): RequestRefusal {
  return new RequestRefusal('SERVER_CDS_PREFETCH', `expected ${what}`);
}
