/**
 * What a server says went wrong, made fit for a message: OperationOutcome reduced to code and diagnostics, scrubbed and cut.
 *
 * Choice  diagnostics may quote what was searched for or found; dates, long numbers and anything like a token are masked, control
 *         characters removed, and 160 characters are kept
 */
import { z } from 'zod';

const outcomeSchema = z.looseObject({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(z.looseObject({ severity: z.string().optional(), code: z.string().optional(), diagnostics: z.string().optional() }))
    .min(1),
});

/** `code: diagnostics` of the first issue, or null when the value is no OperationOutcome. */
export function describeOutcome(value: unknown): string | null {
  const parsed = outcomeSchema.safeParse(value);
  const issue = parsed.data?.issue[0];
  if (issue === undefined) return null;
  const code = /^[a-z-]{1,32}$/.test(issue.code ?? '') ? (issue.code ?? '') : 'unknown';
  return issue.diagnostics === undefined ? code : `${code}: ${scrub(issue.diagnostics)}`;
}

/** Text of another system without what could name a person or open a door. */
export function scrub(text: string): string {
  return text
    .slice(0, 2000)
    .replace(/bearer\s+\S+/gi, 'Bearer [masked]')
    .replace(/[A-Za-z0-9_~+/=-]{40,}(\.[A-Za-z0-9_~+/=.-]+)*/g, '[masked]')
    .replace(/\b\d{4}-\d\d(-\d\d)?(T[\d:.]+)?\b/g, '[date]')
    .replace(/\d{7,}/g, '[number]')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, 160);
}
