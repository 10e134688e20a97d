/**
 * The rules of the cohort as data: rules.json holds each with title, source and version, the switch that turns it off and what it reads.
 *
 * In   rules.json beside this file; the SQL files name rules by the same ids, and a test holds the two together
 * Out  rules in the order in which they are tried; whether one is on in a definition; why one cannot be assessed on given data
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CohortDefinition } from './definition.ts';

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** encounter: keeps one out of stays. stitching: joins it to the stay before. index: keeps a stay from being an index discharge.
   *  planned: makes a return planned. acute: makes an admission acute. */
  kind: z.enum(['encounter', 'stitching', 'index', 'planned', 'acute']),
  title: z.string(),
  /** Key of `sources`. */
  source: z.string(),
  /** Path in the cohort definition, or "always". */
  switch: z.string(),
  /** Elements the rule reads: of each group at least one must be recorded somewhere, or the rule finds nothing whatever happened. */
  needs: z.array(z.array(z.string()).min(1)),
});

const fileSchema = z.strictObject({
  title: z.string(),
  version: z.string(),
  elements: z.record(z.string(), z.string()),
  sources: z.record(z.string(), z.strictObject({ title: z.string(), version: z.string() })),
  rules: z.array(ruleSchema),
});

export type CohortRule = z.infer<typeof ruleSchema>;
export type CohortRules = z.infer<typeof fileSchema>;

let read: CohortRules | undefined;

/** All rules, in order. */
export function readCohortRules(): CohortRules {
  read ??= fileSchema.parse(JSON.parse(readFileSync(new URL('./rules.json', import.meta.url), 'utf8')));
  return read;
}

/** Whether the definition applies the rule: a number or an object that is there counts as on. */
export function isOn(rule: CohortRule, definition: CohortDefinition): boolean {
  if (rule.switch === 'always') return true;
  const value = rule.switch
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], definition);
  return value !== undefined && value !== false;
}

/**
 * Why the rule cannot be assessed on these data, or null where it can.
 *
 * @param recorded  number of records that hold each element, by its key
 */
export function notAssessable(rule: CohortRule, recorded: ReadonlyMap<string, number>): string | null {
  const { elements } = readCohortRules();
  const missing = rule.needs.find((group) => group.every((element) => (recorded.get(element) ?? 0) === 0));
  return missing === undefined
    ? null
    : `not assessable: no ${missing.map((element) => elements[element]).join(' or ')} in these records`;
}
