/** Results of a run as the card reads them, small and made up. */
import type { HeldOutEvidence, MetricInterval, ModelMetrics, SubgroupResult } from '../../src/model/metrics.ts';

export function interval(estimate: number | null, lower: number | null = null, upper: number | null = null): MetricInterval {
  return { estimate, lower, upper };
}

const none = interval(null);

export function group(name: string, rows: number, events: number, figures: Record<string, MetricInterval> = {}): SubgroupResult {
  const few = Object.keys(figures).length === 0;
  return {
    group: name,
    rows: few ? null : rows,
    patients: few ? null : Math.ceil(rows / 2),
    events: few ? null : events,
    suppressed: few ? 'fewer than 10 events' : null,
    figures,
    differences: {},
  };
}

export const sampleEvidence: HeldOutEvidence = {
  rows: 1000,
  events: 90,
  patients: 700,
  description: 'Five folds by patient.',
  headline: {
    forest: { auroc: interval(0.7123, 0.66, 0.76), brier: interval(0.08), calibrationSlope: interval(1.02, 0.8, 1.2) },
    lace: { auroc: interval(0.65, 0.6, 0.7) },
  },
  differences: { lace: interval(0.06, 0.01, 0.11) },
  calibration: {
    intercept: interval(0.01, -0.2, 0.2),
    slope: interval(1.02, 0.8, 1.2),
    ici: interval(0.01),
    e50: none,
    e90: none,
    emax: none,
  },
  decision: { model: { x: [0.05, 0.1], y: [0.04, null] }, all: [0.03, 0.01] },
  actions: [
    {
      rule: 'risk of at least 20 %',
      flagged: 100,
      truePositives: 30,
      sensitivity: interval(0.33, 0.25, 0.41),
      specificity: interval(0.92, 0.9, 0.94),
      ppv: interval(0.3, 0.22, 0.38),
      numberNeededToEvaluate: interval(3.3, 2.6, 4.5),
      flaggedPer100: interval(10, 8, 12),
    },
  ],
  subgroups: [
    {
      by: 'sex',
      notRecorded: 3,
      threshold: 0.2,
      groups: [
        {
          ...group('female', 597, 50, { auroc: interval(0.72, 0.65, 0.79), fnr: interval(0.5, 0.4, 0.6) }),
          differences: { fnr: interval(-0.2, -0.3, -0.1), fpr: interval(0.01, -0.01, 0.03) },
        },
        group('male', 400, 37, { auroc: interval(0.7, 0.6, 0.8), fnr: interval(0.7, 0.6, 0.8) }),
      ],
    },
    {
      by: 'race',
      notRecorded: 0,
      threshold: 0.2,
      groups: [
        { ...group('White', 990, 88, { auroc: interval(0.71, 0.66, 0.76) }), rows: null, patients: null, events: null },
        group('Asian', 10, 2),
      ],
    },
  ],
};

export const sampleMetrics: ModelMetrics = {
  validations: [
    {
      name: 'grouped',
      description: 'Five folds by patient.',
      rows: 1000,
      events: 90,
      patients: 700,
      results: {
        forest: { auroc: interval(0.7123, 0.66, 0.76), brier: interval(0.08, NaN, NaN) },
        lace: { auroc: none },
      },
    },
  ],
  attrition: [
    { rule: 'stays', removed: 0, remaining: 1012 },
    { rule: 'died-in-stay', removed: 12, remaining: 1000 },
  ],
  attritionLines: [
    { step: 15, label: 'no-patient', unit: 'encounters', n: 0, title: 'no patient is named' },
    { step: 30, label: 'stays', unit: 'stays', n: 1012 },
    { step: 40, label: 'died-in-stay', unit: 'stays', n: 12, title: 'died in the stay' },
    { step: 50, label: 'index discharges', unit: 'discharges', n: 1000 },
  ],
  cumulativeIncidence: [
    {
      state: 'unplanned',
      points: [
        { day: 7, ...interval(0.0512, 0.04, 0.062) },
        { day: 30, ...interval(0.1498, 0.13, 0.17) },
      ],
    },
    {
      state: 'died',
      points: [
        { day: 7, ...interval(0) },
        { day: 30, ...interval(0.021, 0.015, 0.028) },
      ],
    },
  ],
  evidence: {
    grouped: sampleEvidence,
  },
  leakage: {
    verdict: 'warn',
    checks: [
      { check: 'as-of', verdict: 'pass', finding: '200 discharges agree.' },
      { check: 'record-length', verdict: 'warn', finding: 'active_conditions follows the length of the record.' },
    ],
  },
};
