/**
 * The schemas that the description of the API refers to by their ids. Schemas inside another one that have an id are listed too.
 */
import type { z } from 'zod';
import {
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featuresRequestSchema,
  reasonSchema,
  serverRequestSchema,
} from '../scoring/index.ts';
import { cardSchema, modelDescriptionSchema, modelFeatureSchema, validationSchema } from './model-description.ts';
import { operationOutcomeSchema, problemSchema } from './operation-outcome.ts';

export const apiSchemas: readonly z.ZodType[] = [
  answerSchema,
  attributionSchema,
  bundleRequestSchema,
  coverageSchema,
  featuresRequestSchema,
  reasonSchema,
  serverRequestSchema,
  modelDescriptionSchema,
  modelFeatureSchema,
  validationSchema,
  cardSchema,
  problemSchema,
  operationOutcomeSchema,
];
