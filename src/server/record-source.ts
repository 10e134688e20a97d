/**
 * Where records come from: a FHIR server, or a landing folder behind a FHIR server of its own that only this machine reaches.
 *
 * Choice  a landing folder is asked over HTTP too: what is tried on it is what a hospital's server will be asked. It is held in memory as long
 *         as it is served, about twice the size of its files before compression
 */
import { randomBytes } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { findEncounterPatient } from '../fhir/encounter-patient.ts';
import { readManifest } from '../fhir/index.ts';
import { parseFhirBase } from '../fhir/origin.ts';
import { fetchPatientBundle, type PatientReaderOptions } from '../fhir/patient-bundle.ts';
import { defaultTypes } from '../fhir/pull-options.ts';
import { fetchRecentDischarges } from '../fhir/recent-discharges.ts';
import { startFhirServer } from '../fhir/server/index.ts';
import type { TokenSource } from '../fhir/transport.ts';
import type { ServerContext } from './server-context.ts';

export interface RecordSourceOptions {
  /** FHIR base to fetch records from, for requests by id. */
  readonly fhirServer?: string | undefined;
  /** Landing folder to take records from instead. */
  readonly data?: string | undefined;
  /** Bearer token of the FHIR server, or a source of tokens. */
  readonly token?: string | TokenSource | undefined;
  /** Class codes of inpatient encounters, by which discharges are found; IMP, ACUTE and NONAC of HL7. */
  readonly inpatientClasses?: readonly string[] | undefined;
  /** Further options of the FHIR server. */
  readonly fhir?: Omit<PatientReaderOptions, 'server' | 'token'> | undefined;
}

export interface RecordSource extends Pick<ServerContext, 'fetchBundle' | 'findPatient' | 'fetchDischarges' | 'recordSource'> {
  close(): Promise<void>;
}

/**
 * @throws {UsageError} SERVER_OPTION where two sources are given, or a token for one that is not confidential; {FhirError} FHIR_BASE_URL,
 *         FHIR_INSECURE; as startFhirServer for a folder
 */
export async function openRecordSource(options: RecordSourceOptions): Promise<RecordSource> {
  const { fhirServer, data } = options;
  if (data === undefined) {
    const noClose = { close: () => Promise.resolve() };
    return fhirServer === undefined ? noClose : { ...fhirSource(options, fhirServer), recordSource: 'fhir-server', ...noClose };
  }
  if (fhirServer !== undefined || options.token !== undefined) {
    const what = 'data: expected one source of records, found a landing folder beside a FHIR server or its token; leave one out';
    throw new UsageError('SERVER_OPTION', what, { details: { option: 'data' } });
  }
  // A type that the folder does not cover is not asked for: what it would say is then not covered, instead of none.
  const { coverage } = await readManifest(data);
  const types = defaultTypes.filter((type) => coverage.types.includes(type));
  // Other processes of this machine reach the port too, and get nothing: the token is known to this one alone.
  const token = randomBytes(32).toString('base64url');
  const server = await startFhirServer({ landing: data, token });
  return {
    ...fhirSource({ ...options, token, fhir: { types, ...options.fhir } }, server.url),
    recordSource: 'landing',
    close: () => server.close(),
  };
}

export function tokenOf({ token }: Pick<RecordSourceOptions, 'token'>): TokenSource | undefined {
  return typeof token === 'string' ? () => Promise.resolve(token) : token;
}

function fhirSource({ token, inpatientClasses, fhir }: RecordSourceOptions, server: string): Omit<RecordSource, 'close'> {
  const base = parseFhirBase(server, { allowHttp: fhir?.allowHttp ?? false });
  if (token !== undefined && !base.confidential) {
    throw new UsageError('SERVER_OPTION', 'token: expected an https FHIR server to send it to, found http; use an https address');
  }
  const options = { ...fhir, server, token: tokenOf({ token }) };
  return {
    fetchBundle: (patientId, signal) => fetchPatientBundle({ ...options, patientId, signal }),
    findPatient: (encounterId, signal) => findEncounterPatient({ ...options, encounterId, signal }),
    // The searches of a whole hospital take longer than those of a patient.
    fetchDischarges: (window, signal) =>
      fetchRecentDischarges({ deadlineMs: 60_000, ...options, ...window, inpatientClasses, signal }),
  };
}
