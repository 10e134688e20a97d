/**
 * Folds by patient: which part of the data each discharge belongs to, with all discharges of a patient in one.
 *
 * Rule    fold = first 48 bits of SHA-256("SEED:PATIENT-ID" in UTF-8), read big-endian, modulo the number of folds
 * Choice  a hash and not a shuffle: a patient's fold depends on nothing but seed and id, so it is the same when others come or
 *         go, in any order of rows, and years later on another machine. Sizes therefore vary by chance
 */
import { EvaluationError } from '../errors.ts';
import { sha256 } from '../util/sha256.ts';

/** The rule in words, for a model's header. */
export const FOLD_RULE = 'first 48 bits of SHA-256("SEED:PATIENT-ID"), big-endian, modulo the number of folds';

/**
 * @param patientIds  patient id per row, any string that is stable between exports
 * @param folds       number of folds, 2 to 1,000
 * @param seed        whole number, kept with the model
 * @returns           fold number per row, 0 to folds - 1
 * @throws {EvaluationError} EVALUATION_RANGE
 */
export function assignFolds(patientIds: readonly string[], folds: number, seed: number): Int32Array {
  if (!Number.isInteger(folds) || folds < 2 || folds > 1000) {
    throw new EvaluationError('EVALUATION_RANGE', `expected 2 to 1,000 folds, found ${folds}`);
  }
  if (!Number.isSafeInteger(seed)) throw new EvaluationError('EVALUATION_RANGE', `expected a whole-number seed, found ${seed}`);
  const known = new Map<string, number>();
  return Int32Array.from(patientIds, (id) => {
    let fold = known.get(id);
    if (fold === undefined) {
      fold = Number.parseInt(sha256(`${seed}:${id}`).slice(0, 12), 16) % folds;
      known.set(id, fold);
    }
    return fold;
  });
}
