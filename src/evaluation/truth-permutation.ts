/**
 * Labels without meaning: the same outcomes, dealt out to rows by chance. What a model still finds in them is a defect of the method.
 *
 * Choice  over all rows at once: dealt within a patient or a stratum they would keep what that explains
 */
import { randomStream } from '../util/random.ts';

/**
 * @param seed  unsigned 32-bit integer
 * @param deal  number of the deal, 0 or more; each is independent of the others
 * @returns     a permutation of the outcomes, fresh; the same for the same seed
 */
export function permutedLabels(outcome: Uint8Array, seed: number, deal = 0): Uint8Array {
  const stream = randomStream(seed, firstStream + deal);
  const dealt = Uint8Array.from(outcome);
  for (let i = dealt.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const kept = dealt[i]!;
    dealt[i] = dealt[j]!;
    dealt[j] = kept;
  }
  return dealt;
}

/** Apart from the streams of resamples and trees, which count from 0. */
const firstStream = 0x7e57_ab1e;
