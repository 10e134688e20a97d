/**
 * card.yaml: what only people can say about a model. Everything else of the card is computed.
 *
 * In      a YAML file of texts; a key left empty is not stated
 * Choice  an unknown key is refused, since a misspelt statement would silently be missing from the card
 * Choice  every scalar is text as written (YAML's failsafe schema): a version 1.10 stays 1.10, a date stays a date
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { LineCounter, isNode, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { ModelError } from '../errors.ts';
import { applicabilityAnswers, probastAnswers, readProbastItems, readTripodItems } from './card-item-lists.ts';

const MAX_BYTES = 1024 * 1024;

const text = z.string().trim().min(1).max(8000);
const lines = z.array(text).min(1).max(100);
const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).partial().optional();

/** Answers of people to PROBAST+AI by item ("development 1.1"): a word the instrument knows, and why. */
const probastStatements = z.record(z.string(), z.strictObject({ answer: text, why: text })).superRefine((given, context) => {
  const { questions, applicability } = readProbastItems();
  for (const [id, { answer }] of Object.entries(given)) {
    const allowed: readonly string[] | undefined = questions.some((item) => item.id === id)
      ? probastAnswers
      : applicability.some((item) => item.id === id)
        ? applicabilityAnswers
        : undefined;
    if (allowed === undefined) {
      context.addIssue({ code: 'custom', path: [id], message: 'expected an item of PROBAST+AI such as "development 1.3"' });
    } else if (!allowed.includes(answer)) {
      context.addIssue({ code: 'custom', path: [id, 'answer'], message: `expected ${allowed.join(', ')}` });
    }
  }
});

/** Answers of people to TRIPOD+AI by item ("3a"). */
const tripodStatements = z.record(z.string(), text).superRefine((given, context) => {
  const known = readTripodItems().items.map(({ item }) => item);
  for (const id of Object.keys(given)) {
    if (!known.includes(id))
      context.addIssue({ code: 'custom', path: [id], message: 'expected an item of TRIPOD+AI such as "3a"' });
  }
});

export const CardStatementsSchema = z
  .strictObject({
    /** Who answers for the statements, and since when. */
    reviewed: group({ by: text, on: text }),
    developer: group({ name: text, contact: text }),
    funding: text,
    release: group({
      stage: text,
      date: text,
      version: text,
      availability: text,
      ehrCompatibility: lines,
      regulatoryApproval: text,
    }),
    keywords: lines,
    use: group({
      intendedUse: text,
      workflow: text,
      intendedUsers: text,
      howToUse: text,
      population: text,
      decisionRole: text,
      outOfScope: lines,
    }),
    warnings: group({ risks: lines, biases: text, clinicalRiskLevel: text }),
    data: group({ relevance: text, characterization: text }),
    fairness: group({ approach: text, biasManagement: text }),
    metrics: group({
      usefulnessGoal: text,
      usefulnessInterpretation: text,
      fairnessGoal: text,
      fairnessInterpretation: text,
      safetyGoal: text,
      safetyInterpretation: text,
    }),
    monitoring: group({ validity: text, fairness: text }),
    updates: group({ process: text, correction: text }),
    facts: group({ security: text, transparency: text, thirdParties: text, stakeholdersConsulted: text }),
    resources: group({
      outcomeEvaluations: lines,
      clinicalTrial: text,
      peerReviewedPublications: lines,
      reimbursementStatus: text,
      patientConsentOrDisclosure: text,
    }),
    /** BibTeX. */
    bibliography: text,
    /** They take the place of computed answers. */
    probast: probastStatements,
    tripod: tripodStatements,
  })
  .partial();
export type CardStatements = Readonly<z.infer<typeof CardStatementsSchema>>;

/** The starter file: every key, empty, with what belongs there. */
export function starterStatements(): string {
  return readFileSync(new URL('./card-starter.yaml', import.meta.url), 'utf8');
}

/** @throws {ModelError} CARD_STATEMENTS_UNREADABLE; CARD_STATEMENTS_INVALID naming line and key */
export async function readCardStatements(path: string): Promise<CardStatements> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ModelError(
      'CARD_STATEMENTS_UNREADABLE',
      `${path}: expected a readable YAML file of statements (${code}); make one with readmission card --starter > ${path}`,
      { cause },
    );
  }
  if (content.length > MAX_BYTES)
    throw invalid(path, undefined, `a file of ${content.length} bytes, at most ${MAX_BYTES} are read`);
  return parseCardStatements(content.toString('utf8'), path);
}

/** @throws {ModelError} CARD_STATEMENTS_INVALID naming line and key */
export function parseCardStatements(yaml: string, where: string): CardStatements {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { schema: 'failsafe', lineCounter, prettyErrors: false, uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined)
    throw invalid(where, lineCounter.linePos(fault.pos[0]).line, `YAML that cannot be read (${fault.code})`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid(where, undefined, 'an alias (*name); write the text itself');
  }
  const parsed = CardStatementsSchema.safeParse(withoutBlank(value) ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  throw invalid(
    where,
    lineOf(document, path, lineCounter),
    `${path.join('.') || 'the document'}: ${issue?.message ?? 'wrong form'}`,
  );
}

/** Keys without a value are not statements. */
function withoutBlank(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return /^(|~|null)$/.test(value.trim()) ? undefined : value;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const kept = value.map(withoutBlank).filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  const kept = Object.entries(value)
    .map(([key, item]) => [key, withoutBlank(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Line of the node at the path, or of the nearest one above it that has a place. */
function lineOf(document: Document, path: readonly PropertyKey[], lineCounter: LineCounter): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
  }
  return undefined;
}

function invalid(where: string, line: number | undefined, found: string): ModelError {
  const place = line === undefined ? where : `${where}, line ${line}`;
  return new ModelError(
    'CARD_STATEMENTS_INVALID',
    `${place}: expected statements as in readmission card --starter, found ${found}; mend the line and run again`,
    line === undefined ? {} : { details: { line } },
  );
}
