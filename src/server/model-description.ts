/**
 * What GET /v1/model says: the model's header without the trees, its features as the catalogue defines them, its headline metrics.
 */
import { z } from 'zod';
import { toldTraining, type ModelFolder } from '../model/index.ts';
import type { Scorer } from '../scoring/index.ts';

export const modelFeatureSchema = z
  .strictObject({
    name: z.string(),
    family: z.string(),
    unit: z.string(),
    range: z.tuple([z.number(), z.number()]).meta({ description: 'Inclusive; a value outside is refused' }),
    words: z.string(),
    missing: z.enum(['zero', 'nan']).meta({ description: 'How no record is read: as none, or as a missing value' }),
    needs: z.array(z.string()).meta({ description: 'Resource types that must have been searched' }),
    window: z
      .strictObject({
        anchor: z.enum(['admission', 'discharge']),
        fromDays: z.number().nullable(),
        toDays: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'Lookback in days from the anchor; null days: the whole record, the prediction time' }),
    source: z.string(),
    training: z
      .strictObject({ min: z.number().nullable(), max: z.number().nullable(), missing: z.number() })
      .meta({ description: 'Range and share missing in training' }),
  })
  .meta({ id: 'ModelFeature' });

const interval = z.looseObject({ estimate: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable() });

export const validationSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    rows: z.number(),
    events: z.number(),
    patients: z.number(),
    results: z.record(z.string(), z.record(z.string(), interval)),
  })
  .meta({ id: 'Validation', description: 'Metrics with 95 % intervals on held-out discharges, by model and metric' });

export const modelDescriptionSchema = z
  .strictObject({
    name: z.string(),
    sha256: z.string(),
    codeVersion: z.string(),
    createdAt: z.string(),
    outcome: z
      .strictObject({
        name: z.string(),
        horizonDays: z.number(),
        description: z.string(),
        horizonUnit: z.enum(['calendar-days', 'elapsed']),
        composite: z.boolean().meta({ description: 'Death before a readmission counts as the outcome' }),
        plannedByType: z.boolean().meta({ description: 'Arranged admission types count as planned returns; not a CMS rule' }),
        labels: z
          .strictObject({ name: z.string(), sha256: z.string() })
          .nullable()
          .meta({ description: 'File of labels that took the place of the outcome' }),
      })
      .meta({ description: 'What is predicted, as the cohort definition has it' }),
    cohort: z.looseObject({ name: z.string(), hash: z.string(), definition: z.unknown() }),
    mapping: z
      .strictObject({ name: z.string(), hash: z.string(), choices: z.array(z.string()) })
      .meta({ description: 'The site mapping that records are read with, and its choices in words' }),
    training: z.looseObject({ rows: z.number(), events: z.number(), patients: z.number(), synthetic: z.boolean() }),
    forest: z.looseObject({ engine: z.string(), trees: z.number() }),
    calibration: z.looseObject({}),
    bands: z.array(z.strictObject({ name: z.string(), from: z.number(), meaning: z.string() })),
    baseRate: z.number(),
    featureHash: z.string(),
    features: z.array(modelFeatureSchema),
    validations: z.array(validationSchema).meta({ description: 'Empty where the model has none' }),
  })
  .meta({ id: 'Model' });

export type ModelDescription = z.infer<typeof modelDescriptionSchema>;

export const cardSchema = z
  .looseObject({})
  .meta({ id: 'ModelCard', description: 'The model card: the source attributes of the model' });

export function describeModel(
  scorer: Pick<Scorer, 'model' | 'modelSha256' | 'features' | 'definition' | 'mapping'>,
  metrics: ModelFolder['metrics'],
): ModelDescription {
  const { header } = scorer.model;
  const { horizonUnit, outcome, plannedByType, labels } = scorer.definition;
  const validations = z.array(validationSchema).safeParse(metrics['validations']);
  return {
    name: header.name,
    sha256: scorer.modelSha256,
    codeVersion: header.codeVersion,
    createdAt: header.createdAt,
    outcome: { ...header.outcome, horizonUnit, composite: outcome.composite, plannedByType, labels: labels ?? null },
    cohort: header.cohort,
    mapping: { ...scorer.mapping, choices: [...scorer.mapping.choices] },
    training: toldTraining(header),
    forest: header.forest,
    calibration: { ...header.calibration },
    bands: header.bands,
    baseRate: header.baseRate,
    featureHash: header.featureHash,
    features: scorer.features.features.map((feature, c) => {
      const { name, family, unit, range, words, missing, needs, window, source } = feature;
      const trained = header.features[c];
      const training = { min: trained?.min ?? null, max: trained?.max ?? null, missing: trained?.missing ?? 0 };
      return { name, family, unit, range, words, missing, needs, window, source, training };
    }),
    validations: validations.success ? validations.data : [],
  };
}
