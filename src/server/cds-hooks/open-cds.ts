/**
 * The CDS services' settings from what an operator gives, checked before the port is opened.
 */
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { openCardStore } from './card-store.ts';
import { fhirAccess, type FhirAccessOptions } from './fhir-access.ts';
import { cdsOrigins, defaultCdsSettings, type CdsSettings } from './settings.ts';

export interface CdsOptions {
  /**
   * FHIR servers of CDS clients that records may be fetched from, beside the server's own: `https://host/fhir`, or
   * `issuer|https://host/fhir` for calls of one issuer's clients alone.
   */
  readonly fhirServers?: readonly string[] | undefined;
  /** Origins of web pages that may call the services from a browser. */
  readonly origins?: readonly string[] | undefined;
  /** Longest time to a card, milliseconds; 5,000. */
  readonly deadlineMs?: number | undefined;
  /** Least risk of a warning, in [0, 1]; that of the model's highest band. */
  readonly warningFrom?: number | undefined;
}

/** Everything but the store of cards. @throws {UsageError} SERVER_OPTION; {FhirError} FHIR_BASE_URL, FHIR_INSECURE */
export function cdsSettings(options: CdsOptions, records: Pick<FhirAccessOptions, 'own' | 'reader'>): Omit<CdsSettings, 'cards'> {
  const { fhirServers, origins = [], deadlineMs = defaultCdsSettings.deadlineMs, warningFrom = null } = options;
  if (!(deadlineMs > 0)) throw new UsageError('SERVER_OPTION', 'cds deadlineMs: expected a number above 0, found another value');
  if (warningFrom !== null && !(warningFrom >= 0 && warningFrom <= 1)) {
    throw new UsageError('SERVER_OPTION', 'cds warningFrom: expected a risk from 0 to 1, found another value');
  }
  return {
    fhirAccess: fhirAccess({ servers: fhirServers, ...records }),
    origins: cdsOrigins(origins),
    deadlineMs,
    warningFrom,
  };
}

/** @param stateDir  the server's state folder, which is there */
export function openFeedback(stateDir: string): ReturnType<typeof openCardStore> {
  return openCardStore({ folder: join(stateDir, 'feedback'), now: Date.now });
}
