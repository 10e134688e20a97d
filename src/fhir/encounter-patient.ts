/**
 * Whose encounter it is, by a FHIR server: for who knows the id of an encounter alone.
 *
 * In      a server and its token; an encounter's id
 * Out     the patient's id, or null where the server has no such encounter, or one that names no patient by a literal reference
 * Choice  by search, as for the records (./short-read.ts), so that origin checks, retries and patience are the same
 */
import { FhirError } from '../errors.ts';
import { subjectOf } from './entry-check.ts';
import { shortRead, type ShortReadOptions } from './short-read.ts';
import { fhirId } from '../util/fhir-id.ts';

/**
 * @throws {FhirError} FHIR_OPTION for an id of another form; what ./short-read.ts throws
 * @throws {CancelledError} when `signal` fires
 */
export async function findEncounterPatient(
  options: ShortReadOptions & { readonly encounterId: string; readonly signal?: AbortSignal | undefined },
): Promise<string | null> {
  const { encounterId } = options;
  if (!fhirId.test(encounterId))
    throw new FhirError('FHIR_OPTION', 'encounterId: expected an id of the form [A-Za-z0-9-.]{1,64}');
  return shortRead(options, 'an encounter', async ({ search }) => {
    // One page alone: a server that ignores _id would hand out everybody's.
    const { entries } = await search.first('Encounter', { _id: encounterId }, 2);
    const encounters = entries.map(({ resource }) => resource as Readonly<Record<string, unknown>>);
    const encounter = encounters.find(({ resourceType, id }) => resourceType === 'Encounter' && id === encounterId);
    return encounter === undefined ? null : subjectOf(encounter);
  });
}
