/**
 * What codes of admission and discharge mean: the standard ones, and over them the hospital's own.
 *
 * In      a site mapping; standard-codes.json beside this file
 * Out     rows of the table site_code, and the code systems that are known
 * Choice  a code of a system that neither the standard nor the mapping knows has no meaning, whatever it looks like; a coding without
 *         a system is read as standard
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { admitSourceMeanings, dispositionMeanings, priorityMeanings, type SiteMapping } from './site-mapping.ts';

const listSchema = <M extends readonly [string, ...string[]]>(meanings: M) =>
  z.array(z.strictObject({ systems: z.array(z.string().nullable()).min(1), codes: z.record(z.string(), z.enum(meanings)) }));

const fileSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  version: z.string(),
  disposition: listSchema(dispositionMeanings),
  admitSource: listSchema(admitSourceMeanings),
  priority: listSchema(priorityMeanings),
});

const standard = fileSchema.parse(JSON.parse(readFileSync(new URL('./standard-codes.json', import.meta.url), 'utf8')));

/** Elements of an encounter whose codes have meanings, and the column each meaning goes into. */
export const codedElements = [
  { element: 'disposition', column: 'disposition' },
  { element: 'admitSource', column: 'admit_source' },
  { element: 'priority', column: 'admit_priority' },
] as const;
export type CodedElement = (typeof codedElements)[number]['element'];

/** One row of site_code; the system of a coding without one is the empty text. */
export interface CodeMeaning {
  readonly element: CodedElement;
  readonly system: string;
  readonly code: string;
  readonly meaning: string;
}

/** Every known code once; the hospital's own meaning goes before the standard one. */
export function codeMeanings(mapping: SiteMapping): CodeMeaning[] {
  const rows = new Map<string, CodeMeaning>();
  const add = (row: CodeMeaning): void => void rows.set(`${row.element} ${row.system} ${row.code}`, row);
  for (const { element } of codedElements) {
    for (const { systems, codes } of standard[element]) {
      for (const system of systems) {
        for (const [code, meaning] of Object.entries(codes)) add({ element, system: system ?? '', code, meaning });
      }
    }
    for (const { system, code, meaning } of mapping.encounter[element].codes)
      add({ element, system: system ?? '', code, meaning });
  }
  return [...rows.values()];
}

/** Systems of an element's known codes, the hospital's own first; null is a coding without a system. */
export function knownSystems(mapping: SiteMapping, element: CodedElement): (string | null)[] {
  const own = mapping.encounter[element].codes.map(({ system }) => system);
  return [...new Set([...own, ...standard[element].flatMap(({ systems }) => systems)])];
}
