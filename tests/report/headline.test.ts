/** Which figures lead, and what the forest is held against. */
import { describe, expect, it } from '@jest/globals';
import { bestBaseline, headlineOf } from '../../src/report/headline.ts';
import { figure, grouped, metrics } from './fixture.ts';

describe('headlineOf', () => {
  it('takes the evidence of grouped patients, before any validation', () => {
    expect(headlineOf(metrics)?.results).toBe(grouped.headline);
  });

  it('takes the grouped validation where there is no evidence, then the first, then none', () => {
    const [first, second] = metrics.validations;
    expect(headlineOf({ ...metrics, evidence: null, validations: [second!, first!] })?.rows).toBe(first!.rows);
    expect(headlineOf({ ...metrics, evidence: null, validations: [second!] })?.rows).toBe(second!.rows);
    expect(headlineOf({ ...metrics, evidence: {}, validations: [] })).toBeUndefined();
  });
});

describe('bestBaseline', () => {
  const of = (aurocs: Record<string, number>) =>
    bestBaseline(Object.fromEntries(Object.entries(aurocs).map(([model, value]) => [model, { auroc: figure(value, 0.01) }])));

  it('is the baseline that ranks best: not the forest, and never a constant', () => {
    expect(of({ forest: 0.8, lace: 0.6, reason: 0.65, prevalence: 0.5 })).toBe('reason');
    expect(of({ forest: 0.8, lace: 0.45, prevalence: 0.5 })).toBe('lace');
    expect(of({ forest: 0.8, prevalence: 0.5 })).toBeUndefined();
  });

  it('passes over a baseline without a value', () => {
    expect(
      bestBaseline({ lace: { auroc: figure(0.6, 0.1) }, reason: { auroc: { estimate: null, lower: null, upper: null } } }),
    ).toBe('lace');
  });
});
