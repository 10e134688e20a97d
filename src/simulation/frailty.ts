/**
 * What is known of a patient's frailty: its prior N(0, sd^2), sharpened by each outcome already drawn.
 *
 * Method  Gauss-Hermite quadrature: nodes and weights fixed by the prior; every drawn state multiplies the weights by its likelihood.
 *         The oracle's probability is the mean over the posterior of the probabilities given b: the best forecast of one who knows
 *         the process and the patient's own record, but not b
 * Choice  the nodes do not move with the posterior. Over 25 outcomes of one patient 21 nodes hold 1e-6 up to an sd of 0.7 (5e-12 at 0.4), 61 at 1:
 *         tests/simulation/frailty.test.ts compares them with a fine grid
 * Source  Abramowitz and Stegun 1972, 25.4.46; Golub and Welsch 1969, doi:10.1090/S0025-5718-69-99647-1
 */
import { SimulationError } from '../errors.ts';
import type { Probabilities, Process } from './linear-predictor.ts';
import { outcomes, type Intercepts, type State } from './process.ts';

export interface FrailtyPosterior {
  /**
   * Expected probabilities of what follows a discharge, before its outcome is known.
   *
   * @param eta  predictors of the discharge, length 3
   */
  oracle(eta: Float64Array, intercepts: Intercepts): Probabilities;
  /** Takes the outcome of that discharge into account. @throws {SimulationError} SIM_FRAILTY when no node could have given it */
  update(eta: Float64Array, intercepts: Intercepts, state: State): void;
  /** Posterior mean of b, in log odds. */
  mean(): number;
}

/** One per patient, at its prior; the nodes are shared. */
export function createFrailtyPosterior(process: Process): FrailtyPosterior {
  const { sd, nodes: count } = process.definition.frailty;
  const { nodes, weights } = priorNodes(sd, count);
  const posterior = Float64Array.from(weights);
  return {
    oracle(eta, intercepts) {
      let u = 0;
      let d = 0;
      let p = 0;
      for (let k = 0; k < nodes.length; k += 1) {
        const given = process.probabilities(eta, nodes[k]!, intercepts);
        u += posterior[k]! * given[0];
        d += posterior[k]! * given[1];
        p += posterior[k]! * given[2];
      }
      return [u, d, p];
    },
    update(eta, intercepts, state) {
      const drawn = outcomes.indexOf(state as (typeof outcomes)[number]);
      let sum = 0;
      for (let k = 0; k < nodes.length; k += 1) {
        const given = process.probabilities(eta, nodes[k]!, intercepts);
        posterior[k]! *= drawn < 0 ? Math.max(1 - given[0] - given[1] - given[2], 0) : given[drawn]!;
        sum += posterior[k]!;
      }
      if (!(sum > 0)) {
        throw new SimulationError('SIM_FRAILTY', `expected an outcome the process can give, found ${state} with likelihood 0`);
      }
      for (let k = 0; k < nodes.length; k += 1) posterior[k]! /= sum;
    },
    mean: () => posterior.reduce((sum, weight, k) => sum + weight * nodes[k]!, 0),
  };
}

interface Nodes {
  readonly nodes: Float64Array;
  /** Positive, sum 1. */
  readonly weights: Float64Array;
}

const prepared = new Map<string, Nodes>();

function priorNodes(sd: number, count: number): Nodes {
  const key = `${sd} ${count}`;
  let found = prepared.get(key);
  if (found === undefined) {
    const standard = sd === 0 ? { nodes: Float64Array.of(0), weights: Float64Array.of(1) } : gaussHermite(count);
    found = { nodes: standard.nodes.map((z) => z * sd), weights: standard.weights };
    prepared.set(key, found);
  }
  return found;
}

/**
 * Nodes and weights of the expectation over a standard normal: exact for polynomials of degree 2n - 1.
 *
 * Nodes are the roots of the orthonormal Hermite polynomial h_n. The roots of h_(k-1) part those of h_k, so each degree brackets the next,
 * and halving with Newton's steps inside the bracket always arrives.
 *
 * @param n  1 or more
 */
export function gaussHermite(n: number): Nodes {
  let roots: number[] = [0];
  for (let degree = 2; degree <= n; degree += 1) {
    const reach = 2 * Math.sqrt(degree) + 1;
    const ends = [-reach, ...roots, reach];
    roots = ends.slice(1).map((high, i) => rootBetween(degree, ends[i] as number, high));
  }
  const weights = roots.map((z) => 1 / (n * hermite(n, z).below ** 2));
  const sum = weights.reduce((total, w) => total + w, 0);
  return { nodes: Float64Array.from(roots), weights: Float64Array.from(weights, (w) => w / sum) };
}

/** h_n and h_(n-1) at z, orthonormal under N(0, 1). */
function hermite(n: number, z: number): { value: number; below: number } {
  let below = 0;
  let value = 1;
  for (let k = 0; k < n; k += 1) {
    const above = (z * value - Math.sqrt(k) * below) / Math.sqrt(k + 1);
    below = value;
    value = above;
  }
  return { value, below };
}

function rootBetween(n: number, low: number, high: number): number {
  const rising = hermite(n, high).value > 0;
  let z = (low + high) / 2;
  for (let step = 0; step < 200; step += 1) {
    const { value, below } = hermite(n, z);
    if (value > 0 === rising) high = z;
    else low = z;
    // h_n' = sqrt(n) h_(n-1)
    const newton = z - value / (Math.sqrt(n) * below);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - z) <= 1e-14 * Math.max(1, Math.abs(z))) return next;
    z = next;
  }
  return z;
}
