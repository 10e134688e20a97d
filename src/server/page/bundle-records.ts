/**
 * The resources of one patient's Bundle by `Type/id`, and the person they are about.
 */
import { nameText, objectOf, listOf, textOf, type Json } from './fhir-text.ts';
import type { Person } from './page-answers.ts';

export function resourcesByKey(bundle: unknown): ReadonlyMap<string, Json> {
  const resources = listOf(objectOf(bundle)['entry']).map(({ resource }) => objectOf(resource));
  return new Map(resources.map((resource) => [`${String(resource['resourceType'])}/${String(resource['id'])}`, resource]));
}

/** By what the record says today; a date that lies ahead is no death. */
export function isDead(patient: Json | undefined, nowMs: number): boolean {
  const died = textOf(patient?.['deceasedDateTime']);
  // A date that cannot be read still says that somebody wrote down a death.
  return patient?.['deceasedBoolean'] === true || (died !== null && !(Date.parse(died) > nowMs));
}

export function personOf(records: ReadonlyMap<string, Json>, patientId: string): Person {
  const patient = records.get(`Patient/${patientId}`) ?? {};
  return {
    id: patientId,
    name: nameText(patient),
    sex: textOf(patient['gender']),
    birthDate: textOf(patient['birthDate']),
  };
}
