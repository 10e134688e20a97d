/**
 * Code systems under one name each: the URI that value sets use, and the other URIs the same system is known by everywhere.
 *
 * In      nothing; a hospital's own URIs come from its mapping (./site-mapping.ts)
 * Out     standard URIs, their public aliases, and which systems are ICD
 * Choice  an OID as `urn:oid:` is an alias of its system without any mapping, because it means the same at every site
 * Choice  the national editions of ICD-10 stay apart: the same code can mean another thing in another edition
 * Source  HL7 Terminology (terminology.hl7.org), OIDs of the HL7 OID registry; German systems: HL7 Deutschland, BfArM
 */
export const snomed = 'http://snomed.info/sct';
export const loinc = 'http://loinc.org';
export const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const icd10 = 'http://hl7.org/fhir/sid/icd-10';
const icd10cm = 'http://hl7.org/fhir/sid/icd-10-cm';
const icd10gm = 'http://fhir.de/CodeSystem/bfarm/icd-10-gm';
const icd9cm = 'http://hl7.org/fhir/sid/icd-9-cm';
const icd10pcs = 'http://www.cms.gov/Medicare/Coding/ICD10';
const ops = 'http://fhir.de/CodeSystem/bfarm/ops';
const atc = 'http://www.whocc.no/atc';
const ucum = 'http://unitsofmeasure.org';

/** Systems that a mapping may point at. */
export const standardSystems: readonly string[] = [
  snomed,
  loinc,
  rxnorm,
  icd10,
  icd10cm,
  icd10gm,
  icd9cm,
  icd10pcs,
  ops,
  atc,
  ucum,
];

/** Systems of ICD-10 diagnoses, in the order in which a coding is preferred. */
export const icd10Systems: readonly string[] = [icd10cm, icd10gm, icd10];

/** Systems whose codes are written with and without points, in either case: brought to one form, see ./mapped-views.ts. */
export const icdSystems: readonly string[] = [...icd10Systems, icd9cm, icd10pcs];

/** A URI and the standard URI of the same system. */
export interface SystemAlias {
  readonly from: string;
  readonly to: string;
}

/** Known at every site. */
export const publicAliases: readonly SystemAlias[] = [
  { from: 'urn:oid:2.16.840.1.113883.6.96', to: snomed },
  { from: 'urn:oid:2.16.840.1.113883.6.1', to: loinc },
  { from: 'urn:oid:2.16.840.1.113883.6.88', to: rxnorm },
  { from: 'urn:oid:2.16.840.1.113883.6.90', to: icd10cm },
  { from: 'urn:oid:2.16.840.1.113883.6.3', to: icd10 },
  { from: 'http://fhir.de/CodeSystem/dimdi/icd-10-gm', to: icd10gm },
  { from: 'http://fhir.de/CodeSystem/icd-10-gm', to: icd10gm },
  { from: 'urn:oid:1.2.276.0.76.5.409', to: icd10gm },
  { from: 'urn:oid:2.16.840.1.113883.6.103', to: icd9cm },
  { from: 'urn:oid:2.16.840.1.113883.6.4', to: icd10pcs },
  { from: 'http://hl7.org/fhir/sid/icd-10-pcs', to: icd10pcs },
  { from: 'http://fhir.de/CodeSystem/dimdi/ops', to: ops },
  { from: 'urn:oid:2.16.840.1.113883.6.73', to: atc },
  { from: 'http://fhir.de/CodeSystem/bfarm/atc', to: atc },
  { from: 'urn:oid:2.16.840.1.113883.6.8', to: ucum },
];
