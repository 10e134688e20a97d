/**
 * Data files of this folder, checked against their schema once for each text.
 *
 * Choice  a file is read at every call, so that an edit is seen at once; reading takes a hundredth of the time that checking takes
 * Choice  calls that find the same text share one value, which is therefore not to be changed
 */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** A reader of files of one schema. @returns  the same object as long as the text stays the same */
export function dataFileReader<T>(schema: z.ZodType<T>): (url: URL) => T {
  const checked = new Map<string, { readonly text: string; readonly value: T }>();
  return (url) => {
    const text = readFileSync(url, 'utf8');
    const before = checked.get(url.href);
    if (before?.text === text) return before.value;
    const value = schema.parse(JSON.parse(text));
    checked.set(url.href, { text, value });
    return value;
  };
}
