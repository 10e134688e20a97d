/**
 * Feature lists in a file: names too many, or too often used, to be written on a command line.
 *
 * In      "@FILE.json" in a feature expression: a JSON array of names, or an object of named arrays of which "@FILE.json#NAME" takes one
 * Out     the expression with the names in its place; "-@FILE.json" leaves all of them out
 * Choice  a list holds what an expression holds (families, features, "-social") but no other file: one look shows what is meant
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { FeatureError } from '../errors.ts';
import { didYouMean } from '../util/nearest-name.ts';

const listSchema = z.array(z.string().regex(/^-?[a-z][a-z0-9_-]*$/)).min(1);
const fileSchema = z.union([listSchema, z.record(z.string(), listSchema)]);

/**
 * @param folder  what a relative file is relative to; default: the working folder
 * @returns       terms joined by commas, without spaces or files
 * @throws {FeatureError} FEATURE_SET_LIST when a file cannot be read as lists of names, or has no such list
 */
export function expandFeatureLists(expression: string, folder = '.'): string {
  return expression
    .split(',')
    .flatMap((text) => {
      const term = text.trim();
      const [, minus, reference] = /^(-?)@(.+)$/.exec(term) ?? [];
      if (reference === undefined) return [term];
      const names = readList(reference, folder);
      return minus === '-' ? names.map((name) => (name.startsWith('-') ? name.slice(1) : `-${name}`)) : names;
    })
    .join(',');
}

function readList(reference: string, folder: string): readonly string[] {
  const [file = '', name] = reference.split('#');
  const lists = readLists(resolve(folder, file), file);
  if (Array.isArray(lists)) {
    if (name === undefined) return lists as string[];
    throw new FeatureError('FEATURE_SET_LIST', `${file}: expected named lists, found one without a name; leave out "#${name}"`);
  }
  const named = lists as Record<string, string[]>;
  const list = name === undefined ? undefined : named[name];
  if (list !== undefined) return list;
  throw new FeatureError(
    'FEATURE_SET_LIST',
    `${file}: expected the name of one of its lists (${Object.keys(named).join(', ')}) as @${file}#NAME, found ${name === undefined ? 'none' : `"${name}"${didYouMean(name, Object.keys(named))}`}`,
  );
}

function readLists(path: string, file: string): z.infer<typeof fileSchema> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new FeatureError('FEATURE_SET_LIST', `${file}: expected a readable JSON file of feature names, found none`, { cause });
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FeatureError(
    'FEATURE_SET_LIST',
    `${file}: expected an array of names of families and features, or an object of named arrays, found another form`,
  );
}
