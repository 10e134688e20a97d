/**
 * Value sets: which codes mean which clinical idea, kept as data beside this file, each with its source and version.
 *
 * In   value-sets/*.json: { title, source, version, hierarchy?, sets: [{ name, title, weights?, codes, prefixes? }] }
 * Out  flat rows for the warehouse: members, prefixes, weights and hierarchies (a dominant category silences the dominated one)
 * Choice  a classification (ICD-10, ATC) is given by the beginnings of its codes, without dots: `I252` holds I25.2 and all below it
 */
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { readCodeSystemFamilies, type CodeSystemFamily } from './code-system.ts';
import { dataFileReader } from './data-file.ts';

const codeSchema = z.strictObject({ system: z.string(), code: z.string(), display: z.string().optional() });
// Three characters are the category of ICD-10; the warehouse finds candidates by them.
const prefix = z.string().regex(/^[A-Z0-9][A-Z0-9-]{2,}$/, 'at least three characters, upper case, without dots');
/** `system` is a URI, or the name of a family in code-systems.json. */
const prefixSchema = z.strictObject({ system: z.string(), prefix: z.union([prefix, z.array(prefix).min(1)]) });
const setSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: z.string(),
  weights: z.record(z.string(), z.number()).optional(),
  codes: z.array(codeSchema).readonly(),
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

const readValueSetFile = dataFileReader(fileSchema);
const folder = new URL('./value-sets/', import.meta.url);

type ParsedFile = z.infer<typeof fileSchema>;
interface Sources {
  readonly families: readonly CodeSystemFamily[];
  readonly names: readonly string[];
  readonly files: readonly ParsedFile[];
}

let last: { readonly sources: Sources; readonly terminology: Terminology } | undefined;

/** Reads every shipped value set, in file and set order; the same object as long as no file has changed. */
export function readTerminology(): Terminology {
  const sources = readSources();
  if (last === undefined || !isSame(sources, last.sources)) last = { sources, terminology: terminologyOf(sources) };
  return last.terminology;
}

function readSources(): Sources {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return { families: readCodeSystemFamilies(), names, files: names.map((name) => readValueSetFile(new URL(name, folder))) };
}

function isSame(a: Sources, b: Sources): boolean {
  const isSameFile = (file: ParsedFile, n: number): boolean => file === b.files[n] && a.names[n] === b.names[n];
  return a.families === b.families && a.files.length === b.files.length && a.files.every(isSameFile);
}

function terminologyOf({ families, names, files: parsed }: Sources): Terminology {
  const uris = new Map(families.map((family) => [family.name, family.uris]));
  const files = parsed.map(({ sets, ...file }, n): ValueSetFile => ({
    file: names[n] as string,
    ...file,
    sets: sets.map((set) => ({ ...set, prefixes: spellOut(set.prefixes, uris) })),
  }));
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
