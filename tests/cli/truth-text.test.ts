/** A truth evaluation as text: every figure people look for, a dash where there is none, and the limits. */
import { describe, expect, it } from '@jest/globals';
import { truthText } from '../../src/cli/commands/truth-text.ts';
import { truthLimits, type TruthEvaluation } from '../../src/training/index.ts';

const interval = (estimate: number): { estimate: number; lower: number; upper: number; draws: number } => ({
  estimate,
  lower: estimate - 0.02,
  upper: estimate + 0.02,
  draws: 100,
});
const none = { estimate: NaN, lower: NaN, upper: NaN, draws: 0 };
const model = {
  auroc: interval(0.72),
  share: interval(0.88),
  meanAbsoluteError: interval(0.041),
  calibrationIntercept: interval(0.1),
  calibrationSlope: interval(1.05),
  correlation: 0.81,
  groups: [{ n: 100, meanRisk: 0.05, meanOracle: 0.06, observed: 0.07 }],
};
const truth: TruthEvaluation = {
  outcome: 'unplanned inpatient readmission',
  discharges: 100,
  event: 'unplanned readmission',
  events: 15,
  labelDisagreements: 0,
  meanOracleRisk: 0.149,
  oracleAuroc: interval(0.75),
  models: { forest: model, reason: { ...model, share: none, correlation: NaN } },
  explanations: {
    rows: 80,
    families: [{ family: 'utilization', attribution: 0.0123, contribution: 0.45 }],
    familySpearman: interval(0.9),
    covariates: [
      { covariate: 'prior_admissions_365d', family: 'utilization', attribution: 0.01, contribution: 0.4, correlation: 0.77 },
    ],
    unread: ['social_stress'],
    signAgreement: 1,
    weightedSignAgreement: 1,
    noEffectShare: 0.25,
  },
  intervals: {
    groups: [{ n: 100, meanRisk: 0.05, meanLow: 0.031, meanHigh: 0.094, meanOracle: 0.06 }],
    within: 1,
    shareWithin: 0.66,
    meanWidth: 0.063,
  },
  permutedAuroc: interval(0.5),
  limits: truthLimits,
};

describe('truthText', () => {
  it('states every figure, and the limits last', () => {
    const text = truthText(truth);
    for (const part of [
      'oracle AUROC 0.750 (0.73, 0.77)',
      '0.880 (0.86, 0.90)',
      '0.041 (0.021, 0.061)',
      '0.0123',
      '25.0 %',
      'social_stress',
      '3.1 % to 9.4 %',
      'in 1 of 1 tenths',
      'dealt out by chance: AUROC 0.500',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/reason.*–/);
    expect(text.trimEnd().endsWith(truthLimits.at(-1) as string)).toBe(true);
    expect(text).not.toContain('warning');
    expect(text).not.toContain('NaN');
  });

  it('warns where the label is another one', () => {
    const text = truthText({ ...truth, outcome: 'label 1 of the file mine.csv', labelDisagreements: 3, permutedAuroc: null });
    expect(text).toContain('warning: 3 labels are not the drawn unplanned readmission');
    expect(text).toContain('the label is: label 1 of the file mine.csv');
  });
});
