/**
 * The accounting of a pull: every entry that came is stored, a duplicate or quarantined, and what was counted is there.
 *
 * In      per type: what the server counted, what came, what was kept
 * Out     the table, or a refusal when it does not add up
 * Choice  a quarantined resource did arrive, so it is not missing; older versions and repeated entries count as duplicates
 */
import { FhirError } from '../errors.ts';

export interface TypeAccount {
  /** By `_summary=count`, summed over all searches of the type; null where the server states no count. */
  readonly expected: number | null;
  /** Entries that came. */
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly quarantined: number;
}
export type Accounts = Readonly<Record<string, TypeAccount>>;

/** @throws {FhirError} FHIR_ACCOUNTING when received is not stored + duplicate + quarantined */
export function checkIdentity(accounts: Accounts): void {
  for (const [type, { received, stored, duplicate, quarantined }] of Object.entries(accounts)) {
    if (received === stored + duplicate + quarantined && Math.min(stored, duplicate, quarantined) >= 0) continue;
    const found = `${stored} stored, ${duplicate} duplicate and ${quarantined} quarantined`;
    const message = `${type}: expected these to add up to ${received} received, found ${found}; nothing was finished, report this`;
    throw new FhirError('FHIR_ACCOUNTING', message, { details: { type, received, stored, duplicate, quarantined } });
  }
}

export interface Shortfall {
  readonly type: string;
  readonly expected: number;
  readonly found: number;
}

/** Types of which fewer resources arrived than the server counted. */
export function shortfalls(accounts: Accounts): Shortfall[] {
  return Object.entries(accounts).flatMap(([type, { expected, stored, quarantined }]) =>
    expected !== null && stored + quarantined < expected ? [{ type, expected, found: stored + quarantined }] : [],
  );
}

/** The error for a pull that must be complete and is not. */
export function incomplete(missing: readonly Shortfall[]): FhirError {
  const list = missing.map(({ type, expected, found }) => `${type} ${found} of ${expected}`);
  const message = `expected as many resources as the server counts, found ${list.join(', ')}; run the same command again, or allow a partial pull`;
  return new FhirError('FHIR_INCOMPLETE', message, { details: { types: missing.map(({ type }) => type) } });
}
