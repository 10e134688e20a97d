/**
 * What the server answers, and how it says no: every refusal is an OperationOutcome with a status, an issue code and a remedy.
 *
 * Choice  diagnostics name parameters and types, never values: a value may be a patient's identifier
 * Source  FHIR R4 http.html (status codes), valueset-issue-type.html
 */
import { FhirError } from '../../errors.ts';

/** One HTTP answer, whole and in memory, before any fault touches it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The subset of http://hl7.org/fhir/issue-type that this server uses. */
export type IssueCode =
  | 'invalid'
  | 'value'
  | 'not-supported'
  | 'not-found'
  | 'too-long'
  | 'too-costly'
  | 'expired'
  | 'security'
  | 'exception'
  | 'transient'
  | 'throttled';

/** A request this server will not answer; thrown anywhere below the routes. */
export class RequestRefusal extends FhirError {
  readonly status: number;
  readonly issue: IssueCode;
  readonly diagnostics: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, issue: IssueCode, diagnostics: string, headers: Readonly<Record<string, string>> = {}) {
    super('SERVER_REFUSAL', `${status} ${issue}: ${diagnostics}`, { details: { status, issue } });
    this.status = status;
    this.issue = issue;
    this.diagnostics = diagnostics;
    this.headers = headers;
  }
}

export const fhirJson = 'application/fhir+json; charset=utf-8';

export function jsonAnswer(status: number, resource: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': fhirJson, ...headers }, body: Buffer.from(JSON.stringify(resource), 'utf8') };
}

export function outcomeAnswer(
  status: number,
  code: IssueCode,
  diagnostics: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const outcome: fhir4.OperationOutcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
  return jsonAnswer(status, outcome, headers);
}

/** A name that came from outside, made safe to print: short, and only characters that names have. */
export function printable(name: string): string {
  const safe = name.slice(0, 64).replace(/[^A-Za-z0-9_.:$*-]/g, '?');
  return name.length > 64 ? `${safe}…` : safe;
}
