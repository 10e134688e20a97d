/**
 * A field of the card: what it says, who says so, and what it rests on. Never blank: what nobody knows is said to be not available.
 */
import { z } from 'zod';

export const NOT_AVAILABLE = 'not available';

export const CardFieldSchema = z.strictObject({
  text: z.string().trim().min(1),
  /** "stated" by people, "computed" from records and results, or neither. */
  status: z.enum(['stated', 'computed', 'not-available']),
  /** The same for machines: figures, counts, tables. */
  value: z.unknown().optional(),
  /** Where it comes from: a key of card.yaml, a part of metrics.json or model.bin, a record. */
  evidence: z.string().trim().min(1).optional(),
  /** ISO instant of the run it comes from. */
  computedAt: z.string().trim().min(1).optional(),
});
export type CardField = Readonly<z.infer<typeof CardFieldSchema>>;

/** @param statement  text of card.yaml, or its lines */
export function stated(statement: string | readonly string[], key: string): CardField {
  const text = typeof statement === 'string' ? statement : joinLines(statement);
  return { text, status: 'stated', evidence: `card.yaml: ${key}` };
}

const DEFAULT_EVIDENCE = 'this software, for every model it trains';

/** What holds for every model of this software, said in the place of a person who has not. */
export function statedByDefault(text: string, key: string): CardField {
  return { text, status: 'stated', evidence: `${DEFAULT_EVIDENCE}; ${key} of card.yaml takes its place` };
}

export function isStatedByDefault({ evidence }: CardField): boolean {
  return evidence?.startsWith(DEFAULT_EVIDENCE) === true;
}

export function computed(text: string, rest: { value?: unknown; evidence: string; computedAt: string }): CardField {
  return { text, status: 'computed', ...rest };
}

/** @param remedy  what would fill it, one clause: "state funding in card.yaml" */
export function notAvailable(remedy: string): CardField {
  return { text: `${NOT_AVAILABLE}; ${remedy}`, status: 'not-available' };
}

/** The statement where there is one, else the remedy: "state KEY in card.yaml". */
export function statedOrNot(statement: string | readonly string[] | undefined, key: string): CardField {
  return statement === undefined ? notAvailable(`state ${key} in card.yaml`) : stated(statement, key);
}

/** Sentences in one text; each ends with a full stop. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => (/[.!?]$/.test(line) ? line : `${line}.`)).join(' ');
}
