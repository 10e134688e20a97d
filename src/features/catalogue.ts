/**
 * The feature catalogue: what each column of the matrix means. One JSON file a family, beside the family's SQL.
 *
 * In   families/NAME.json (entries) and families/NAME.sql (one row per index discharge); known/*.sql (the only doors to records)
 * Out  families in order, features in the order of their file
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { FeatureError } from '../errors.ts';
import { readRelation, type Relation } from '../warehouse/index.ts';

const windowSchema = z.strictObject({
  /** The instant the days count from; the window is [anchor + fromDays, anchor + toDays]. */
  anchor: z.enum(['admission', 'discharge']),
  /** Days before the anchor as a negative number; null is the whole record. */
  fromDays: z.number().nullable(),
  /** null is the prediction time. */
  toDays: z.number().nullable(),
});

export const featureSchema = z.strictObject({
  unit: z.string(),
  /** Inclusive bounds of a sound value. */
  range: z.tuple([z.number(), z.number()]),
  window: windowSchema.nullable(),
  /** "zero": no record is read as none; "nan": no record is a missing value. */
  missing: z.enum(['zero', 'nan']),
  /** Resource types that must have been searched over the window; otherwise the value is missing and listed as not covered. */
  needs: z.array(z.string()),
  words: z.string(),
  /** For a flag that is 0. */
  wordsAbsent: z.string().optional(),
  source: z.string(),
});

export const featureNameSchema = z.string().regex(/^[a-z][a-z0-9_]*$/);

const familySchema = z.strictObject({
  family: z.string(),
  title: z.string(),
  order: z.int(),
  inDefaultSet: z.boolean(),
  features: z.record(featureNameSchema, featureSchema),
});

export type FeatureDefinition = z.infer<typeof featureSchema>;
export interface Feature extends FeatureDefinition {
  readonly name: string;
  readonly family: string;
}
export interface FeatureFamily {
  readonly family: string;
  readonly title: string;
  readonly inDefaultSet: boolean;
  readonly features: readonly Feature[];
  readonly relation: Relation;
  /** Other families whose columns its SQL reads: they run before it. */
  readonly reads: readonly string[];
  /** The two files of a researcher's own family as they are; absent for a shipped one. */
  readonly own?: { readonly catalogue: string; readonly sql: string };
}

const familyFolder = new URL('./families/', import.meta.url);
const knownFolder = new URL('./known/', import.meta.url);

/** @throws {FeatureError} FEATURE_CATALOGUE_INVALID naming the file */
export function readFamilies(): FeatureFamily[] {
  const families = readdirSync(familyFolder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readFamily(file));
  const names = families.map(({ family }) => family);
  return families
    .sort((a, b) => a.order - b.order)
    .map(({ order: _order, ...family }) => ({
      ...family,
      // The published scores are computed from other families' columns.
      reads: family.family === 'scores' ? names.filter((name) => name !== 'scores') : [],
    }));
}

function readFamily(file: string): Omit<FeatureFamily, 'reads'> & { order: number } {
  const parsed = familySchema.safeParse(JSON.parse(readFileSync(new URL(file, familyFolder), 'utf8')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FeatureError('FEATURE_CATALOGUE_INVALID', `${file}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { family, title, order, inDefaultSet, features } = parsed.data;
  return {
    family,
    title,
    order,
    inDefaultSet,
    features: Object.entries(features).map(([name, definition]) => ({ name, family, ...definition })),
    relation: readRelation(new URL(file.replace(/\.json$/, '.sql'), familyFolder)),
  };
}

/** The doors: everything known at the prediction time, in the order they build on each other. */
export function readKnownRelations(): Relation[] {
  const files = readdirSync(knownFolder).filter((file) => file.endsWith('.sql'));
  const doors = files.filter((file) => file.startsWith('known-')).sort();
  const derived = files.filter((file) => !file.startsWith('known-')).sort();
  return [...doors, ...derived].map((file) => readRelation(new URL(file, knownFolder)));
}
