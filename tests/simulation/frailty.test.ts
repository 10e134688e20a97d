/** The oracle against plain numerical integration and against simulated patients. */
import { describe, expect, it } from '@jest/globals';
import { createFrailtyPosterior, gaussHermite } from '../../src/simulation/frailty.ts';
import { createProcess, softmax } from '../../src/simulation/linear-predictor.ts';
import { drawFrailty, drawState } from '../../src/simulation/outcome-draw.ts';
import { states, type ProcessDefinition, type State } from '../../src/simulation/process.ts';
import { randomStream } from '../../src/util/random.ts';
import { smallProcess } from './small-process.ts';

const intercepts = { unplanned: -1.6, death: -3.4, planned: -3.6 };
const withSd = (sd: number, nodes = 21): ProcessDefinition => ({
  ...smallProcess,
  frailty: { sd, nodes, loadings: { unplanned: 1, death: 0.5, planned: -0.6 } },
});

/** Posterior mean of the probabilities on a fine grid over +-9 standard deviations, written without the code under test. */
function byGrid(sd: number, past: readonly { eta: Float64Array; state: State }[], eta: Float64Array): number[] {
  const points = 2001;
  const given = (e: Float64Array, b: number): number[] => {
    const [u, d, p] = softmax(
      intercepts.unplanned + e[0]! + b,
      intercepts.death + e[1]! + b / 2,
      intercepts.planned + e[2]! - 0.6 * b,
    );
    return [u, d, p, 1 - u - d - p];
  };
  const sums = [0, 0, 0, 0];
  for (let k = 0; k < points; k += 1) {
    const z = -9 + (18 * k) / (points - 1);
    let weight = Math.exp((-z * z) / 2);
    for (const { eta: e, state } of past) weight *= given(e, z * sd)[states.indexOf(state)]!;
    const now = given(eta, z * sd);
    for (let s = 0; s < 3; s += 1) sums[s]! += weight * now[s]!;
    sums[3]! += weight;
  }
  return sums.slice(0, 3).map((sum) => sum / sums[3]!);
}

describe('gaussHermite', () => {
  it('is exact for the moments of a standard normal up to degree 2n - 1', () => {
    for (const n of [1, 2, 5, 21, 61]) {
      const { nodes, weights } = gaussHermite(n);
      expect(nodes).toHaveLength(n);
      expect(weights.every((w) => w > 0)).toBe(true);
      for (let degree = 0; degree <= Math.min(2 * n - 1, 12); degree += 1) {
        const moment = nodes.reduce((sum, z, k) => sum + weights[k]! * z ** degree, 0);
        const expected =
          degree % 2 === 1 ? 0 : Array.from({ length: degree / 2 }, (_, i) => 2 * i + 1).reduce((a, b) => a * b, 1);
        expect(moment / Math.max(1, expected)).toBeCloseTo(expected / Math.max(1, expected), 9);
      }
    }
  });
});

describe('createFrailtyPosterior', () => {
  it('agrees with a fine grid to 1e-6, before and after many outcomes', () => {
    for (const [sd, nodes] of [
      [0.4, 21],
      [0.7, 21],
      [1, 61],
    ] as const) {
      const process = createProcess(withSd(sd, nodes));
      const stream = randomStream(3, Math.round(sd * 10));
      const posterior = createFrailtyPosterior(process);
      const past: { eta: Float64Array; state: State }[] = [];
      for (let discharge = 0; discharge < 25; discharge += 1) {
        const eta = Float64Array.of(2 * stream.uniform() - 1, stream.uniform(), stream.uniform());
        const oracle = posterior.oracle(eta, intercepts);
        byGrid(sd, past, eta).forEach((p, s) => expect(Math.abs(oracle[s]! - p)).toBeLessThan(1e-6));
        const state = (discharge % 3 === 0 ? 'unplanned' : discharge % 7 === 0 ? 'planned' : 'none') as State;
        posterior.update(eta, intercepts, state);
        past.push({ eta, state });
      }
    }
  });

  it('is what happens, on average, to patients with the same record', () => {
    // Two discharges each; among those who returned after the first, the share returning after the second is the oracle's.
    const sd = 1;
    const process = createProcess(withSd(sd));
    const eta = Float64Array.of(0.3, 0, 0);
    const posterior = createFrailtyPosterior(process);
    posterior.update(eta, intercepts, 'unplanned');
    const expected = posterior.oracle(eta, intercepts)[0];
    expect(expected).toBeGreaterThan(createFrailtyPosterior(process).oracle(eta, intercepts)[0] + 0.05);
    expect(posterior.mean()).toBeGreaterThan(0.3);
    const stream = randomStream(11, 0);
    let returned = 0;
    let again = 0;
    for (let patient = 0; patient < 200_000; patient += 1) {
      const p = process.probabilities(eta, drawFrailty(stream, sd), intercepts);
      if (drawState(stream.uniform(), p) !== 'unplanned') continue;
      returned += 1;
      if (drawState(stream.uniform(), p) === 'unplanned') again += 1;
    }
    const error = Math.sqrt((expected * (1 - expected)) / returned);
    expect(Math.abs(again / returned - expected)).toBeLessThan(4 * error);
  });

  it('is the plain probability without frailty, whatever happened', () => {
    const process = createProcess(withSd(0));
    const posterior = createFrailtyPosterior(process);
    const eta = Float64Array.of(0.5, 0.1, 0.2);
    posterior.update(eta, intercepts, 'unplanned');
    expect(posterior.oracle(eta, intercepts)).toEqual(process.probabilities(eta, 0, intercepts));
    expect(posterior.mean()).toBe(0);
  });

  it('refuses an outcome that cannot have been', () => {
    const posterior = createFrailtyPosterior(createProcess(withSd(0.4)));
    const impossible = { unplanned: 0, death: -1e6, planned: 0 };
    expect(() => posterior.update(new Float64Array(3), impossible, 'death')).toThrow(
      expect.objectContaining({ code: 'SIM_FRAILTY' }),
    );
  });
});
