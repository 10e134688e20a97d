/**
 * Ids of planted resources: the same for the same seed, patient and stay, and in the form of a UUID, as Synthea's own.
 *
 * Form    112 bits of SHA-256, then the number of the resource within the stay as four hexadecimal digits
 */
import { hash } from 'node:crypto';

/** @returns a function that gives the next id of this stay; the first is ...0000 */
export function idSequence(seed: number, patientId: string, key: string): () => string {
  const hex = hash('sha256', `${seed}\n${patientId}\n${key}`);
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 28)}`;
  let next = 0;
  return () => head + (next++).toString(16).padStart(4, '0');
}
