/**
 * Draws from one stream of random numbers.
 *
 * Choice  every draw takes the same count of numbers whatever it returns, so that a change of a probability leaves the draws after it
 */
import type { RandomStream } from '../util/random.ts';

/** Normal with mean 0, by Box and Muller; two numbers of the stream. */
export function normal(random: RandomStream, sd = 1): number {
  const radius = Math.sqrt(-2 * Math.log1p(-random.uniform()));
  return sd * radius * Math.cos(2 * Math.PI * random.uniform());
}

/** True with this probability. */
export function happens(random: RandomStream, probability: number): boolean {
  return random.uniform() < probability;
}

/** Uniform in [low, high). */
export function between(random: RandomStream, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
