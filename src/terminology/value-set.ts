/**
 * Value sets: which codes mean which clinical idea, kept as data beside this file, each with its source and version.
 *
 * In   value-sets/*.json: { title, source, version, hierarchy?, sets: [{ name, title, weights?, codes, prefixes? }] }
 * Out  flat rows for the warehouse: members, prefixes, weights and hierarchies (a dominant category silences the dominated one)
 * Choice  a classification (ICD-10, ATC) is given by the beginnings of its codes, without dots: `I252` holds I25.2 and all below it
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { readCodeSystemFamilies } from './code-system.ts';

const codeSchema = z.strictObject({ system: z.string(), code: z.string(), display: z.string().optional() });
// Three characters are the category of ICD-10; the warehouse finds candidates by them.
const prefix = z.string().regex(/^[A-Z0-9][A-Z0-9-]{2,}$/, 'at least three characters, upper case, without dots');
/** `system` is a URI, or the name of a family in code-systems.json. */
const prefixSchema = z.strictObject({ system: z.string(), prefix: z.union([prefix, z.array(prefix).min(1)]) });
const setSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: z.string(),
  weights: z.record(z.string(), z.number()).optional(),
  codes: z.array(codeSchema),
  prefixes: z.array(prefixSchema).default([]),
});
const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  hierarchy: z.array(z.tuple([z.string(), z.string()])).optional(),
  sets: z.array(setSchema),
});

/** Every code of the system that begins so, dots aside. */
export interface CodePrefix {
  /** URI. */
  readonly system: string;
  readonly prefix: string;
}
export type ValueSet = Omit<z.infer<typeof setSchema>, 'prefixes'> & { readonly prefixes: readonly CodePrefix[] };
export type ValueSetFile = Omit<z.infer<typeof fileSchema>, 'sets'> & {
  readonly file: string;
  readonly sets: readonly ValueSet[];
};

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
  const families = new Map(readCodeSystemFamilies().map(({ name, uris }) => [name, uris]));
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name): ValueSetFile => {
      const { sets, ...file } = fileSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
      return { file: name, ...file, sets: sets.map((set) => ({ ...set, prefixes: spellOut(set.prefixes, families) })) };
    });
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

/** One entry per URI and prefix. */
function spellOut(
  entries: z.infer<typeof setSchema>['prefixes'],
  families: ReadonlyMap<string, readonly string[]>,
): CodePrefix[] {
  return entries.flatMap((entry) =>
    (families.get(entry.system) ?? [entry.system]).flatMap((system) =>
      [entry.prefix].flat().map((start) => ({ system, prefix: start })),
    ),
  );
}
