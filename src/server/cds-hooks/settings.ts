/**
 * What an operator settles about the CDS services of a server.
 */
import { UsageError } from '../../errors.ts';
import type { CardStore } from './card-store.ts';
import { noFhirAccess, type FhirAccess } from './fhir-access.ts';

export interface CdsSettings {
  /** null: cards are given without a uuid, so that no client sends feedback. */
  readonly cards: CardStore | null;
  readonly fhirAccess: FhirAccess;
  /** Origins of web pages that may call the services. */
  readonly origins: ReadonlySet<string>;
  /** Longest time to a card, milliseconds; the standard's aim is 500. */
  readonly deadlineMs: number;
  /** Least risk of a warning; null: that of the model's highest band. */
  readonly warningFrom: number | null;
}

export const defaultCdsSettings: CdsSettings = {
  cards: null,
  fhirAccess: noFhirAccess,
  origins: new Set(),
  deadlineMs: 5000,
  warningFrom: null,
};

/**
 * Origins as browsers send them.
 *
 * @throws {UsageError} SERVER_OPTION for anything but scheme, host and port: `*` and `null` are everybody
 */
export function cdsOrigins(texts: readonly string[]): ReadonlySet<string> {
  for (const text of texts) {
    if (URL.canParse(text) && /^https?:\/\//.test(text) && new URL(text).origin === text) continue;
    throw new UsageError('SERVER_OPTION', 'cds-origin: expected an origin such as https://ehr.example.org, found other text');
  }
  return new Set(texts);
}
