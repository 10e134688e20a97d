/**
 * The canonical addresses of what this project defines in FHIR, below one base.
 *
 * Choice  the base names no host that could answer: who publishes these definitions in earnest puts an address of their own here, and
 *         every profile, extension, code system and operation moves with it. The server hands each out at /fhir/Type/id
 */

export const canonicalBase = 'http://fhir-readmission-risk.example.org/fhir';
/** Of the definitions; raised whenever one of them changes. */
const definitionsVersion = '1.0.0';
/** When that version was settled. */
const definitionsDate = '2026-11-24';

export type DefinitionType = 'StructureDefinition' | 'CodeSystem' | 'OperationDefinition';

export function canonical(type: DefinitionType, id: string): string {
  return `${canonicalBase}/${type}/${id}`;
}

export const operationCode = 'readmission-risk';
export const operationUrl = canonical('OperationDefinition', 'Encounter-readmission-risk');
export const profileUrl = canonical('StructureDefinition', 'readmission-risk-assessment');

/** Identifier system of a model file by the SHA-256 of its bytes. */
export const modelHashSystem = `${canonicalBase}/sid/model-sha256`;

export const codeSystems = {
  /** What is assessed and predicted. */
  risk: canonical('CodeSystem', 'readmission-risk'),
  /** Rules by which a stay is no index discharge. */
  eligibility: canonical('CodeSystem', 'eligibility-rule'),
  /** Error codes of the server. */
  problem: canonical('CodeSystem', 'problem'),
} as const;

export const outside = {
  riskProbability: 'http://terminology.hl7.org/CodeSystem/risk-probability',
  snomed: 'http://snomed.info/sct',
} as const;

/** What every definition says of itself. */
export const publication = {
  version: definitionsVersion,
  status: 'active',
  experimental: false,
  date: definitionsDate,
  publisher: 'fhir-readmission-risk',
} as const;

export const fhirVersion = '4.0.1';

/** ReadmissionRisk of readmission-risk: what code generators call a definition. */
export function nameOf(id: string): string {
  return id
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}
