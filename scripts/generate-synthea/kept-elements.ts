/**
 * Which elements of a record stay: what a flat table reads, what FHIR R4 demands, and what makes the record citable.
 *
 * In      one parsed resource of Synthea
 * Out     a fresh, valid R4 resource, keys in the order FHIR lists them
 * Choice  codings stay whole (their display is what reports print); `text`, narrative, `meta` and the display of references repeat
 *         them or say who wrote them, and go
 * Choice  an Organization is named by a conditional reference ("Organization?identifier=SYSTEM|VALUE"), which only a server that holds
 *         the organisation can resolve; it becomes a logical reference, which is valid anywhere
 * Source  https://hl7.org/fhir/R4/references.html#logical, resource definitions of R4 (4.0.1)
 */
import { UsageError } from '../../src/errors.ts';

export const keptTypes = ['Patient', 'Encounter', 'Condition', 'Observation', 'Procedure', 'MedicationRequest'] as const;
export type KeptType = (typeof keptTypes)[number];
export type SyntheaRecord =
  fhir4.Patient | fhir4.Encounter | fhir4.Condition | fhir4.Observation | fhir4.Procedure | fhir4.MedicationRequest;

const syntheaSystem = 'https://github.com/synthetichealth/synthea';
const keptExtensions: readonly string[] = [
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity',
];

/**
 * The record reduced to its kept elements. Elements that are absent stay absent: the result has keys with the value undefined,
 * which JSON.stringify leaves out.
 *
 * @throws {UsageError} SYNTHEA_RECORD where an element that R4 demands, or that gives the record its meaning, is not there
 */
export function keptElements(record: SyntheaRecord): object {
  switch (record.resourceType) {
    case 'Patient':
      return patient(record);
    case 'Encounter':
      return encounter(record);
    case 'Condition':
      return condition(record);
    case 'Observation':
      return observation(record);
    case 'Procedure':
      return procedure(record);
    case 'MedicationRequest':
      return medicationRequest(record);
  }
}

/** An error that names the record by type and id, and the element that is not as expected. */
export function unexpected(record: { resourceType: string; id?: string | undefined }, element: string): UsageError {
  const where = `${record.resourceType}/${record.id ?? '(no id)'}`;
  const what = `${where}: expected ${element} as Synthea 3.3.0 writes it, found none or another form`;
  return new UsageError('SYNTHEA_RECORD', `${what}; generate the raw records again with the pinned release`, {
    details: { resource: where, element },
  });
}

function patient(r: fhir4.Patient): object {
  return {
    resourceType: r.resourceType,
    id: r.id,
    extension: listed(r.extension?.filter((e) => keptExtensions.includes(e.url))),
    identifier: listed(r.identifier?.filter((i) => i.system === syntheaSystem)) ?? fail(r, 'identifier'),
    active: r.active,
    gender: r.gender,
    birthDate: r.birthDate,
    deceasedBoolean: r.deceasedBoolean,
    deceasedDateTime: r.deceasedDateTime,
  };
}

function encounter(r: fhir4.Encounter): object {
  const disposition = coded(r.hospitalization?.dischargeDisposition);
  return {
    resourceType: r.resourceType,
    id: r.id,
    status: r.status,
    class: r.class,
    type: listed(r.type?.map(coded)),
    subject: reference(r.subject),
    period: r.period,
    reasonCode: listed(r.reasonCode?.map(coded)),
    hospitalization: disposition && { dischargeDisposition: disposition },
    serviceProvider: logicalReference(r.serviceProvider),
    partOf: reference(r.partOf),
  };
}

function condition(r: fhir4.Condition): object {
  return {
    resourceType: r.resourceType,
    id: r.id,
    clinicalStatus: coded(r.clinicalStatus),
    verificationStatus: coded(r.verificationStatus),
    category: listed(r.category?.map(coded)),
    code: coded(r.code),
    subject: reference(r.subject),
    encounter: reference(r.encounter),
    ...choice(r, 'onset'),
    ...choice(r, 'abatement'),
    recordedDate: r.recordedDate,
  };
}

function observation(r: fhir4.Observation): object {
  return {
    resourceType: r.resourceType,
    id: r.id,
    status: r.status,
    code: coded(r.code) ?? fail(r, 'code.coding'),
    subject: reference(r.subject),
    encounter: reference(r.encounter),
    effectiveDateTime: r.effectiveDateTime,
    issued: r.issued,
    valueQuantity: r.valueQuantity,
    valueCodeableConcept: coded(r.valueCodeableConcept),
    component: r.component?.map((part) => ({
      code: coded(part.code) ?? fail(r, 'component.code.coding'),
      valueQuantity: part.valueQuantity,
      valueCodeableConcept: coded(part.valueCodeableConcept),
    })),
  };
}

function procedure(r: fhir4.Procedure): object {
  return {
    resourceType: r.resourceType,
    id: r.id,
    status: r.status,
    code: coded(r.code),
    subject: reference(r.subject),
    encounter: reference(r.encounter),
    performedDateTime: r.performedDateTime,
    performedPeriod: r.performedPeriod,
  };
}

function medicationRequest(r: fhir4.MedicationRequest): object {
  return {
    resourceType: r.resourceType,
    id: r.id,
    status: r.status,
    intent: r.intent,
    medicationCodeableConcept: coded(r.medicationCodeableConcept) ?? fail(r, 'medicationCodeableConcept.coding'),
    subject: reference(r.subject),
    encounter: reference(r.encounter),
    authoredOn: r.authoredOn,
  };
}

type Concept = Pick<fhir4.CodeableConcept, 'coding'>;

function coded(concept: fhir4.CodeableConcept | undefined): Concept | undefined {
  return concept?.coding?.length ? { coding: concept.coding } : undefined;
}

/** FHIR has no empty arrays: a list without members is an absent element. */
function listed<T>(items: readonly (T | undefined)[] | undefined): T[] | undefined {
  const present = items?.filter((item): item is T => item !== undefined) ?? [];
  return present.length > 0 ? present : undefined;
}

function reference(target: fhir4.Reference | undefined): fhir4.Reference | undefined {
  return target?.reference === undefined ? undefined : { reference: target.reference };
}

function logicalReference(target: fhir4.Reference | undefined): fhir4.Reference | undefined {
  const [, system, value] = /^[A-Z][A-Za-z]+\?identifier=([^|]+)\|(.+)$/.exec(target?.reference ?? '') ?? [];
  return system !== undefined && value !== undefined ? { identifier: { system, value } } : reference(target);
}

/** A choice element is one key, its type in the name: onsetDateTime, onsetAge, … */
function choice(record: fhir4.Condition, name: 'onset' | 'abatement'): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key.startsWith(name)));
}

function fail(record: SyntheaRecord, element: string): never {
  throw unexpected(record, element);
}
