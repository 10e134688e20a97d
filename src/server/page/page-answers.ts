/**
 * What the page is told beyond a score: the worklist, and one patient with the records behind the answer. Stated once as schemas.
 *
 * Choice  a display name is told where the record has one: a clinician has to know whom a row is about; it goes nowhere but into the answer
 */
import { z } from 'zod';
import { answerSchema, dateTimeSchema, explanationSchema, featureNameSchema, featureValuesSchema } from '../../scoring/index.ts';
import { fhirId } from '../../util/fhir-id.ts';

const share = z.number().min(0).max(1);
const instant = z.string().meta({ description: 'ISO 8601, UTC' });

export const personSchema = z
  .strictObject({
    id: z.string(),
    /** null where the record has no name. */
    name: z.string().nullable(),
    sex: z.string().nullable(),
    birthDate: z.string().nullable(),
  })
  .meta({ id: 'Person' });

export const worklistRequestSchema = z
  .strictObject({
    /** Discharges of this many days before the newest one of the source or, with `until`, before that day. */
    days: z.int().min(1).max(365).optional().meta({ description: 'Days before `until`; 30' }),
    until: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d$/)
      .optional()
      .meta({ format: 'date', description: 'Last day, in UTC; that of the newest discharge of the source by default' }),
    limit: z.int().min(1).max(2000).optional().meta({ description: 'Discharges at most, the newest; 200' }),
  })
  .meta({ id: 'WorklistRequest' });

export const worklistEntrySchema = z.strictObject({
  person: personSchema,
  encounter: z.string().meta({ description: '`Encounter/id` the patient was discharged from' }),
  admission: instant,
  discharge: instant,
  reason: z.string().nullable(),
  risk: share,
  interval: z.strictObject({ low: share, high: share, level: z.number() }).nullable(),
  band: z.string(),
  /** The three largest, in words. */
  reasons: z.array(z.strictObject({ words: z.string(), direction: z.enum(['raises', 'lowers']) })),
  /** Features not covered by the records. */
  notCovered: z.int().nonnegative(),
});

export const worklistSchema = z
  .strictObject({
    /** Highest risk first. */
    entries: z.array(worklistEntrySchema),
    from: z.string().meta({ description: 'First day, YYYY-MM-DD in UTC' }),
    until: z.string().meta({ description: 'Last day, which is one of the days' }),
    /** Discharges found; entries, notEligible and failed add up to it. */
    found: z
      .int()
      .nonnegative()
      .meta({ description: 'Inpatient encounters that ended within these days; entries, notEligible and failed add up to it' }),
    notEligible: z.array(z.strictObject({ rule: z.string(), words: z.string(), count: z.int() })).meta({
      description:
        'Encounters without an entry, by rule of the cohort. A stay of several encounters has one entry: the others count under part-of-stay, ' +
        'and under stay-goes-on where the stay ended after these days. Who has died since counts under died-since',
    }),
    failed: z
      .array(z.strictObject({ code: z.string(), count: z.int() }))
      .meta({ description: 'Encounters that could not be scored, by error code' }),
    /** True where `limit` left some out; the newest were kept. */
    cut: z.boolean(),
    source: z.enum(['fhir-server', 'landing']),
    baseRate: share,
    model: answerSchema.shape.model,
    caution: z.string(),
  })
  .meta({ id: 'Worklist' });

/** Told with status 202 while the list is being made. */
export const worklistProgressSchema = z
  .strictObject({
    progress: z.strictObject({
      /** Discharges that are done. */
      done: z.int().nonnegative(),
      /** null until the discharges are known. */
      of: z.int().nonnegative().nullable(),
    }),
  })
  .meta({ id: 'WorklistProgress', description: 'The list is being made; send the same request again' });

export const patientRequestSchema = z
  .strictObject({
    patientId: z.string().regex(fhirId),
    /** The inpatient encounter that began last, by default. */
    encounterId: z.string().regex(fhirId).optional(),
    asOf: dateTimeSchema.optional(),
    /** Other values by feature name; null is missing. */
    set: featureValuesSchema.optional(),
    /** Feature to vary over its training range. */
    profile: featureNameSchema.optional(),
  })
  .meta({ id: 'PatientRequest' });

export const timelineEventSchema = z.strictObject({
  kind: z.enum(['inpatient', 'emergency', 'outpatient', 'laboratory']),
  start: instant,
  end: instant.nullable(),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.string().nullable(),
  /** `Type/id`. */
  resource: z.string(),
  /** Part of the stay that is scored. */
  index: z.boolean(),
});

export const resourceSummarySchema = z.strictObject({
  resource: z.string(),
  kind: z.string(),
  label: z.string(),
  code: z.string().nullable(),
  date: z.string().nullable(),
  detail: z.string().nullable(),
});

export const patientViewSchema = z
  .strictObject({
    person: personSchema,
    /** Reasons: every feature with an attribution, largest first. */
    explanation: explanationSchema,
    /** Features a team can change, with what they are now; the rest of `set` is taken too. */
    changeable: z.array(
      z.strictObject({
        feature: z.string(),
        label: z.string(),
        unit: z.string(),
        value: z.number().nullable(),
        range: z.tuple([z.number(), z.number()]),
      }),
    ),
    /** The two years before the prediction time, oldest first; nothing after it. */
    timeline: z.array(timelineEventSchema),
    /** Of every resource a reason names. */
    resources: z.array(resourceSummarySchema),
  })
  .meta({ id: 'PatientView' });

export const modelMetricsSchema = z.looseObject({}).meta({
  id: 'ModelMetrics',
  description:
    'metrics.json of the model, as written at training: attrition, validations with intervals, calibration, subgroups, net benefit, importance, ' +
    'leakage checks, and what else the model was judged by. A figure that cannot be told is null',
});

export type WorklistRequest = z.infer<typeof worklistRequestSchema>;
export type WorklistEntry = z.infer<typeof worklistEntrySchema>;
export type Worklist = z.infer<typeof worklistSchema>;
export type Person = z.infer<typeof personSchema>;
export type PatientRequest = z.infer<typeof patientRequestSchema>;
export type TimelineEvent = z.infer<typeof timelineEventSchema>;
export type ResourceSummary = z.infer<typeof resourceSummarySchema>;
export type PatientView = z.infer<typeof patientViewSchema>;
