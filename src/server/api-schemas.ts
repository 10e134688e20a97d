/**
 * The schemas that the description of the API refers to by their ids. Schemas inside another one that have an id are listed too.
 */
import type { z } from 'zod';
import {
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featureNameSchema,
  featuresRequestSchema,
  featureValuesSchema,
  explanationSchema,
  knownEventSchema,
  reasonSchema,
  riskProfileSchema,
  serverRequestSchema,
  whatIfSchema,
} from '../scoring/index.ts';
import {
  cardsSchema,
  cdsRequestSchema,
  codingSchema,
  discoverySchema,
  feedbackRequestSchema,
  feedbackSchema,
  cardSchema as cdsCardSchema,
} from './cds-hooks/standard.ts';
import { definitionSchemas, parametersSchema, riskAssessmentSchema } from './fhir/fhir-schemas.ts';
import { cardSchema, modelDescriptionSchema, modelFeatureSchema, validationSchema } from './model-description.ts';
import { auditPageSchema, auditSearchSchema } from './audit/audit-schemas.ts';
import { driftSchema } from './drift/drift-schema.ts';
import { jobLineSchema, jobQuerySchema, jobSchema } from './jobs/job-schemas.ts';
import { modelChangeRequestSchema, modelChangeSchema, modelListSchema } from './models/admin-schemas.ts';
import { operationOutcomeSchema, problemSchema } from './operation-outcome.ts';
import {
  modelMetricsSchema,
  patientRequestSchema,
  patientViewSchema,
  personSchema,
  worklistProgressSchema,
  worklistRequestSchema,
  worklistSchema,
} from './page/page-answers.ts';

export const apiSchemas: readonly z.ZodType[] = [
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featureNameSchema,
  featuresRequestSchema,
  featureValuesSchema,
  reasonSchema,
  serverRequestSchema,
  driftSchema,
  jobSchema,
  jobQuerySchema,
  jobLineSchema,
  modelListSchema,
  modelChangeRequestSchema,
  modelChangeSchema,
  modelDescriptionSchema,
  modelFeatureSchema,
  validationSchema,
  cardSchema,
  auditSearchSchema,
  auditPageSchema,
  problemSchema,
  operationOutcomeSchema,
  parametersSchema,
  riskAssessmentSchema,
  ...definitionSchemas,
  modelMetricsSchema,
  explanationSchema,
  knownEventSchema,
  riskProfileSchema,
  whatIfSchema,
  patientRequestSchema,
  patientViewSchema,
  personSchema,
  worklistProgressSchema,
  worklistRequestSchema,
  worklistSchema,
  cdsRequestSchema,
  cdsCardSchema,
  cardsSchema,
  codingSchema,
  discoverySchema,
  feedbackSchema,
  feedbackRequestSchema,
];
