/**
 * The definitions that the server hands out: profile, extensions, code systems, operation.
 */
import { assessmentProfile } from './assessment-profile.ts';
import { codeSystemDefinitions } from './code-system-definitions.ts';
import { extensionDefinitions } from './extension-definitions.ts';
import { operationDefinition } from './operation-definition.ts';

export type Definition = fhir4.StructureDefinition | fhir4.CodeSystem | fhir4.OperationDefinition;

/** All of them, made anew at each call. */
export function definitions(): Definition[] {
  return [assessmentProfile(), ...extensionDefinitions(), ...codeSystemDefinitions(), operationDefinition()];
}
