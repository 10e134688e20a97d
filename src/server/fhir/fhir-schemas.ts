/**
 * The FHIR resources of this interface as the description of the API has them: their outline. What they hold in full is said by the
 * OperationDefinition and the StructureDefinitions that the server hands out.
 */
import { z } from 'zod';
import { coverageSchema } from '../../scoring/index.ts';
import type { DefinitionType } from './canonical.ts';

const text = z.string();
const reference = z.looseObject({ reference: text.optional() });
const concept = z.looseObject({
  coding: z.array(z.looseObject({ system: text.optional(), code: text.optional() })).optional(),
  text: text.optional(),
});
const extension = z.looseObject({ url: text });

export const parametersSchema = z
  .looseObject({
    resourceType: z.literal('Parameters'),
    parameter: z
      .array(
        z.looseObject({
          name: z.enum(['bundle', 'encounter', 'patient', 'asOf', 'coveredType', 'coveredFrom']),
          resource: z.looseObject({ resourceType: z.literal('Bundle') }).optional(),
          valueReference: z.looseObject({ reference: text }).optional(),
          valueDateTime: text.optional(),
          valueCode: text.optional(),
          valueDate: coverageSchema.shape.from.unwrap().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Parameters', description: 'Input of the operation $readmission-risk, a FHIR R4 Parameters resource' });

export const riskAssessmentSchema = z
  .looseObject({
    resourceType: z.literal('RiskAssessment'),
    status: z.enum(['final', 'preliminary']),
    subject: reference,
    encounter: reference.optional(),
    method: concept,
    occurrenceDateTime: text,
    basis: z.array(reference).optional(),
    prediction: z
      .array(
        z.looseObject({
          extension: z.array(extension),
          outcome: concept,
          probabilityDecimal: z.number().min(0).max(100).meta({ description: 'Percent' }),
          qualitativeRisk: concept,
          relativeRisk: z.number().nonnegative().optional(),
          whenPeriod: z.looseObject({ start: text, end: text }).optional(),
          rationale: text,
        }),
      )
      .min(1),
    mitigation: text.optional(),
    note: z.array(z.looseObject({ text })),
  })
  .meta({ id: 'RiskAssessment', description: 'A FHIR R4 RiskAssessment of the profile readmission-risk-assessment' });

const definition = <T extends DefinitionType | 'CapabilityStatement'>(resourceType: T) =>
  z
    .looseObject({ resourceType: z.literal(resourceType), url: text.optional(), status: text })
    .meta({ id: resourceType, description: `A FHIR R4 ${resourceType}` });

export const definitionSchemas = [
  definition('OperationDefinition'),
  definition('StructureDefinition'),
  definition('CodeSystem'),
  definition('CapabilityStatement'),
] as const;
