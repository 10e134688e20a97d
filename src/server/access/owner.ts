/**
 * Whose something is that a server keeps for a caller: the same person at the same application, by the same issuer and for the same hospital.
 */
import { createHash } from 'node:crypto';
import type { Principal } from './principal.ts';

/** @returns  the same for the same caller, SHA-256 in lower-case hex */
export function ownerOf({ issuer, subject, client, tenant, patient }: Principal): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject, client, tenant, patient]))
    .digest('hex');
}
