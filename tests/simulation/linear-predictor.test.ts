/** Predictors and probabilities: each form by hand, both edges; NaN is no effect, an absent covariate is refused. */
import { describe, expect, it } from '@jest/globals';
import { createProcess, softmax } from '../../src/simulation/linear-predictor.ts';
import { nullOf, type Term } from '../../src/simulation/process.ts';
import { smallProcess } from './small-process.ts';

const process = createProcess(smallProcess);
const missing = { acute: NaN, age: NaN, hb: NaN, prior: NaN, chf: NaN, renal: NaN, cancer: NaN };
const ofForm = (form: Term['form'], ...x: number[]): number => {
  const covariates = x.map((_, i) => `x${i}`);
  const definition = { ...smallProcess, terms: [{ ...smallProcess.terms[0]!, covariates, form, coefficient: 1 }] };
  return createProcess(definition).predictors(Object.fromEntries(x.map((value, i) => [`x${i}`, value])))[0]!;
};

describe('forms', () => {
  it('values each form by hand, on both sides of its edges', () => {
    expect([0, 1, 3, -1, NaN].map((x) => ofForm({ kind: 'flag' }, x))).toEqual([0, 1, 1, 0, 0]);
    const linear = { kind: 'linear', centre: 60, per: 10, min: 40, max: 90 } as const;
    expect([30, 40, 60, 75, 90, 99, NaN].map((x) => ofForm(linear, x))).toEqual([-2, -2, 0, 1.5, 3, 3, 0]);
    expect([30, 99].map((x) => ofForm({ kind: 'linear', centre: 0, per: 1 }, x))).toEqual([30, 99]);
    const below = { kind: 'below', at: 12, per: 2, cap: 1.5 } as const;
    expect([13, 12, 11, 9, 5, NaN].map((x) => ofForm(below, x))).toEqual([0, 0, 0.5, 1.5, 1.5, 0]);
    const above = { kind: 'above', at: 65, per: 10 } as const;
    expect([64, 65, 70, 165, NaN].map((x) => ofForm(above, x))).toEqual([0, 0, 0.5, 10, 0]);
    const steps = { kind: 'steps', from: [1, 2, 5], values: [0.3, 0.7, 1] } as const;
    expect(
      [0, 0.9, 1, 2, 4, 5, 50, NaN].map((x) => ofForm({ ...steps, from: [...steps.from], values: [...steps.values] }, x)),
    ).toEqual([0, 0, 0.3, 0.7, 0.7, 1, 1, 0]);
    expect(ofForm({ kind: 'product' }, 1, 1)).toBe(1);
    expect(ofForm({ kind: 'product' }, 1, 0)).toBe(0);
    expect(ofForm({ kind: 'product' }, NaN, 1)).toBe(0);
    expect(ofForm({ kind: 'product', of: [{ kind: 'flag' }, above] }, 1, 85)).toBe(2);
    expect(ofForm({ kind: 'product', of: [{ kind: 'flag' }, above] }, 1, NaN)).toBe(0);
  });
});

describe('createProcess', () => {
  it('adds the terms of each outcome', () => {
    const eta = process.predictors({ acute: 1, age: 80, hb: 10, prior: 3, chf: 1, renal: 1, cancer: 1 });
    expect(eta[0]).toBeCloseTo(0.4 + 0.1 * 2 + 0.3 * 1 + 0.9 * 0.7 + 0.5, 12);
    expect(eta[1]).toBeCloseTo(0.7 * 1.5, 12);
    expect(eta[2]).toBeCloseTo(1.2, 12);
    expect(process.covariates).toEqual(['acute', 'age', 'cancer', 'chf', 'hb', 'prior', 'renal']);
  });

  it('takes what was not recorded for no effect', () => {
    expect(Array.from(process.predictors(missing))).toEqual([0, 0, 0]);
  });

  it('refuses a covariate that is absent or unknown', () => {
    const { hb: _hb, ...rest } = missing;
    expect(() => process.predictors(rest)).toThrow(expect.objectContaining({ code: 'SIM_COVARIATE_MISSING' }));
    expect(() => createProcess(smallProcess, ['age'])).toThrow(
      expect.objectContaining({
        code: 'SIM_COVARIATE_UNKNOWN',
        details: { covariates: ['acute', 'cancer', 'chf', 'hb', 'prior', 'renal'] },
      }),
    );
  });

  it('gives the softmax with intercepts and loadings', () => {
    const intercepts = { unplanned: -1.5, death: -3, planned: -3.5 };
    const eta = Float64Array.of(0.4, 0.2, 0.1);
    const b = 0.8;
    const e = [Math.exp(-1.5 + 0.4 + b), Math.exp(-3 + 0.2 + b / 2), Math.exp(-3.5 + 0.1)];
    const sum = 1 + e.reduce((total, x) => total + x, 0);
    process.probabilities(eta, b, intercepts).forEach((p, s) => expect(p).toBeCloseTo(e[s]! / sum, 14));
  });

  it('has a null that gives the targets with their own log odds', () => {
    const { unplanned, death, planned } = smallProcess.targets;
    const none = 1 - unplanned - death - planned;
    const off = createProcess(nullOf(smallProcess));
    const given = off.probabilities(off.predictors({ ...missing, prior: 9, age: 90 }), 1, {
      unplanned: Math.log(unplanned / none) - 1,
      death: Math.log(death / none) - 0.5,
      planned: Math.log(planned / none),
    });
    expect(given[0]).toBeCloseTo(unplanned, 12);
    expect(given[1]).toBeCloseTo(death, 12);
    expect(given[2]).toBeCloseTo(planned, 12);
  });
});

describe('softmax', () => {
  it('stays finite at any size', () => {
    expect(softmax(1000, 0, 0)).toEqual([1, 0, 0]);
    expect(softmax(-1000, -1000, -1000)).toEqual([0, 0, 0]);
  });
});
