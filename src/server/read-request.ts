/**
 * The body of a request, checked against its schema.
 *
 * Choice  a fault is told by its path and never by its value; of the keys that a caller makes up, only features of the model are repeated
 */
import { z } from 'zod';
import { ScoringError } from '../errors.ts';
import { wordsOf } from './score-request.ts';

/** @throws {ScoringError} SCORING_REQUEST_INVALID */
export function readRequest<T extends z.ZodObject>(
  schema: T,
  body: unknown,
  featureNames: ReadonlySet<string> = new Set(),
): z.infer<T> {
  const parsed = schema.safeParse(body);
  // A record schema drops this key unseen, and what was sent must not be left out silently.
  if (parsed.success && !hasHiddenKey(body)) return parsed.data;
  if (parsed.success) throw invalid('set: expected features of the model, found one it does not read; GET /v1/model lists them');
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const known = new Set([...Object.keys(schema.shape), ...featureNames]);
  const path = issue.path.map((key) => (known.has(String(key)) ? String(key) : '?')).join('.');
  throw invalid(`${path === '' ? 'request' : path}: ${wordsOf(issue)}`);
}

function hasHiddenKey(body: unknown): boolean {
  const { set } = body as { readonly set?: unknown };
  return typeof set === 'object' && set !== null && Object.hasOwn(set, '__proto__');
}

function invalid(what: string): ScoringError {
  return new ScoringError('SCORING_REQUEST_INVALID', what);
}
