/**
 * How the server says no: error code to HTTP status, FHIR issue code and words, decided in this one table.
 *
 * In      any error that ended a request
 * Out     a refusal; from it problem+json (RFC 9457) or, for who speaks FHIR, an OperationOutcome
 * Choice  an error's own message is shown only where it was written for callers and names no value of the request; every other
 *         code has a fixed text. What the server itself did wrong is told as that, and no more
 * Source  FHIR R4 valueset-issue-type.html, http.html (status codes); RFC 9457
 */
import { z } from 'zod';
import { ReadmissionError, type ErrorDetails } from '../errors.ts';
import { codeSystems } from './fhir/canonical.ts';

export type IssueCode =
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'business-rule'
  | 'not-supported'
  | 'not-found'
  | 'too-long'
  | 'too-costly'
  | 'security'
  | 'login'
  | 'forbidden'
  | 'throttled'
  | 'transient'
  | 'timeout'
  | 'exception';

interface Outcome {
  readonly status: number;
  readonly issue: IssueCode;
  readonly title: string;
  /** Shown in place of the error's message, which may name ids or quote another server; null shows the message. */
  readonly detail: string | ((details: ErrorDetails) => string) | null;
}

const shown = (status: number, issue: IssueCode, title: string): Outcome => ({ status, issue, title, detail: null });
const fixed = (status: number, issue: IssueCode, title: string, detail: NonNullable<Outcome['detail']>): Outcome => ({
  status,
  issue,
  title,
  detail,
});

/** Told when another model was asked for; the log and the console of the operator name the path. */
const refusedModel = (found: string): Outcome =>
  fixed(422, 'business-rule', 'Model refused', `${found}; the model that answered before still does`);

const serverFault = 'the server failed on this request; its log names the request by requestId';

