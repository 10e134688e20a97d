/**
 * What can be asked: features by name, or a Bundle of one patient with the encounter to score.
 */
import { z } from 'zod';
import { fhirTime, isFhirTime } from './resource-shape.ts';
import { fhirId } from '../util/fhir-id.ts';

export const dateTimeSchema = z
  .string()
  .regex(fhirTime)
  .refine(isFhirTime, 'a FHIR dateTime')
  .meta({
    description: 'FHIR dateTime: a year, a month, a day, or an instant with its zone',
    // Days that a month does not have.
    anyOf: [{ format: 'date-time' }, { format: 'date' }, { maxLength: 7 }],
  });
const date = z.iso.date().regex(/^(?!0000)/);
const id = z.string().regex(/^(Encounter\/)?[A-Za-z0-9\-.]{1,64}$/);

/** The description of a server's API names those of its model in its place. */
export const featureNameSchema = z
  .string()
  .meta({ id: 'FeatureName', description: 'A feature of the model; GET /v1/model lists them' });

/** The description of a server's API has the features of its model, with their ranges, in its place. */
export const featureValuesSchema = z
  .record(z.string(), z.number().nullable())
  .meta({ id: 'FeatureValues', description: 'Values by name, in the unit of GET /v1/model; null is missing' });

export const coverageSchema = z.strictObject({ types: z.array(z.string()).min(1), from: date.nullable() }).meta({
  id: 'Coverage',
  description: 'What the records were searched for: resource types, and the date from which (null: from the beginning)',
});

export const featuresRequestSchema = z
  .strictObject({
    /** Absent is missing too. */
    features: featureValuesSchema,
    explain: z.boolean().optional(),
  })
  .meta({ id: 'FeaturesRequest' });

export const bundleRequestSchema = z
  .strictObject({
    bundle: z.looseObject({ resourceType: z.literal('Bundle') }),
    encounter: id.meta({ description: 'Id of the encounter the patient is, or is about to be, discharged from' }),
    asOf: dateTimeSchema.optional(),
    covers: coverageSchema.optional(),
    explain: z.boolean().optional(),
  })
  .meta({ id: 'BundleRequest' });

export const serverRequestSchema = z
  .strictObject({
    patientId: z.string().regex(fhirId),
    encounterId: z.string().regex(fhirId),
    asOf: dateTimeSchema.optional(),
    explain: z.boolean().optional(),
  })
  .meta({ id: 'ServerRequest', description: 'Records are fetched from the configured FHIR server' });

export type FeaturesRequest = z.infer<typeof featuresRequestSchema>;
export type BundleRequest = z.infer<typeof bundleRequestSchema>;
export type ServerRequest = z.infer<typeof serverRequestSchema>;
