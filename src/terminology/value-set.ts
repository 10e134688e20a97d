/**
 * Value sets: which codes mean which clinical idea, kept as data beside this file, each with its source and version.
 *
 * In   value-sets/*.json: { title, source, version, hierarchy?, sets: [{ name, title, weights?, codes }] }
 * Out  flat rows for the warehouse: members, weights and hierarchies (a dominant category silences the dominated one)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const codeSchema = z.strictObject({ system: z.string(), code: z.string(), display: z.string().optional() });
const setSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: z.string(),
  weights: z.record(z.string(), z.number()).optional(),
  codes: z.array(codeSchema),
});
const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  hierarchy: z.array(z.tuple([z.string(), z.string()])).optional(),
  sets: z.array(setSchema),
});

export type ValueSetFile = z.infer<typeof fileSchema> & { readonly file: string };
export type ValueSet = z.infer<typeof setSchema>;

/** A category that, when present, keeps another from being counted: `charlson_diabwc` over `charlson_diab`. */
export interface Hierarchy {
  readonly dominant: string;
  readonly dominated: string;
}

export interface Terminology {
  readonly files: readonly ValueSetFile[];
  readonly sets: readonly ValueSet[];
  readonly hierarchies: readonly Hierarchy[];
}

/** Reads every shipped value set, in file and set order. */
export function readTerminology(): Terminology {
  const folder = new URL('./value-sets/', import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ file: name, ...fileSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))) }));
  return {
    files,
    sets: files.flatMap((file) => file.sets),
    hierarchies: files.flatMap((file) => {
      // Hierarchies name categories; the sets carry their file's prefix ("charlson_", "lace_").
      const prefix = file.sets[0]?.name.split('_')[0] ?? '';
      return (file.hierarchy ?? []).map(([dominant, dominated]) => ({
        dominant: `${prefix}_${dominant}`,
        dominated: `${prefix}_${dominated}`,
      }));
    }),
  };
}
