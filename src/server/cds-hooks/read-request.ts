/**
 * The body of a call, checked against the standard and against the service it was sent to.
 *
 * Choice  a fault is told by its path, which holds names of the standard alone, and never by its value
 * Choice  the patient is named up to three times (context, prefetch, authorization): where two of them differ nobody knows who is meant
 */
import type { z } from 'zod';
import { RequestRefusal } from '../operation-outcome.ts';
import { wordsOf } from '../score-request.ts';
import type { CdsService } from './services.ts';
import { cdsRequestSchema, feedbackRequestSchema, type CdsRequest, type Feedback } from './standard.ts';

/** @throws {RequestRefusal} SERVER_CDS_REQUEST */
export function readCdsRequest(body: unknown, service: CdsService): CdsRequest {
  const request = checked(cdsRequestSchema, body);
  const { hook, context, fhirServer, fhirAuthorization, prefetch } = request;
  if (hook !== service.hook)
    throw invalid(`hook: expected ${service.hook}, the hook of this service; GET /cds-services lists them`);
  if (hook === 'encounter-discharge' && context.encounterId === undefined) {
    throw invalid('context.encounterId: expected the encounter that is being ended, found none');
  }
  if (fhirAuthorization !== undefined && fhirServer === undefined) {
    throw invalid('fhirServer: expected the server that fhirAuthorization is for, found none');
  }
  if (fhirAuthorization?.patient !== undefined && fhirAuthorization.patient !== context.patientId) {
    throw invalid('fhirAuthorization.patient: expected the patient of the context, found another');
  }
  if (prefetch !== undefined && Object.keys(prefetch).length === 0) {
    throw invalid('prefetch: expected at least one key, found none; leave it out');
  }
  return request;
}

/** @throws {RequestRefusal} SERVER_CDS_REQUEST */
export function readFeedback(body: unknown): readonly Feedback[] {
  const { feedback } = checked(feedbackRequestSchema, body);
  for (const [i, { outcome, acceptedSuggestions }] of feedback.entries()) {
    if ((outcome === 'accepted') !== (acceptedSuggestions !== undefined)) {
      throw invalid(`feedback.${i}.acceptedSuggestions: expected with outcome accepted, and with no other`);
    }
  }
  return feedback;
}

export function invalid(what: string): RequestRefusal {
  return new RequestRefusal('SERVER_CDS_REQUEST', what);
}

function checked<T extends z.ZodObject>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  throw invalid(`${issue.path.join('.') || 'request'}: ${wordsOf(issue)}`);
}
