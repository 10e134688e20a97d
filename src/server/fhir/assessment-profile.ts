/**
 * The profile of the answers: what each keeps to beyond a RiskAssessment of FHIR, and what its elements mean here.
 *
 * Source  FHIR R4 profiling.html, riskassessment.html
 */
import { fhirVersion, profileUrl, publication } from './canonical.ts';
import { extensionSpecifications, extensionUrl, type ExtensionSpecification } from './extensions.ts';

export function assessmentProfile(): fhir4.StructureDefinition {
  const at = (path: string, more: Omit<fhir4.ElementDefinition, 'path'> = {}): fhir4.ElementDefinition => ({
    id: `RiskAssessment.${path}`,
    path: `RiskAssessment.${path}`,
    ...more,
  });
  const slices = (path: string, context: ExtensionSpecification['context']): fhir4.ElementDefinition[] =>
    (Object.keys(extensionSpecifications) as (keyof typeof extensionSpecifications)[])
      .filter((name) => extensionSpecifications[name].context === context)
      .map((name) => ({
        id: `RiskAssessment.${path}:${extensionSpecifications[name].id}`,
        path: `RiskAssessment.${path}`,
        sliceName: extensionSpecifications[name].id,
        short: extensionSpecifications[name].title,
        min: 0,
        max: extensionSpecifications[name].max,
        type: [{ code: 'Extension', profile: [extensionUrl(name)] }],
      }));
  const description =
    'Risk of readmission after one discharge, with one prediction: the outcome that the model was trained for. Probabilities are in percent with two ' +
    'decimals, or as many more as it takes for none to read 0 or 100 that is neither. qualitativeRisk has the code high above 50 %, low in the ' +
    'lowest band of the model and moderate in any other; its text is the band and what the validation showed of it. whenPeriod begins with the ' +
    'discharge and ends with the last day that counts, by the calendar of the record.';
  return {
    resourceType: 'StructureDefinition',
    id: 'readmission-risk-assessment',
    url: profileUrl,
    ...publication,
    name: 'ReadmissionRiskAssessment',
    title: 'Readmission risk assessment',
    description,
    fhirVersion,
    kind: 'resource',
    abstract: false,
    type: 'RiskAssessment',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/RiskAssessment',
    derivation: 'constraint',
    differential: {
      element: [
        { id: 'RiskAssessment', path: 'RiskAssessment', short: 'Readmission risk assessment', definition: description },
        ...slices('extension', 'RiskAssessment'),
        at('status', { short: 'final, or preliminary while the stay is open' }),
        at('method', { short: 'The model: system is its card, version its SHA-256, code its name', min: 1 }),
        at('code', { min: 1 }),
        at('subject', { type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }] }),
        at('encounter', { short: 'The encounter the patient is discharged from', min: 1 }),
        at('occurrence[x]', { short: 'When the assessment was made', min: 1, type: [{ code: 'dateTime' }] }),
        at('performer', { short: 'The model as a contained Device', min: 1 }),
        at('basis', { short: 'Every resource behind a reason' }),
        at('prediction', { min: 1, max: '1' }),
        ...slices('prediction.extension', 'RiskAssessment.prediction'),
        at('prediction.outcome', { min: 1 }),
        at('prediction.probability[x]', { short: 'Percent', min: 1, type: [{ code: 'decimal' }] }),
        at('prediction.qualitativeRisk', { min: 1 }),
        at('prediction.relativeRisk', { short: 'Risk divided by the base rate' }),
        at('prediction.when[x]', { short: 'From discharge to the end of the horizon', min: 1, type: [{ code: 'Period' }] }),
        at('prediction.rationale', { min: 1 }),
        at('mitigation', { short: 'For any but the lowest band' }),
        at('note', { short: 'First the caution; then what was missing, not covered or outside the training range', min: 1 }),
      ],
    },
  };
}
