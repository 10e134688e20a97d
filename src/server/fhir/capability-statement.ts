/**
 * What this server can do in FHIR: one operation, and the definitions behind it. It keeps no records of patients, so none is read or
 * searched here.
 *
 * Choice  dated by the model in use, not by the clock: the statement changes when the model does
 * Source  FHIR R4 capabilitystatement.html
 */
import type { ServedModel } from '../model-source.ts';
import {
  canonicalBase,
  fhirVersion,
  operationCode,
  operationUrl,
  profileUrl,
  publication,
  type DefinitionType,
} from './canonical.ts';

/** @param address  of this server as clients reach it, without a trailing slash */
export function capabilityStatement({ scorer }: ServedModel, address: string): fhir4.CapabilityStatement {
  const { name, codeVersion, createdAt } = scorer.model.header;
  const readable = (type: DefinitionType): fhir4.CapabilityStatementRestResource => ({ type, interaction: [{ code: 'read' }] });
  return {
    resourceType: 'CapabilityStatement',
    id: 'server',
    url: `${canonicalBase}/CapabilityStatement/server`,
    ...publication,
    version: codeVersion,
    date: createdAt,
    name: 'ReadmissionRiskServer',
    title: 'Readmission risk',
    description: `Risk of an unplanned return to hospital after a discharge, by the operation $${operationCode}. No records of patients are kept here.`,
    kind: 'instance',
    software: { name: 'fhir-readmission-risk', version: codeVersion },
    implementation: { description: `Readmission risk by the model ${name}`, url: `${address}/fhir` },
    fhirVersion,
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation: `The operation takes a Parameters resource by POST and answers a RiskAssessment of ${profileUrl}, or an OperationOutcome.`,
        security: {
          cors: false,
          description:
            'A server that only its own machine reaches asks for no authentication; any other asks for a bearer token (JWT) of a configured issuer ' +
            'with the scope score:read. This statement and the definitions are open. Every score leaves an entry in the audit trail.',
        },
        resource: [
          { type: 'Encounter', operation: [{ name: operationCode, definition: operationUrl }] },
          readable('OperationDefinition'),
          readable('StructureDefinition'),
          readable('CodeSystem'),
        ],
      },
    ],
  };
}
