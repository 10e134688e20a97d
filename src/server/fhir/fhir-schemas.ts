/**
 * The FHIR resources of this interface as the description of the API has them: their outline. What they hold in full is said by the
 * OperationDefinition and the StructureDefinitions that the server hands out.
 */
import { z } from 'zod';
import { coverageSchema, dateTimeSchema } from '../../scoring/index.ts';
import type { DefinitionType } from './canonical.ts';

const text = z.string();
const reference = z.looseObject({ reference: text.optional() });
const concept = z.looseObject({
  coding: z.array(z.looseObject({ system: text.optional(), code: text.optional() })).optional(),
  text: text.optional(),
});
const extension = z.looseObject({ url: text });

const referenceTo = (type: string) =>
  z.looseObject({ reference: z.string().regex(new RegExp(`^${type}/[A-Za-z0-9\\-.]{1,64}$`)) });

/** A parameter holds its element and nothing else that could be its value. */
const parameter = (name: string, element: string, value: z.ZodType) =>
  z
    .looseObject({ name: z.literal(name), [element]: value })
    .meta({ propertyNames: { pattern: `^(${element}$|(?!value[A-Z]|resource$|part$))` } });

export const parametersSchema = z
  .looseObject({
    resourceType: z.literal('Parameters'),
    parameter: z
      .array(
        z.union([
          parameter('bundle', 'resource', z.looseObject({ resourceType: z.literal('Bundle') })),
          parameter('encounter', 'valueReference', referenceTo('Encounter')),
          parameter('patient', 'valueReference', referenceTo('Patient')),
          parameter('asOf', 'valueDateTime', dateTimeSchema),
          parameter('coveredType', 'valueCode', z.string().regex(/^[A-Z][A-Za-z]{0,63}$/)),
          parameter('coveredFrom', 'valueDate', coverageSchema.shape.from.unwrap()),
        ]),
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
