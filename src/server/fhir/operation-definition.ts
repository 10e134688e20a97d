/**
 * The OperationDefinition of $readmission-risk; ./operation-input.ts reads its parameters, and a test holds the two together.
 *
 * Source  FHIR R4 operationdefinition.html, operations.html
 */
import { codeSystems, operationCode, operationUrl, profileUrl, publication } from './canonical.ts';

export function operationDefinition(): fhir4.OperationDefinition {
  const parameter = (name: string, type: string, documentation: string, max = '1'): fhir4.OperationDefinitionParameter => ({
    name,
    use: 'in',
    min: 0,
    max,
    documentation,
    type: type as NonNullable<fhir4.OperationDefinitionParameter['type']>,
    ...(type === 'Reference'
      ? { targetProfile: [`http://hl7.org/fhir/StructureDefinition/${name === 'patient' ? 'Patient' : 'Encounter'}`] }
      : {}),
  });
  return {
    resourceType: 'OperationDefinition',
    id: operationUrl.slice(operationUrl.lastIndexOf('/') + 1),
    url: operationUrl,
    ...publication,
    name: 'ReadmissionRisk',
    title: 'Risk of readmission after an encounter',
    kind: 'operation',
    description:
      'Scores the discharge from an encounter, or the one about to come where it is still open, with the model in use. Records come in the parameter bundle, or are ' +
      'fetched from the FHIR server that this server is configured with.',
    affectsState: false,
    code: operationCode,
    comment:
      'By POST only. Who is not eligible gets an OperationOutcome with the issue code business-rule and the rule as a code of ' +
      `${codeSystems.eligibility}. The answer is not stored.`,
    resource: ['Encounter'],
    system: false,
    type: true,
    instance: true,
    parameter: [
      parameter(
        'encounter',
        'Reference',
        'The encounter the patient is, or is about to be, discharged from: Encounter/id. Required at the level of the type; at the level of the instance the path names it.',
      ),
      parameter(
        'bundle',
        'Bundle',
        'The records of the one patient: a collection, searchset, transaction or document. Without it they are fetched.',
      ),
      parameter(
        'patient',
        'Reference',
        'Whose records to fetch where no bundle is given: Patient/id. Where absent, the subject of the encounter at the FHIR server. Beside a bundle it has to be its patient.',
      ),
      parameter(
        'asOf',
        'dateTime',
        'Prediction time: nothing recorded after it is used. Default: the end of the encounter; required while that is open.',
      ),
      parameter(
        'coveredType',
        'code',
        'A resource type that was searched to make the bundle. Default: those in it. What was not searched is missing, never zero.',
        '*',
      ),
      parameter('coveredFrom', 'date', 'Date from which those types were searched. Default: from the beginning.'),
      {
        name: 'return',
        use: 'out',
        min: 1,
        max: '1',
        documentation: `The assessment, of the profile ${profileUrl}.`,
        type: 'RiskAssessment',
      },
    ],
  };
}
