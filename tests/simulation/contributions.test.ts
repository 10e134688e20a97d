/** Contributions against Shapley values by their definition, over all subsets of small random processes. */
import { describe, expect, it } from '@jest/globals';
import { createContributions } from '../../src/simulation/contributions.ts';
import { createProcess } from '../../src/simulation/linear-predictor.ts';
import { randomStream } from '../../src/util/random.ts';
import { randomProcess, smallProcess } from './small-process.ts';

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const size = (coalition: number): number => coalition.toString(2).replaceAll('0', '').length;

/** @param worth  of a coalition, a bit set of players */
function shapley(players: number, worth: (coalition: number) => number): number[] {
  return Array.from({ length: players }, (_, i) => {
    let value = 0;
    for (let s = 0; s < 2 ** players; s += 1) {
      if ((s >> i) & 1) continue;
      value += ((factorial(size(s)) * factorial(players - size(s) - 1)) / factorial(players)) * (worth(s | (1 << i)) - worth(s));
    }
    return value;
  });
}

describe('createContributions', () => {
  it('are the Shapley values of the game in which terms need all their covariates', () => {
    let compared = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      const stream = randomStream(seed, 0);
      const players = 2 + stream.below(5);
      const definition = randomProcess(stream, players);
      const values = Object.fromEntries(
        Array.from({ length: players }, (_, i) => [`x${i}`, stream.below(6) === 0 ? NaN : 2 * stream.uniform() - 1]),
      );
      // Independent of the code under test: a coalition without x leaves out the terms that read x.
      const worth = (coalition: number): number => {
        const has = (name: string): boolean => ((coalition >> Number(name.slice(1))) & 1) === 1;
        const terms = definition.terms.filter(({ covariates }) => covariates.every(has));
        return createProcess({ ...definition, terms }).predictors(values)[0]!;
      };
      const { contributions } = createContributions(createProcess(definition));
      const found = contributions(values);
      shapley(players, worth).forEach((value, i) => {
        if (found[`x${i}`] === undefined) return;
        compared += 1;
        expect(found[`x${i}`]).toBeCloseTo(value, 10);
      });
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('add up to the predictor of unplanned and leave other outcomes out', () => {
    const process = createProcess(smallProcess);
    const { covariates, contributions } = createContributions(process);
    const values = { acute: 1, age: 80, hb: 10, prior: 3, chf: 1, renal: 1, cancer: 1 };
    const found = contributions(values);
    expect(covariates).toEqual(['acute', 'age', 'chf', 'hb', 'prior', 'renal']);
    expect(Object.keys(found)).toEqual(covariates);
    expect(Object.values(found).reduce((sum, x) => sum + x, 0)).toBeCloseTo(process.predictors(values)[0]!, 12);
    expect(found['chf']).toBeCloseTo(0.25, 12);
    expect(found['renal']).toBeCloseTo(0.25, 12);
  });
});
