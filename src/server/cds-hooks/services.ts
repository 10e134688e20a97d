/**
 * The CDS services that are offered: on which hook, and what a client is asked to send along.
 *
 * Choice  the whole record of the six types is asked for, without dates: features that look at all of it would otherwise be not covered
 * Choice  the queries use what every client has to be able to read: instance reads, type searches by patient, `_count`
 * Choice  a large `_count` asks for one page; a client that sends several pages all the same is understood (./prefetch.ts)
 */

/** What the features are made of. */
export const recordTypes = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'] as const;
export type RecordType = (typeof recordTypes)[number];

/** Prefetch keys of the searches. */
export const searches = {
  encounters: 'Encounter',
  conditions: 'Condition',
  observations: 'Observation',
  procedures: 'Procedure',
  medicationRequests: 'MedicationRequest',
} as const satisfies Readonly<Record<string, RecordType>>;
export type SearchKey = keyof typeof searches;

/** Entries a search asks for; as many without a count of all may be a cut answer. */
export const searchCount = 1000;

const patient = 'Patient/{{context.patientId}}';
const history = Object.fromEntries(
  Object.entries(searches).map(([key, type]) => [key, `${type}?patient={{context.patientId}}&_count=${searchCount}`]),
);

const common = {
  usageRequirements:
    'Needs every prefetch key, whole; or fhirServer, agreed upon beforehand, with a token that may search Patient, Encounter, Condition, ' +
    'Observation, Procedure and MedicationRequest. Otherwise the answer is 412.',
} as const;

export const services = [
  {
    hook: 'encounter-discharge',
    id: 'readmission-risk-discharge',
    title: 'Readmission risk at discharge',
    description:
      'How likely an unplanned return to hospital is after this discharge, why, and how sure that is. No card for stays that the model is not for.',
    prefetch: { patient, encounter: 'Encounter/{{context.encounterId}}', ...history },
    ...common,
  },
  {
    hook: 'patient-view',
    id: 'readmission-risk-patient-view',
    title: 'Readmission risk of the current or latest stay',
    description:
      'How likely an unplanned return to hospital is after the stay in context or, without one, after the latest inpatient stay while it is open or ' +
      'its horizon is not over; why, and how sure that is. No card for stays that the model is not for.',
    // An encounter in context is optional here, and a token that cannot be filled makes a query that cannot be run.
    prefetch: { patient, ...history },
    ...common,
  },
] as const;

export type CdsService = (typeof services)[number];

/** undefined where no service has the id. */
export function serviceById(id: string): CdsService | undefined {
  return services.find((service) => service.id === id);
}
