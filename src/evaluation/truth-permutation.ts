/**
 * Labels without meaning: the same outcomes, dealt out to rows by chance. What a model still finds in them is a defect of the method.
 *
 * Choice  over all rows at once: dealt within a patient or a stratum they would keep what that explains
 */
import { randomStream } from '../util/random.ts';
import { shuffle } from '../util/shuffle.ts';

/**
 * @param seed  unsigned 32-bit integer
 * @param deal  number of the deal, 0 or more; each is independent of the others
 * @returns     a permutation of the outcomes, fresh; the same for the same seed
 */
export function permutedLabels(outcome: Uint8Array, seed: number, deal = 0): Uint8Array {
  return shuffle(outcome.slice(), randomStream(seed, firstStream + deal));
}

/** Apart from the streams of resamples and trees, which count from 0. */
const firstStream = 0x7e57_ab1e;
