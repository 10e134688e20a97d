/**
 * Which FHIR server a call may have us ask, and with whose token.
 *
 * In      the server and token a call brings; who sent it
 * Out     a reader of one patient's records, or none
 * Rule    only servers that the operator listed are asked, each for every client or for one issuer's alone; anything else that a call
 *         names is never connected to, so that nobody can have this server look into the network it stands in
 * Choice  our own token for the configured server is used only for callers who may score by id anyway: a CDS client brings the token
 *         of the user it asks for
 * Choice  what kind of network a listed host is in is held from its first answer on, for as long as the server runs
 */
import { UsageError } from '../../errors.ts';
import { guardedLookup, type Lookup } from '../../fhir/address-guard.ts';
import { parseFhirBase } from '../../fhir/origin.ts';
import { fetchPatientBundle, type PatientReaderOptions } from '../../fhir/patient-bundle.ts';
import type { TokenSource } from '../../fhir/transport.ts';
import type { Principal } from '../access/principal.ts';
import type { RecordEntry } from './prefetch.ts';
import type { CdsRequest } from './standard.ts';

/** What a search must not take longer than, and who still waits for it. */
export interface ReadLimits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @param types  beside Patient, which is always read */
export type ReadRecords = (patientId: string, types: readonly string[], limits: ReadLimits) => Promise<readonly RecordEntry[]>;

export interface FhirAccess {
  /** null where the call names no server that may be asked for this caller. */
  readerOf(request: CdsRequest, principal: Principal | null): ReadRecords | null;
}

export interface FhirAccessOptions {
  /** `https://host/fhir`, or `issuer|https://host/fhir` for calls of one issuer's clients alone. */
  readonly servers?: readonly string[] | undefined;
  /** The server that scores by id are fetched from. */
  readonly own?: { readonly server: string; readonly token?: TokenSource | undefined } | undefined;
  readonly reader?: Omit<PatientReaderOptions, 'server' | 'token' | 'types' | 'deadlineMs'> | undefined;
}

/** No server may be asked. */
export const noFhirAccess: FhirAccess = { readerOf: () => null };

/** @throws {UsageError} SERVER_OPTION; {FhirError} FHIR_BASE_URL, FHIR_INSECURE for an address that may not be listed */
export function fhirAccess({ servers = [], own, reader = {} }: FhirAccessOptions): FhirAccess {
  const base = (text: string): string => parseFhirBase(text, { allowHttp: reader.allowHttp ?? false }).text;
  const ownBase = own === undefined ? null : base(own.server);
  const listed = servers.map((text) => {
    const at = text.lastIndexOf('|');
    const issuer = at < 0 ? null : text.slice(0, at);
    if (issuer === '') throw new UsageError('SERVER_OPTION', 'cds-fhir-server: expected an issuer before |, found none');
    return { issuer, base: base(text.slice(at + 1)) };
  });
  const lookup = heldLookup(reader.lookup);

  return {
    readerOf({ fhirServer, fhirAuthorization }, principal) {
      const asked = fhirServer === undefined ? null : baseOf(fhirServer);
      if (asked === null) return null;
      const isOwn = asked === ownBase;
      const isListed = listed.some(({ issuer, base }) => base === asked && (issuer === null || issuer === principal?.issuer));
      if (!isOwn && !isListed) return null;
      const given = fhirAuthorization?.access_token;
      const mayUseOurs = isOwn && principal?.scopes.has('score:read') === true;
      if (isOwn && given === undefined && !mayUseOurs) return null;
      const token: TokenSource | undefined =
        given === undefined ? (isOwn ? own?.token : undefined) : () => Promise.resolve(given);
      return async (patientId, types, limits) => {
        const options = { ...reader, ...limits, lookup, server: asked, token, types, patientId };
        const { bundle } = await fetchPatientBundle(options);
        return bundle.entry as readonly RecordEntry[];
      };
    },
  };
}

/** As the list has it; null for what is no address of a FHIR server. */
function baseOf(text: string): string | null {
  try {
    return parseFhirBase(text, { allowHttp: true }).text;
  } catch {
    return null;
  }
}

function heldLookup(resolve: Lookup | undefined): Lookup {
  const guarded = guardedLookup(resolve);
  return (hostname, options, done) =>
    guarded(hostname, { ...options, all: true }, (error, addresses) =>
      done(error, typeof addresses === 'string' ? [] : addresses),
    );
}
