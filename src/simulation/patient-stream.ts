/**
 * Random numbers by name: each patient, discharge or planted stay draws from a stream of its own.
 *
 * Choice  a stream is named by the run's seed and a text, never by a position, so that neither the order of files nor what was drawn
 *         elsewhere can change it
 */
import { randomStream, type RandomStream } from '../util/random.ts';

/** @param name  what the numbers are for: "admissions Patient/x"; streams of different names are independent */
export function namedStream(seed: number, name: string): RandomStream {
  return randomStream(seed, textNumber(name));
}

/** FNV-1a, 32 bits, with a last mix: any fixed spread of texts over numbers would do. */
function textNumber(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
