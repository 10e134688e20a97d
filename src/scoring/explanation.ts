/**
 * An explanation: the answer with every reason, and what the model would say of other values. Stated once as a schema.
 *
 * Choice  what-if and profile are about the model: features are changed one by one and nothing follows that would follow in a patient
 */
import { z } from 'zod';
import { answerSchema } from './answer.ts';
import { knownEventSchema } from './known-events.ts';

const share = z.number().min(0).max(1);
const value = z.number().nullable().meta({ description: 'null where missing or not covered' });
const beforeAfter = z.strictObject({
  before: share,
  after: share,
  difference: z.number().meta({ description: 'after - before' }),
});

export const whatIfSchema = z
  .strictObject({
    /** What was asked for, in the order of the model's features. */
    set: z.array(
      z.strictObject({
        feature: z.string(),
        unit: z.string(),
        before: value,
        after: value,
        /** Features that look at the same records and keep their values. */
        relatives: z.array(z.string()),
      }),
    ),
    forestOutput: beforeAfter,
    risk: beforeAfter,
    band: z.strictObject({ before: z.string(), after: z.string() }),
    /** Of all features: one that was not set may count differently too. Either column adds up with baseValue to its output. */
    attributions: z.array(
      z.strictObject({
        feature: z.string(),
        unit: z.string(),
        value: z.strictObject({ before: value, after: value }),
        attribution: z.strictObject({ before: z.number(), after: z.number(), difference: z.number() }),
      }),
    ),
    warnings: z.array(z.string()),
    caution: z.string(),
  })
  .meta({ id: 'WhatIf', description: 'The same discharge with other values of some features, beside the one it is' });

export const riskProfileSchema = z
  .strictObject({
    feature: z.string(),
    unit: z.string(),
    /** Range of the present values in training. */
    range: z.strictObject({ from: z.number(), to: z.number() }),
    own: z.strictObject({ value, forestOutput: share, risk: share }).meta({ description: 'The discharge as it is' }),
    missing: z.strictObject({ forestOutput: share, risk: share }).meta({ description: 'Were the feature missing' }),
    /**
     * Risk over the training range, exact: a forest's output is constant between two of its thresholds. Ascending, each from above `from` (the
     * first: from `from` on) up to and with `to`; neighbours differ.
     */
    steps: z
      .array(
        z.strictObject({
          from: z.number(),
          to: z.number(),
          /** The roundest number of the step, for a table. */
          value: z.number(),
          forestOutput: share,
          risk: share,
        }),
      )
      .min(1),
    caution: z.string(),
  })
  .meta({ id: 'RiskProfile', description: 'Risk of this discharge over the values of one feature, all others fixed' });

export const explanationSchema = z
  .strictObject({
    /** reasons: every feature with an attribution, largest first. */
    answer: answerSchema,
    whatIf: whatIfSchema.nullable(),
    profile: riskProfileSchema.nullable(),
    known: z.array(knownEventSchema).optional().meta({ description: 'Oldest first; only where it was asked for' }),
  })
  .meta({ id: 'Explanation' });

export type WhatIf = z.infer<typeof whatIfSchema>;
export type RiskProfile = z.infer<typeof riskProfileSchema>;
export type Explanation = z.infer<typeof explanationSchema>;

/** What may be asked about a discharge beside its risk. */
export interface Questions {
  /** Other values by feature name; null is missing. */
  readonly set?: Readonly<Record<string, number | null>>;
  /** Feature to vary over its training range. */
  readonly profile?: string;
  /** Encounters and measured values of so many days before the prediction time, as they were known at it; of a Bundle only. */
  readonly knownDays?: number;
}

export const modelOnly =
  'This is about the model, not about the patient: it says what the model would answer if the record said so, not what would happen if the value were changed.';
