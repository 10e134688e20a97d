/**
 * Training patients as hashes: enough to tell that a patient was seen in training, not who it was.
 *
 * Choice  64 bits of SHA-256 over seed and id: a chance match among a million patients is below one in ten million. Whoever holds the
 *         ids can still test them against the list; it hides nothing from the source of the records
 */
import { sha256 } from '../util/sha256.ts';

/** @param patientId  `Patient/id`; 16 hex digits */
export function patientHash(seed: number, patientId: string): string {
  return sha256(`${seed}:${patientId}`).slice(0, 16);
}