/** Every code that can end a request; the other codes of FHIR_ read as FHIR_FAULT, all others as SERVER_FAULT. */
export const outcomes = {
  SERVER_BODY: shown(400, 'structure', 'Body not readable'),
  SERVER_BODY_DEPTH: shown(400, 'structure', 'Body nested too deeply'),
  SERVER_HEADER: shown(400, 'structure', 'Request not readable'),
  SERVER_UNAUTHENTICATED: shown(401, 'login', 'Not authenticated'),
  SERVER_FORBIDDEN: shown(403, 'forbidden', 'Not permitted'),
  SERVER_KEYS: shown(503, 'transient', 'Keys of the issuer not available'),
  SERVER_HOST: shown(421, 'security', 'Another server was meant'),
  SERVER_NOT_FOUND: shown(404, 'not-found', 'Nothing at this path'),
  SERVER_METHOD: shown(405, 'not-supported', 'Method not offered'),
  SERVER_NOT_ACCEPTABLE: shown(406, 'not-supported', 'No representation that is accepted'),
  SERVER_REQUEST_TIMEOUT: shown(408, 'timeout', 'Request too slow'),
  SERVER_BODY_TOO_LARGE: shown(413, 'too-long', 'Body too large'),
  SERVER_MEDIA_TYPE: shown(415, 'structure', 'Media type not read'),
  SERVER_HEADERS_TOO_LARGE: shown(431, 'too-long', 'Headers too large'),
  SERVER_RATE: shown(429, 'throttled', 'Too many requests'),
  SERVER_BUSY: shown(503, 'throttled', 'Server busy'),
  SERVER_IDEMPOTENCY: shown(422, 'invariant', 'Key used for another request'),
  SERVER_JOB_UNFINISHED: shown(409, 'transient', 'Job under way'),
  SERVER_WORKER_LOST: shown(503, 'exception', 'Thread lost'),
  SERVER_WORKER_TIMEOUT: shown(503, 'timeout', 'Took too long'),
  SERVER_STOPPING: shown(503, 'transient', 'Server stopping'),
  SERVER_AUDIT: fixed(
    503,
    'transient',
    'Not recorded, so not answered',
    'the answer could not be recorded in the audit trail and is not given; the operator has to look at its disk',
  ),
  SERVER_CDS_REQUEST: shown(400, 'structure', 'Not a request of CDS Hooks 2.0'),
  SERVER_CDS_CARD: shown(404, 'not-found', 'Card unknown'),
  SERVER_CDS_PREFETCH: shown(412, 'required', 'Records not given and not to be had'),
  SERVER_CDS_DEADLINE: shown(503, 'timeout', 'Too slow to be of use'),
  SERVER_CDS_STORE: fixed(
    503,
    'transient',
    'Not stored, so not answered',
    'the card or the feedback could not be stored and nothing is answered; the operator has to look at the disk of the server',
  ),
  SERVER_FAULT: fixed(500, 'exception', 'Server fault', serverFault),

  SCORING_REQUEST_INVALID: shown(422, 'structure', 'Request not of a known form'),
  SCORING_BUNDLE_INVALID: shown(422, 'structure', 'Bundle not readable'),
  SCORING_BUNDLE_PARTIAL: shown(422, 'structure', 'Bundle is one page of several'),
  SCORING_BUNDLE_PATIENT: shown(422, 'invariant', 'Bundle not of one patient'),
  SCORING_RESOURCE_INVALID: shown(422, 'structure', 'Resource not of the shape of FHIR R4'),
  SCORING_TOO_LARGE: shown(422, 'too-costly', 'Too many entries'),
  SCORING_ENCOUNTER_UNKNOWN: fixed(
    422,
    'not-found',
    'Encounter not among the records',
    'expected the encounter to score among the records, found no Encounter with its id',
  ),
  SCORING_AS_OF: shown(422, 'required', 'Prediction time missing'),
  SCORING_NOT_ELIGIBLE: fixed(
    422,
    'business-rule',
    'Not eligible for a score',
    // The message names the encounter; the rule and its words are this project's own.
    ({ rule, words }) => `no risk is given: the stay is no index discharge by rule "${String(rule)}": ${String(words)}`,
  ),
  SCORING_FEATURE_UNKNOWN: shown(422, 'value', 'Feature unknown to the model'),
  SCORING_FEATURES_EMPTY: shown(422, 'required', 'No feature given'),
  SCORING_FEATURE_RANGE: shown(422, 'value', 'Feature outside its range'),
  SCORING_NO_FHIR_SERVER: shown(422, 'not-supported', 'No FHIR server configured'),

  EXPLAIN_FEATURE_UNKNOWN: fixed(
    422,
    'value',
    'Feature unknown to the model',
    'expected features of the model, found one it does not read; GET /v1/model lists them',
  ),
  EXPLAIN_VALUE_RANGE: shown(422, 'value', 'Feature outside its range'),
  EXPLAIN_SET_EMPTY: shown(422, 'required', 'No feature given'),
  EXPLAIN_PROFILE_EMPTY: shown(422, 'business-rule', 'Feature without values in training'),

  MODEL_OF_TABLE: fixed(
    422,
    'not-supported',
    'Model of a table',
    'expected features by name: the model was trained on the columns of a table, into which no records can be turned',
  ),

  MODEL_NOT_FOUND: refusedModel('no folder of that name holds a model'),
  MODEL_FILE_KIND: refusedModel('a file of the model is none that can be read'),
  MODEL_UNREADABLE: refusedModel('a file of the model cannot be read'),
  MODEL_CORRUPT: refusedModel('the model is damaged'),
  MODEL_VERSION: refusedModel('the model is of a format that this release does not read'),
  MODEL_HEADER: refusedModel('the header of the model is not valid'),
  MODEL_STRUCTURE: refusedModel('the forest of the model is not valid'),
  MODEL_FOLDER_INCOMPLETE: refusedModel('figures or card are missing beside the model'),
  MODEL_FOLDER_MIXED: refusedModel('figures or card belong to another model'),
  MODEL_SCHEMA_MISMATCH: refusedModel('the model reads other features than this release makes'),
  MODEL_UNSIGNED: refusedModel('the model is not signed'),
  MODEL_SIGNATURE: refusedModel('the signature is not by a trusted key, or not of this model'),
  SERVER_MODEL_CURRENT: refusedModel('the file `current` names none of the models'),
  COHORT_DEFINITION_INVALID: refusedModel('the model has a cohort definition that this release does not read'),
  MAPPING_INVALID: refusedModel('the model has a site mapping that this release does not read'),
  FEATURE_UNKNOWN: refusedModel('the model reads features that this server was not given'),
  FEATURE_FOLDER_ENGINES: refusedModel('features of the model cannot be computed for one patient'),
  SCORING_NO_RECORDS: fixed(500, 'exception', 'Server fault', serverFault),

  FHIR_PATIENT_UNKNOWN: fixed(422, 'not-found', 'Patient unknown', 'the FHIR server has no Patient with this id'),
  FHIR_UNAVAILABLE: fixed(503, 'transient', 'FHIR server unavailable', 'the FHIR server did not answer in time; try again later'),
  FHIR_TIMEOUT: fixed(503, 'transient', 'FHIR server unavailable', 'the FHIR server did not answer in time; try again later'),
  FHIR_UNAUTHORIZED: fixed(
    502,
    'security',
    'FHIR server refused',
    'the FHIR server refused this server; its token has to be renewed',
  ),
  FHIR_FORBIDDEN: fixed(502, 'security', 'FHIR server refused', 'the FHIR server refused this server; it lacks a scope'),
  FHIR_FAULT: fixed(
    502,
    'exception',
    'FHIR server not usable',
    'the FHIR server gave no answer that can be trusted; see the code',
  ),
  WAREHOUSE_MEMORY: fixed(503, 'too-costly', 'Too much at once', 'the records need more memory than a request may take'),
  CANCELLED: fixed(503, 'transient', 'Cancelled', 'the request was cancelled before its answer was ready'),
} as const satisfies Readonly<Record<string, Outcome>>;

