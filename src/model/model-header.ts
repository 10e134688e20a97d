/**
 * What a model says about itself: the JSON header of model.bin, stated once as a schema that gives type and check.
 *
 * Choice  strict: an unknown key is refused, since a reader that skips what it does not know may score wrongly
 * Choice  names are plain snake_case or [A-Za-z0-9._-]; free text is bounded and is escaped where it is shown
 */
import { z } from 'zod';
import { CalibrationMapSchema } from './calibration-map.ts';
import { RiskIntervalSchema } from './risk-interval.ts';

export const MODEL_FORMAT = 'readmission-model';
export const MODEL_FORMAT_VERSION = 1;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const featureName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/);
const text = z.string().max(4000);
const shortText = z.string().max(200);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const shortHash = z.string().regex(/^[0-9a-f]{16}$/);
const patientHashes = z.array(shortHash);
const count = z.int().nonnegative();
const jsonValue = z.unknown().refine((value) => z.json().safeParse(value).success, 'expected a JSON value');

const FeatureSchema = z.strictObject({
  name: featureName,
  unit: shortText,
  family: shortText,
  /** Range of the present values in training; null when every value was missing. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** Share missing in training, in [0, 1]. */
  missing: z.number().min(0).max(1),
});

const BandSchema = z.strictObject({
  name: z.string().min(1).max(64),
  /** Least calibrated risk of the band. */
  from: z.number().min(0).max(1),
  meaning: text,
});

export const ModelHeaderSchema = z.strictObject({
  format: z.literal(MODEL_FORMAT),
  formatVersion: z.literal(MODEL_FORMAT_VERSION),
  name,
  codeVersion: shortText,
  createdAt: z.iso.datetime({ offset: true }),
  /** In the order of the forest's columns. */
  features: z
    .array(FeatureSchema)
    .min(1)
    .max(10_000)
    .refine((list) => new Set(list.map((f) => f.name)).size === list.length, 'expected distinct feature names'),
  /** SHA-256 of the stable JSON of the feature schema: names and definitions. */
  featureHash: hash,
  cohort: z.strictObject({ name: shortText, hash, definition: jsonValue }),
  /** What the records were read with: the site mapping, every choice settled. Absent: standard codes. */
  mapping: z.strictObject({ name: shortText, hash, document: jsonValue }).optional(),
  outcome: z.strictObject({ name: shortText, horizonDays: z.number().positive(), description: text }),
  training: z.strictObject({
    rows: count,
    events: count,
    patients: count,
    manifestSha256: hash,
    transactionTime: z.string().max(64),
    /** True when any training record is made up: the model must then not be used for care. */
    synthetic: z.boolean(),
    /** True when the forest was fitted again on all rows after its validation. */
    refittedOnAll: z.boolean(),
    /** Of the patients trained on, so that none of them is taken for a stranger later; see patientHash. Ascending. */
    patientHashes: patientHashes.optional(),
    /** What ids are hashed with; absent in models of before there was one: the seed. */
    patientSalt: hash.optional(),
    /** Hash, with that salt, of the address of the server the records came from; absent where they came from none, or it is not known. */
    sourceHash: shortHash.optional(),
  }),
  forest: z.strictObject({
    engine: shortText,
    trees: z.int().positive(),
    options: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/), z.union([z.number(), shortText, z.null()])),
  }),
  seed: z.int(),
  folds: z.strictObject({ count: z.int().positive(), seed: z.int(), rule: text }),
  calibration: CalibrationMapSchema,
  /** How sure the risk is, by forest output; absent where there were too few events to say, and in models of before it was kept. */
  riskIntervals: RiskIntervalSchema.optional(),
  /** Ascending thresholds on the calibrated risk; the first is 0. */
  bands: z
    .array(BandSchema)
    .min(1)
    .max(20)
    .refine((list) => list.every((b, i) => (i === 0 ? b.from === 0 : b.from > list[i - 1]!.from)), 'expected from 0, ascending')
    .refine((list) => new Set(list.map((b) => b.name)).size === list.length, 'expected distinct band names'),
  /** Event share of the training rows. */
  baseRate: z.number().min(0).max(1),
  /** The model this one was made from by recalibration on other records; its forest is the parent's. */
  parent: z
    .strictObject({
      name,
      modelSha256: hash,
      method: z.enum(['intercept', 'slope', 'isotonic']),
      /** Of the records it was recalibrated on. */
      manifestSha256: hash,
      rows: count,
      events: count,
      /** Absent in models of before it was kept. */
      patients: count.optional(),
      /** Of the patients it and its parents were recalibrated on, ascending; absent where they are among those of training. */
      patientHashes: patientHashes.optional(),
      /** Whose thresholds the bands have: chosen on the local risks, or the parent's. Absent in models of before it was kept: the parent's. */
      bands: z.enum(['local', 'parent']).optional(),
    })
    .optional(),
});
export type ModelHeader = Readonly<z.infer<typeof ModelHeaderSchema>>;

/** Whether a header takes it as the name of a model. */
export function isModelName(text: string): boolean {
  return name.safeParse(text).success;
}

export type ModelFeature = ModelHeader['features'][number];
export type Band = ModelHeader['bands'][number];

/** The first few faults of a parse, as "path: what", without values. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'header'}: ${issue.message}`);
  return shown.join('; ') + (error.issues.length > 3 ? `; and ${error.issues.length - 3} more` : '');
}
