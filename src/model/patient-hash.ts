/**
 * Training patients as hashes: enough to tell that a patient was seen in training.
 *
 * Choice  64 bits of SHA-256 over salt and id: a chance match among a million patients is below one in ten million
 * Choice  the salt is drawn from seed and records, so that two models of other records cannot be searched for shared patients, nor one table
 *         of hashes be made for all models; it is no secret, for equal records and seed give an equal file
 * Limits  whoever has the file can test any id against it, and ids that are counted up can all be tried: the hashes hide neither from
 *         the source of the records nor from one who knows its ids. The card of a model of real records says so
 */
import { sha256 } from '../util/sha256.ts';
import type { ModelHeader } from './model-header.ts';

/** What a model hashes ids with: 64 hex digits. */
export function patientSalt(seed: number, manifestSha256: string): string {
  return sha256(`patients:${seed}:${manifestSha256}`);
}

/** @param patientId  `Patient/id`; 16 hex digits */
export function patientHash(salt: string, patientId: string): string {
  return sha256(`${salt}:${patientId}`).slice(0, 16);
}

/** What a header tells of its training to whoever asks: everything but which patients they were, and of which server. */
export function toldTraining({ training }: Pick<ModelHeader, 'training'>): ToldTraining {
  const { patientHashes: _hashes, patientSalt: _salt, sourceHash: _source, ...told } = training;
  return told;
}
export type ToldTraining = Omit<ModelHeader['training'], 'patientHashes' | 'patientSalt' | 'sourceHash'>;

/** The model a header names as its parent, told likewise; undefined where it has none. */
export function toldParent({
  parent,
}: Pick<ModelHeader, 'parent'>): Omit<NonNullable<ModelHeader['parent']>, 'patientHashes'> | undefined {
  if (parent === undefined) return undefined;
  const { patientHashes: _hashes, ...told } = parent;
  return told;
}

/** The salt of a model; its seed in models of before they had one. */
export function saltOf({ seed, training }: Pick<ModelHeader, 'seed' | 'training'>): string {
  return training.patientSalt ?? String(seed);
}
