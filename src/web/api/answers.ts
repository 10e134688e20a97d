/**
 * The answers the page works with, as the server states them, and the least that is checked of each before it is shown.
 *
 * Choice  the schemas themselves stay on the server: what is checked here is what would mislead if it were wrong, that an answer is of the right kind
 *         and its risk a share
 */
import type { ModelDescription } from '../../server/model-description.ts';
import type { PatientView, Worklist } from '../../server/page/page-answers.ts';
import { at, numberOf, objectOf, textOf, type Json } from '../model/metrics-reading.ts';

export type { ModelDescription, PatientView, Worklist };

/** Work of several requests: how far it is. */
export interface Progress {
  readonly done: number;
  /** null where the server does not know yet. */
  readonly total: number | null;
}

const isShare = (value: unknown): boolean => {
  const number = numberOf(value);
  return number !== null && number >= 0 && number <= 1;
};

export function isWorklist(value: unknown): value is Worklist {
  const entries = at(value, 'entries');
  return (
    Array.isArray(entries) &&
    textOf(at(value, 'model', 'sha256')) !== null &&
    entries.every((entry) => isShare(at(entry, 'risk')) && textOf(at(entry, 'person', 'id')) !== null)
  );
}

export function isPatientView(value: unknown): value is PatientView {
  const answer = at(value, 'explanation', 'answer');
  return (
    textOf(at(value, 'person', 'id')) !== null &&
    isShare(at(answer, 'risk')) &&
    isShare(at(answer, 'baseRate')) &&
    Array.isArray(at(answer, 'reasons')) &&
    textOf(at(answer, 'model', 'sha256')) !== null
  );
}

export function isModelDescription(value: unknown): value is ModelDescription {
  return textOf(at(value, 'sha256')) !== null && Array.isArray(at(value, 'bands')) && Array.isArray(at(value, 'features'));
}

export function isDocument(value: unknown): value is Json {
  return objectOf(value) !== null;
}

/** Of a 202. */
export function progressOf(value: unknown): Progress {
  return { done: numberOf(at(value, 'progress', 'done')) ?? 0, total: numberOf(at(value, 'progress', 'of')) };
}
