/**
 * The records of one patient, now, from a FHIR server: a Bundle for scoring, and the types that were searched for it.
 *
 * In      a server and its token; a patient's id
 * Out     a collection Bundle with every resource the server has of the patient, each once in its newest version
 * Choice  all or nothing, as ./short-read.ts reads
 */
import { FhirError } from '../errors.ts';
import { defaultTypes } from './pull-options.ts';
import { shortRead, type ShortReadOptions } from './short-read.ts';
import { fhirId } from '../util/fhir-id.ts';

export interface PatientReaderOptions extends ShortReadOptions {
  /** Types beside Patient; Encounter, Condition, Observation, Procedure and MedicationRequest. */
  readonly types?: readonly string[] | undefined;
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

/**
 * @throws {FhirError} FHIR_PATIENT_UNKNOWN; FHIR_TIMEOUT past the deadline; FHIR_INCOMPLETE for fewer resources than were counted;
 *         FHIR_ENTRY_REFUSED for an entry that cannot be kept; FHIR_FILTER_IGNORED for records about others; what ./transport.ts throws
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchPatientBundle(
  options: PatientReaderOptions & { readonly patientId: string; readonly signal?: AbortSignal | undefined },
): Promise<PatientBundleAnswer> {
  const { patientId } = options;
  if (!fhirId.test(patientId)) throw new FhirError('FHIR_OPTION', 'patientId: expected an id of the form [A-Za-z0-9-.]{1,64}');
  const types = ['Patient', ...(options.types ?? defaultTypes).filter((type) => type !== 'Patient')];
  const patients = new Set([patientId]);
  return shortRead(options, 'a patient', async ({ all }) => {
    const found = await Promise.all(
      types.map((type) => all(type, { [type === 'Patient' ? '_id' : 'patient']: patientId }, patients)),
    );
    if (found[0]?.length === 0)
      throw new FhirError('FHIR_PATIENT_UNKNOWN', 'expected the patient at the FHIR server, found none with this id');
    return {
      bundle: { resourceType: 'Bundle', type: 'collection', entry: found.flat().map((resource) => ({ resource })) },
      types,
    };
  });
}