export type ServerCode = Extract<keyof typeof outcomes, `SERVER_${string}`>;

/** A request that the server itself will not take; its message is shown to the caller. */
export class RequestRefusal extends ReadmissionError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ServerCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.headers = headers;
  }
}

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'Where the code is described, in the document of this API' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; branch on this' }),
    detail: z.string().meta({ description: 'What was expected and what to do; never a value of the request' }),
    requestId: z.string().meta({ description: 'Names the request in the log of the server' }),
    rule: z.string().optional().meta({ description: 'Why a stay is not eligible' }),
    words: z.string().optional().meta({ description: 'What that rule says' }),
    feature: z.string().optional(),
    element: z.string().optional().meta({ description: 'Path of the element that is at fault' }),
    entry: z.int().optional().meta({ description: 'Entry of the Bundle, from 0' }),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457)' });

export type Problem = z.infer<typeof problemSchema>;

export interface Refusal {
  readonly problem: Problem;
  readonly issue: IssueCode;
  readonly headers: Readonly<Record<string, string>>;
}

/** Details an error may carry to the caller: rules with their words, features and paths of this package, and a position. */
const passedOn = ['rule', 'words', 'feature', 'element', 'entry'] as const;

/** Of an error nobody foresaw, that of a fault of the server. */
export function codeOf(error: unknown): string {
  return error instanceof ReadmissionError ? error.code : 'SERVER_FAULT';
}

export function refusalOf(error: unknown, requestId: string): Refusal {
  const known = error instanceof ReadmissionError;
  const code = codeOf(error);
  const { status, issue, title, detail } = outcomes[keyOf(code)] as Outcome;
  const message = known ? messageOf(error, detail) : serverFault;
  const details = known
    ? Object.fromEntries(passedOn.flatMap((key) => (key in error.details ? [[key, error.details[key]]] : [])))
    : {};
  return {
    problem: { type: `/openapi.json#/x-problems/${keyOf(code)}`, title, status, code, detail: message, requestId, ...details },
    issue,
    headers: {
      ...(status === 503 ? { 'Retry-After': '1' } : {}),
      ...(error instanceof RequestRefusal ? error.headers : {}),
    },
  };
}

/** The same refusal for who speaks FHIR. */
export function toOperationOutcome({ problem, issue }: Refusal): fhir4.OperationOutcome {
  const { code, detail, requestId, title, status, rule, words, feature, element, entry } = problem;
  const where = [rule && `rule ${rule}`, feature && `feature ${feature}`].filter(Boolean).join(', ');
  const codings = [
    { system: codeSystems.problem, code, display: title },
    ...(rule === undefined
      ? []
      : [{ system: codeSystems.eligibility, code: rule, ...(words === undefined ? {} : { display: words }) }]),
  ];
  const expression =
    element === undefined ? undefined : entry === undefined ? element : `Bundle.entry[${entry}].resource.${afterType(element)}`;
  return {
    resourceType: 'OperationOutcome',
    id: requestId,
    issue: [
      {
        severity: status >= 500 ? 'fatal' : 'error',
        code: issue,
        details: { coding: codings, text: where === '' ? title : `${title} (${where})` },
        diagnostics: detail,
        ...(expression === undefined ? {} : { expression: [expression] }),
      },
    ],
  };
}

export const operationOutcomeSchema = z
  .looseObject({ resourceType: z.literal('OperationOutcome'), id: z.string(), issue: z.array(z.looseObject({})).min(1) })
  .meta({ id: 'OperationOutcome', description: 'The same error as a FHIR R4 OperationOutcome; its id is the request id' });

function messageOf(error: ReadmissionError, detail: Outcome['detail']): string {
  if (detail === null) return error.message.replace(`${error.code}: `, '');
  return typeof detail === 'string' ? detail : detail(error.details);
}

function keyOf(code: string): keyof typeof outcomes {
  if (Object.hasOwn(outcomes, code)) return code as keyof typeof outcomes;
  return code.startsWith('FHIR_') ? 'FHIR_FAULT' : 'SERVER_FAULT';
}

function afterType(element: string): string {
  return element.replace(/^[A-Z][A-Za-z]*\./, '');
}
