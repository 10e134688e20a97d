/**
 * The answer to a score request, stated once as a schema: types, checks and OpenAPI come from it.
 *
 * forestOutput = baseValue + the sum of all attributions; risk is the calibrated reading of forestOutput and stands apart from them
 */
import { z } from 'zod';

export const attributionSchema = z
  .strictObject({
    feature: z.string(),
    /** null where missing or not covered. */
    value: z.number().nullable(),
    unit: z.string(),
    /** Share of forestOutput this feature moved, up or down. */
    attribution: z.number(),
  })
  .meta({ id: 'Attribution', description: 'What one feature added to the forest output (path-dependent TreeSHAP)' });

export const reasonSchema = z
  .strictObject({
    feature: z.string(),
    words: z.string(),
    direction: z.enum(['raises', 'lowers']),
    attribution: z.number(),
    /** `Type/id`, newest first, at most 20. */
    resources: z.array(z.string()),
  })
  .meta({
    id: 'Reason',
    description: 'One of the features that moved the output most, in plain words, with the resources it came from',
  });

export const intervalSchema = z.strictObject({
  low: z.number().min(0).max(1),
  high: z.number().min(0).max(1),
  /** Confidence level, 0.95. */
  level: z.number(),
  vennAbers: z.strictObject({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) }),
  comparableDischarges: z.int().nonnegative(),
});

export const answerSchema = z
  .strictObject({
    risk: z.number().min(0).max(1).meta({ description: 'Calibrated probability of the outcome' }),
    interval: intervalSchema.nullable().meta({
      description:
        'Where the average risk of discharges with this forest output lies, by the training discharges (patients resampled). The Venn-Abers ' +
        'pair says what one more discharge could change; comparableDischarges: training discharges of like output behind it. ' +
        'null where the model had too few events to say, or is of before it was kept',
    }),
    band: z.string(),
    bandFrom: z.number().min(0).max(1),
    bandMeaning: z.string(),
    baseRate: z.number().min(0).max(1).meta({ description: 'Event share of the training discharges' }),
    horizonDays: z.number(),
    outcome: z.string(),
    forestOutput: z.number().min(0).max(1),
    baseValue: z.number(),
    attributions: z.array(attributionSchema),
    reasons: z.array(reasonSchema),
    missing: z.array(z.string()),
    notCovered: z
      .array(z.string())
      .meta({ description: 'Features whose lookback was not searched; their values are missing, not zero' }),
    outOfTrainingRange: z.array(z.string()),
    encounter: z.string().nullable().meta({ description: 'The encounter the patient is discharged from' }),
    stay: z
      .strictObject({
        admission: z.string(),
        discharge: z.string(),
        reason: z.string().nullable(),
      })
      .nullable(),
    asOf: z.string().nullable().meta({ description: 'Prediction time: nothing recorded after it was used' }),
    coverage: z
      .strictObject({ types: z.array(z.string()), from: z.string().nullable(), assumed: z.boolean() })
      .nullable()
      .meta({ description: 'assumed: the request did not state what it covers, so the types in the Bundle were taken' }),
    notes: z.array(z.string()),
    model: z.strictObject({ name: z.string(), sha256: z.string(), codeVersion: z.string(), synthetic: z.boolean() }),
    caution: z.string(),
  })
  .meta({ id: 'ScoreAnswer' });

export type Attributed = z.infer<typeof attributionSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type ScoreAnswer = z.infer<typeof answerSchema>;
