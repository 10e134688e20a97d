/**
 * What is wrong in a document that a person wrote, from the schema that refused it: the first fault, where it is, and what was meant.
 *
 * Choice  a key or a choice that is nearly one of those there are is told with it: a misspelt option is the usual fault of such a file
 */
import type { z } from 'zod';
import { didYouMean } from './nearest-name.ts';

/**
 * @param value  that was parsed
 * @returns      place as keys joined by dots ("document" for the whole), and what is wrong in words
 */
export function documentFault(
  schema: z.core.$ZodType,
  value: unknown,
  { issues }: z.core.$ZodError,
): { place: string; what: string } {
  const [issue] = issues;
  const place = issue?.path.join('.') || 'document';
  return { place, what: issue === undefined ? 'wrong form' : `${issue.message}${meant(schema, value, issue)}` };
}

function meant(schema: z.core.$ZodType, value: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => didYouMean(key, known)).find((text) => text !== '') ?? '';
  }
  if (issue.code !== 'invalid_value') return '';
  const given = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
  return typeof given === 'string' ? didYouMean(given, issue.values.map(String)) : '';
}

/** Keys of the object that the schema has at a path; none where it has no such object. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [step, ...rest] = path;
  if ('innerType' in def) return keysAt(def.innerType, path);
  if (def.type === 'union') return def.options.flatMap((option) => keysAt(option, path));
  if (def.type === 'array' && step !== undefined) return keysAt(def.element, rest);
  if (def.type === 'record' && step !== undefined) return keysAt(def.valueType, rest);
  if (def.type !== 'object') return [];
  if (step === undefined) return Object.keys(def.shape);
  const inner = def.shape[String(step)];
  return inner === undefined ? [] : keysAt(inner, rest);
}
