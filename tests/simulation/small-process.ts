/** A small process with every form, and random ones, for tests. */
import { parseProcess, type ProcessDefinition, type Term } from '../../src/simulation/process.ts';
import type { RandomStream } from '../../src/util/random.ts';

export const smallDocument = {
  name: 'small',
  version: '1',
  description: 'made by a test',
  horizonDays: 30,
  targets: { unplanned: 0.15, death: 0.025, planned: 0.02 },
  intercepts: null,
  frailty: { sd: 0.5, nodes: 21, loadings: { unplanned: 1, death: 0.5, planned: 0 } },
  returnDay: { firstDay: 2, decayDays: 12 },
  terms: [
    term('emergency', 'unplanned', ['acute'], { kind: 'flag' }, 0.4),
    term('age', 'unplanned', ['age'], { kind: 'linear', centre: 60, per: 10, min: 40, max: 90 }, 0.1),
    term('age', 'death', ['age'], { kind: 'above', at: 65, per: 10, cap: 2 }, 0.7),
    term('haemoglobin', 'unplanned', ['hb'], { kind: 'below', at: 12, per: 2, cap: 1.5 }, 0.3),
    term('prior', 'unplanned', ['prior'], { kind: 'steps', from: [1, 2, 5], values: [0.3, 0.7, 1] }, 0.9),
    term('cardiorenal', 'unplanned', ['chf', 'renal'], { kind: 'product' }, 0.5),
    term('cancer', 'planned', ['cancer'], { kind: 'flag' }, 1.2),
  ],
  admissions: {
    plant: false,
    description: 'one cause',
    ageBands: [18],
    firstShare: 0.85,
    sameCause: {},
    causes: [{ cause: 'pneumonia', per100000: [600], maleRatio: 1, conditions: [], source: 'made up' }],
  },
};

function term(name: string, outcome: string, covariates: readonly string[], form: object, coefficient: number): object {
  return { name, family: 'test', outcome, covariates, form, coefficient, source: 'made up' };
}

export const smallProcess: ProcessDefinition = parseProcess(smallDocument, 'test');

/** Additive terms and pairwise products over covariates x0 .. x(n-1), all of outcome unplanned. */
export function randomProcess(stream: RandomStream, covariates: number): ProcessDefinition {
  const names = Array.from({ length: covariates }, (_, i) => `x${i}`);
  const form = (): Exclude<Term['form'], { kind: 'product' }> =>
    stream.below(2) === 0
      ? { kind: 'linear', centre: stream.uniform() - 0.5, per: 0.5 }
      : { kind: 'above', at: stream.uniform() - 0.5, per: 0.3, cap: 2 };
  const terms = Array.from({ length: 3 * covariates }, (_, i): Term => {
    const a = stream.below(covariates);
    const b = (a + 1 + stream.below(covariates - 1)) % covariates;
    const product = i % 2 === 1;
    return {
      name: `t${i}`,
      family: 'test',
      outcome: 'unplanned',
      covariates: product ? [names[a]!, names[b]!] : [names[a]!],
      form: product ? { kind: 'product', of: [form(), form()] } : form(),
      coefficient: 2 * stream.uniform() - 1,
      source: 'drawn',
    };
  });
  return { ...smallProcess, name: 'random', terms };
}
