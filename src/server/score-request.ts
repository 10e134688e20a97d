/**
 * Which of the three requests a body is, and whether it is well formed.
 *
 * In      a JSON value; the features of the model, which may be named in a message
 * Out     the typed request; or one error that names the first fault by its path, never by its value
 * Choice  one key decides (features, bundle, patientId), so that a fault is told against the form that was meant
 * Choice  a key of the request is a value too: only keys of the schemas and of the model are repeated
 */
import type { z } from 'zod';
import { ScoringError } from '../errors.ts';
import {
  bundleRequestSchema,
  featuresRequestSchema,
  serverRequestSchema,
  type BundleRequest,
  type FeaturesRequest,
  type ServerRequest,
} from '../scoring/index.ts';

export type ScoreRequest =
  | { readonly form: 'features'; readonly request: FeaturesRequest }
  | { readonly form: 'bundle'; readonly request: BundleRequest }
  | { readonly form: 'server'; readonly request: ServerRequest };

/** @throws {ScoringError} SCORING_REQUEST_INVALID, SCORING_FEATURE_UNKNOWN */
export function readScoreRequest(body: unknown, featureNames: ReadonlySet<string>): ScoreRequest {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw invalid('expected an object, found another value');
  if (isPlainFeatures(body)) return { form: 'features', request: body };
  if (Object.hasOwn(body, 'features')) {
    refuseHiddenKey((body as { features: unknown }).features);
    return { form: 'features', request: checked(featuresRequestSchema, body, featureNames) };
  }
  if (Object.hasOwn(body, 'bundle')) return { form: 'bundle', request: checked(bundleRequestSchema, body, featureNames) };
  if (Object.hasOwn(body, 'patientId')) return { form: 'server', request: checked(serverRequestSchema, body, featureNames) };
  throw invalid('expected one of the keys "features", "bundle" or "patientId", found none; GET /openapi.json has the forms');
}

/**
 * A features request that is well formed beyond doubt: it passes without the schema, at a fraction
 * of the cost. All others are for the schema to judge.
 */
function isPlainFeatures(body: object): body is FeaturesRequest {
  const { features, explain } = body as Partial<FeaturesRequest>;
  const keys = explain === undefined ? 1 : 2;
  if (!isObject(features) || Object.keys(body).length !== keys) return false;
  if (explain !== undefined && typeof explain !== 'boolean') return false;
  for (const name of Object.keys(features)) {
    const value: unknown = features[name];
    if (value !== null && !Number.isFinite(value)) return false;
  }
  return !Object.hasOwn(features, '__proto__');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record schema drops this key unseen, and what was sent must not be left out silently. */
function refuseHiddenKey(features: unknown): void {
  if (features === null || typeof features !== 'object' || !Object.hasOwn(features, '__proto__')) return;
  throw new ScoringError(
    'SCORING_FEATURE_UNKNOWN',
    'expected features of the model, found one it does not read; GET /v1/model lists them',
  );
}

function checked<T extends z.ZodObject>(schema: T, body: object, featureNames: ReadonlySet<string>): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const known = new Set([...Object.keys(schema.shape), 'resourceType', 'types', 'from', ...featureNames]);
  const path = issue.path.map((key) => (typeof key === 'number' || known.has(String(key)) ? String(key) : '?')).join('.');
  const feature = issue.path[0] === 'features' && featureNames.has(String(issue.path[1])) ? String(issue.path[1]) : undefined;
  throw invalid(`${path === '' ? 'request' : path}: ${wordsOf(issue)}`, feature);
}

/** A fault in words that hold nothing of the value. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, found something else or nothing`;
    case 'unrecognized_keys':
      return 'expected the keys of this form only, found another; GET /openapi.json has the forms';
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`;
    case 'invalid_format':
      return 'expected another form, see GET /openapi.json for its pattern';
    case 'too_small':
      return `expected at least ${String(issue.minimum)}`;
    case 'too_big':
      return `expected at most ${String(issue.maximum)}`;
    default:
      return 'expected another value, see GET /openapi.json';
  }
}

function invalid(what: string, feature?: string): ScoringError {
  return new ScoringError('SCORING_REQUEST_INVALID', what, feature === undefined ? {} : { details: { feature } });
}
