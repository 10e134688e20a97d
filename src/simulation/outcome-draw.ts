/**
 * The draw: one uniform number decides what follows a discharge, another on which day.
 *
 * Choice  by inversion of the cumulative distribution, in a fixed order: with the same uniforms a small change of the probabilities
 *         changes few outcomes, which is what the solver of the intercepts needs
 */
import type { RandomStream } from '../util/random.ts';
import type { Probabilities } from './linear-predictor.ts';
import { normal } from './planted-chance.ts';
import { states, type ProcessDefinition, type State } from './process.ts';

/** @param u  uniform in [0, 1) */
export function drawState(u: number, probabilities: Probabilities): State {
  let reached = 0;
  for (let s = 0; s < 3; s += 1) {
    reached += probabilities[s]!;
    if (u < reached) return states[s]!;
  }
  return 'none';
}

/**
 * Calendar day of the event, counted from the discharge's day 0.
 *
 * @param u  uniform in [0, 1)
 * @returns  firstDay .. horizonDays, the early days likelier
 */
export function drawDay(u: number, { firstDay, decayDays }: ProcessDefinition['returnDay'], horizonDays: number): number {
  const days = horizonDays - firstDay + 1;
  // The weights are a geometric sequence, so its partial sums can be inverted: sum of the first k is (1 - q^k) / (1 - q).
  const all = -Math.expm1(-days / decayDays);
  const k = Math.floor(-decayDays * Math.log1p(-u * all));
  return firstDay + Math.min(Math.max(k, 0), days - 1);
}

/** A patient's frailty from N(0, sd^2); takes two uniforms of the stream whatever the sd, so that the null process draws alike. */
export function drawFrailty(stream: RandomStream, sd: number): number {
  const drawn = normal(stream, sd);
  // Not the negative zero that a sd of 0 can give.
  return sd === 0 ? 0 : drawn;
}
