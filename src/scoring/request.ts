/**
 * What can be asked: features by name, or a Bundle of one patient with the encounter to score.
 */
import { z } from 'zod';
import { isFhirTime } from './resource-shape.ts';

const dateTime = z.string().refine(isFhirTime, 'a FHIR dateTime').meta({ description: 'FHIR dateTime' });
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .refine(isFhirTime, 'a calendar date');
const id = z.string().regex(/^(Encounter\/)?[A-Za-z0-9\-.]{1,64}$/);

export const coverageSchema = z.strictObject({ types: z.array(z.string()).min(1), from: date.nullable() }).meta({
  id: 'Coverage',
  description: 'What the records were searched for: resource types, and the date from which (null: from the beginning)',
});

export const featuresRequestSchema = z
  .strictObject({
    features: z
      .record(z.string(), z.number().nullable())
      .meta({ description: 'Feature values by name, in the unit of GET /v1/model; null or absent is missing' }),
    explain: z.boolean().optional(),
  })
  .meta({ id: 'FeaturesRequest' });

export const bundleRequestSchema = z
  .strictObject({
    bundle: z.looseObject({ resourceType: z.literal('Bundle') }),
    encounter: id.meta({ description: 'Id of the encounter the patient is, or is about to be, discharged from' }),
    asOf: dateTime.optional(),
    covers: coverageSchema.optional(),
    explain: z.boolean().optional(),
  })
  .meta({ id: 'BundleRequest' });

export const serverRequestSchema = z
  .strictObject({
    patientId: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
    encounterId: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
    asOf: dateTime.optional(),
    explain: z.boolean().optional(),
  })
  .meta({ id: 'ServerRequest', description: 'Records are fetched from the configured FHIR server' });

export type FeaturesRequest = z.infer<typeof featuresRequestSchema>;
export type BundleRequest = z.infer<typeof bundleRequestSchema>;
export type ServerRequest = z.infer<typeof serverRequestSchema>;
