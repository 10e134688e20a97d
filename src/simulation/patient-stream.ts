/**
 * Random numbers by name: each patient, discharge or planted stay draws from a stream of its own.
 *
 * Choice  a stream is named by the run's seed and a text, never by a position, so that neither the order of files nor what was drawn
 *         elsewhere can change it; 64 bits of SHA-256 tell the streams of stays and draws apart, 32 those of patients
 */
import { hash } from 'node:crypto';
import { randomStream, type RandomStream } from '../util/random.ts';

/** @param name  what the numbers are for: "admissions Patient/x" */
export function namedStream(seed: number, name: string): RandomStream {
  const [first, second] = numbersOf(`${seed}\n${name}`);
  return randomStream(first, second);
}

/** A patient's own stream for one purpose, the same stream number whatever the seed. */
export function patientStream(seed: number, patientId: string, purpose: string): RandomStream {
  return randomStream(seed, numbersOf(`${purpose}\n${patientId}`)[0]);
}

/** Two numbers of 32 bits from a text. */
function numbersOf(text: string): [number, number] {
  const hex = hash('sha256', text);
  return [Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8, 16), 16)];
}
