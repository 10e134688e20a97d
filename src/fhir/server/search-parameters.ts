/**
 * The search parameters this server supports, per resource type: name, kind, and where in the resource its values are.
 *
 * Choice  names and meanings are those of R4, so a client written against this server works against a real one: Condition has
 *         no `date`, and `date` of an Observation is its effective time. What is not listed is refused
 * Source  http://hl7.org/fhir/R4/searchparameter-registry.html
 */
export interface TokenParameter {
  readonly kind: 'token';
  readonly paths: readonly string[];
  /** The code system of an element that is a bare code. */
  readonly system?: string;
}
export interface DateParameter {
  readonly kind: 'date';
  readonly paths: readonly string[];
}
export interface ReferenceParameter {
  readonly kind: 'reference';
  readonly paths: readonly string[];
  /** Types it may point to; a bare id is looked for among these. */
  readonly targets: readonly string[];
}
export type SearchParameter = TokenParameter | DateParameter | ReferenceParameter;

const token = (...paths: string[]): TokenParameter => ({ kind: 'token', paths });
const code = (path: string, system: string): TokenParameter => ({
  kind: 'token',
  paths: [path],
  system: `http://hl7.org/fhir/${system}`,
});
const date = (...paths: string[]): DateParameter => ({ kind: 'date', paths });
const reference = (paths: string | string[], ...targets: string[]): ReferenceParameter => ({
  kind: 'reference',
  paths: typeof paths === 'string' ? [paths] : paths,
  targets,
});

const patient = reference('subject', 'Patient');
const subject = reference('subject', 'Patient', 'Group');
const observed = reference('subject', 'Patient', 'Group', 'Device', 'Location');
const encounter = reference('encounter', 'Encounter');
const context = reference('context', 'Encounter', 'EpisodeOfCare');
const medication = reference('medicationReference', 'Medication');
const medicationCode = token('medicationCodeableConcept');
const effective = date('effectiveDateTime', 'effectivePeriod', 'effectiveTiming', 'effectiveInstant');

const common: Readonly<Record<string, SearchParameter>> = {
  _id: token('id'),
  _lastUpdated: date('meta.lastUpdated'),
};

const byType: Readonly<Record<string, Readonly<Record<string, SearchParameter>>>> = {
  AllergyIntolerance: {
    identifier: token('identifier'),
    patient: reference('patient', 'Patient'),
    code: token('code', 'reaction.substance'),
    'clinical-status': token('clinicalStatus'),
    date: date('recordedDate'),
    onset: date('reaction.onset'),
  },
  CarePlan: {
    identifier: token('identifier'),
    patient,
    subject,
    encounter,
    category: token('category'),
    status: code('status', 'request-status'),
    date: date('period'),
  },
  Condition: {
    identifier: token('identifier'),
    patient,
    subject,
    encounter,
    code: token('code'),
    category: token('category'),
    'clinical-status': token('clinicalStatus'),
    'verification-status': token('verificationStatus'),
    'onset-date': date('onsetDateTime', 'onsetPeriod'),
    'abatement-date': date('abatementDateTime', 'abatementPeriod'),
    'recorded-date': date('recordedDate'),
  },
  DiagnosticReport: {
    identifier: token('identifier'),
    patient,
    subject: observed,
    encounter,
    code: token('code'),
    category: token('category'),
    status: code('status', 'diagnostic-report-status'),
    date: date('effectiveDateTime', 'effectivePeriod'),
    issued: date('issued'),
    result: reference('result', 'Observation'),
  },
  Encounter: {
    identifier: token('identifier'),
    patient,
    subject,
    class: token('class'),
    type: token('type'),
    status: code('status', 'encounter-status'),
    date: date('period'),
    'reason-code': token('reasonCode'),
    'part-of': reference('partOf', 'Encounter'),
    'service-provider': reference('serviceProvider', 'Organization'),
    participant: reference('participant.individual', 'Practitioner', 'PractitionerRole', 'RelatedPerson'),
    location: reference('location.location', 'Location'),
    diagnosis: reference('diagnosis.condition', 'Condition', 'Procedure'),
  },
  Immunization: {
    identifier: token('identifier'),
    patient: reference('patient', 'Patient'),
    'vaccine-code': token('vaccineCode'),
    status: code('status', 'event-status'),
    date: date('occurrenceDateTime'),
  },
  Location: {
    identifier: token('identifier'),
    status: code('status', 'location-status'),
    type: token('type'),
    organization: reference('managingOrganization', 'Organization'),
  },
  Medication: { identifier: token('identifier'), code: token('code'), status: code('status', 'CodeSystem/medication-status') },
  MedicationAdministration: {
    identifier: token('identifier'),
    patient,
    subject,
    context,
    code: medicationCode,
    medication,
    status: code('status', 'CodeSystem/medication-admin-status'),
    'effective-time': date('effectiveDateTime', 'effectivePeriod'),
  },
  MedicationRequest: {
    identifier: token('identifier'),
    patient,
    subject,
    encounter,
    code: medicationCode,
    medication,
    status: code('status', 'CodeSystem/medicationrequest-status'),
    intent: code('intent', 'CodeSystem/medicationrequest-intent'),
    authoredon: date('authoredOn'),
  },
  Observation: {
    identifier: token('identifier'),
    patient,
    subject: observed,
    encounter,
    code: token('code'),
    category: token('category'),
    status: code('status', 'observation-status'),
    date: effective,
  },
  Organization: {
    identifier: token('identifier'),
    active: token('active'),
    type: token('type'),
    partof: reference('partOf', 'Organization'),
  },
  Patient: {
    identifier: token('identifier'),
    active: token('active'),
    gender: code('gender', 'administrative-gender'),
    birthdate: date('birthDate'),
    'death-date': date('deceasedDateTime'),
    organization: reference('managingOrganization', 'Organization'),
    'general-practitioner': reference('generalPractitioner', 'Organization', 'Practitioner', 'PractitionerRole'),
    link: reference('link.other', 'Patient', 'RelatedPerson'),
  },
  Practitioner: { identifier: token('identifier'), active: token('active'), gender: code('gender', 'administrative-gender') },
  Procedure: {
    identifier: token('identifier'),
    patient,
    subject,
    encounter,
    code: token('code'),
    category: token('category'),
    status: code('status', 'event-status'),
    date: date('performedDateTime', 'performedPeriod'),
    'reason-reference': reference(
      'reasonReference',
      'Condition',
      'Observation',
      'Procedure',
      'DiagnosticReport',
      'DocumentReference',
    ),
  },
  ServiceRequest: {
    identifier: token('identifier'),
    patient,
    subject: observed,
    encounter,
    code: token('code'),
    category: token('category'),
    status: code('status', 'request-status'),
    authored: date('authoredOn'),
  },
};

const merged = new Map<string, ReadonlyMap<string, SearchParameter>>();

/** The parameters of a type; a type without a row of its own has `_id` and `_lastUpdated`. */
export function searchParametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  let parameters = merged.get(type);
  if (parameters === undefined) {
    parameters = new Map(Object.entries({ ...common, ...(Object.hasOwn(byType, type) ? byType[type] : {}) }));
    merged.set(type, parameters);
  }
  return parameters;
}

/** The element that places a record in a patient's compartment: "subject", "patient", or none. */
export function patientElementOf(type: string): string | null {
  const parameter = searchParametersOf(type).get('patient');
  return parameter?.kind === 'reference' ? (parameter.paths[0] ?? null) : null;
}
