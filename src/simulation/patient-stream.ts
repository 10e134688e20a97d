/**
 * Random numbers by name: each patient, discharge or planted stay draws from a stream of its own.
 *
 * Choice  a stream is named by the run's seed and a text, never by a position, so that neither the order of files nor what was drawn
 *         elsewhere can change it; 64 bits of SHA-256 tell them apart
 */
import { hash } from 'node:crypto';
import { randomStream, type RandomStream } from '../util/random.ts';

/** @param name  what the numbers are for: "admissions Patient/x" */
export function namedStream(seed: number, name: string): RandomStream {
  const hex = hash('sha256', `${seed}\n${name}`);
  return randomStream(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8, 16), 16));
}
