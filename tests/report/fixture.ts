/**
 * A run's results as they stand in metrics.json, made by formulas: risks are logistic in a normal score, outcomes are their expectation.
 */
import type { Curve, Evidence, Figure, ImportanceEvidence, SubgroupEvidence } from '../../src/evaluation/evidence.ts';
import type { ReportHeader, ReportInput, ReportMetrics, ReportTruth } from '../../src/report/index.ts';

const ROWS = 3018;
const PATIENTS = 1152;

/** Normal quantile by the logistic approximation, good enough for a picture. */
const quantile = (p: number): number => Math.log(p / (1 - p)) / 1.702;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Risks in falling order, and the share with the event at each: the forest is a little too timid at high risks. */
const risk = Array.from({ length: ROWS }, (_, i) => sigmoid(-2.12 + 0.85 * quantile(1 - (i + 0.5) / ROWS)));
const chance = risk.map((r) => sigmoid(1.06 * Math.log(r / (1 - r)) + 0.11));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const events = Math.round(sum(chance));
const scale = events / sum(chance);

export const figure = (estimate: number, half: number): Figure => ({ estimate, lower: estimate - half, upper: estimate + half });
const clamp = (value: number): number => Math.max(0, Math.min(1, value));

const foundAt = (share: number): number => (sum(chance.slice(0, Math.round(share * ROWS))) * scale) / events;
const grid = (points: number, from = 0, to = 1): number[] =>
  Array.from({ length: points }, (_, i) => Number((from + ((to - from) * i) / (points - 1)).toFixed(10)));

function band(x: readonly number[], y: readonly (number | null)[], half: (x: number, y: number) => number): Curve {
  return {
    x,
    y,
    lower: y.map((value, i) => (value === null ? null : clamp(value - half(x[i]!, value)))),
    upper: y.map((value, i) => (value === null ? null : clamp(value + half(x[i]!, value)))),
  };
}

function invert(target: number, of: (share: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (of(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const falseAt = (share: number): number => (share * ROWS - foundAt(share) * events) / (ROWS - events);
const unit = grid(101);
const roc = band(
  unit,
  unit.map((x) => (x === 0 ? 0 : x === 1 ? 1 : foundAt(invert(x, falseAt)))),
  (x) => 0.055 * Math.sqrt(4 * x * (1 - x)),
);
const precisionRecall = band(
  unit,
  unit.map((recall) => {
    if (recall === 0) return null;
    const share = invert(recall, foundAt);
    return (recall * events) / (share * ROWS);
  }),
  (x) => 0.03 + 0.09 * (1 - x) ** 2,
);
const gains = band(unit, unit.map(foundAt), (x) => 0.05 * Math.sqrt(4 * x * (1 - x)));

const models: Readonly<Record<string, readonly [auroc: number, precision: number, scaled: number, slope: number]>> = {
  forest: [0.712, 0.298, 0.079, 1.03],
  logistic: [0.721, 0.311, 0.083, 0.94],
  hospital_2013: [0.678, 0.24, 0.044, 0.98],
  hospital_2016: [0.675, 0.242, 0.044, 0.98],
  lace: [0.661, 0.247, 0.039, 0.97],
  charlson: [0.612, 0.205, 0.021, 0.95],
  reason: [0.635, 0.211, 0.025, 0.81],
  prevalence: [0.5, 0.139, 0, NaN],
};
const missing: Figure = { estimate: null, lower: null, upper: null };

const headline = Object.fromEntries(
  Object.entries(models).map(([name, [auroc, precision, scaled, slope]]) => [
    name,
    {
      auroc: name === 'prevalence' ? { estimate: 0.5, lower: 0.5, upper: 0.5 } : figure(auroc, 0.033),
      withinReasonAuroc: name === 'reason' || name === 'prevalence' ? figure(0.5, 0) : figure(auroc - 0.008, 0.042),
      averagePrecision: figure(precision, 0.055),
      brier: figure(0.12 * (1 - scaled), 0.01),
      scaledBrier: figure(scaled, 0.032),
      logLoss: figure(0.404 * (1 - scaled), 0.02),
      calibrationIntercept: name === 'prevalence' ? missing : figure(0.005, 0.12),
      calibrationSlope: name === 'prevalence' ? missing : figure(slope, 0.17),
    },
  ]),
);

const netBenefit = (threshold: number, gain: number): number => {
  const share = risk.filter((r) => r >= threshold).length / ROWS;
  const true_ = foundAt(share) * events * gain;
  return (true_ - (share * ROWS - true_) * (threshold / (1 - threshold))) / ROWS;
};
const thresholds = grid(36, 0.05, 0.4);
const baseline = (gain: number): number[] => thresholds.map((t) => netBenefit(t, gain));

const binWidth = 0.025;
const histogram = Array.from({ length: 24 }, (_, b) => {
  const inside = risk.flatMap((r, i) => (r >= b * binWidth && r < (b + 1) * binWidth ? [chance[i]! * scale] : []));
  const had = Math.round(sum(inside));
  return {
    from: Number((b * binWidth).toFixed(3)),
    to: Number(((b + 1) * binWidth).toFixed(3)),
    events: had,
    others: inside.length - had,
  };
});
const groups = Array.from({ length: 10 }, (_, g) => {
  const of = [Math.round((ROWS * (9 - g)) / 10), Math.round((ROWS * (10 - g)) / 10)] as const;
  const rows = of[1] - of[0];
  const had = Math.round(sum(chance.slice(...of)) * scale + 4 * Math.sin(g * 2.3));
  const share = had / rows;
  const half = 1.96 * Math.sqrt((share * (1 - share)) / rows);
  return {
    rows,
    events: had,
    meanRisk: sum(risk.slice(...of)) / rows,
    estimate: share,
    lower: share - half,
    upper: share + half,
  };
});

function action(
  rule: string,
  threshold: number | null,
  capacityPerDay: number | null,
  share: number,
): Evidence['actions'][number] {
  const flagged = Math.round(share * ROWS);
  const truePositives = Math.round(foundAt(share) * events);
  const ppv = truePositives / flagged;
  const misses = events - truePositives;
  return {
    rule,
    threshold,
    capacityPerDay,
    flagged,
    truePositives,
    sensitivity: figure(truePositives / events, 0.045),
    specificity: figure(1 - (flagged - truePositives) / (ROWS - events), 0.02),
    ppv: figure(ppv, 0.03),
    npv: figure(1 - misses / (ROWS - flagged), 0.012),
    numberNeededToEvaluate: { estimate: 1 / ppv, lower: 1 / (ppv + 0.03), upper: 1 / (ppv - 0.03) },
    flaggedPer100: figure(100 * share, 1.8),
  };
}

const noCounts = { rows: null, patients: null, events: null };

/** A group whose counts are withheld, as those of others would follow from them. */
function withheld({ figures, differences, ...group }: SubgroupEvidence): SubgroupEvidence {
  const { auroc, brier, calibrationIntercept, calibrationSlope } = figures;
  return {
    ...group,
    ...noCounts,
    figures: { auroc: auroc!, brier: brier!, calibrationIntercept: calibrationIntercept!, calibrationSlope: calibrationSlope! },
    differences: { auroc: differences['auroc']! },
  };
}

function subgroup(group: string, rows: number, share: number, auroc: number, shift: number): SubgroupEvidence {
  const had = Math.round(rows * share);
  const base = { group, rows, patients: Math.round(rows * 0.4), events: had };
  if (had < 10)
    return {
      ...base,
      ...noCounts,
      suppressed: 'fewer than 10 events',
      figures: {},
      differences: {},
      differencesSuppressed: 'fewer than 10 events',
    };
  const half = 0.62 / Math.sqrt(had);
  return {
    ...base,
    suppressed: null,
    differencesSuppressed: null,
    figures: {
      auroc: figure(auroc, half),
      brier: figure(share * (1 - share) * 0.93, half / 8),
      calibrationIntercept: figure(shift * 2, half * 3),
      calibrationSlope: figure(1 + shift, half * 5),
      fnr: figure(0.37 + shift, half * 1.4),
      fpr: figure(0.34 - shift, half / 2),
      ppv: figure(0.23 + share / 5, half / 2),
    },
    differences: {
      auroc: figure(auroc - 0.712, half * 1.1),
      fnr: figure(shift, half * 1.5),
      fpr: figure(-shift * 0.8, half / 1.8),
      ppv: figure(shift / 3, half / 1.8),
    },
  };
}

const differences = Object.fromEntries(
  Object.entries(models)
    .filter(([name]) => name !== 'forest')

    .map(([name, [auroc]]) => {
      const z = Math.abs(0.712 - auroc) / 0.0122;
      const p = Math.min(1, Math.exp(-0.717 * z - 0.416 * z * z));
      return [name, { ...figure(0.712 - auroc, name === 'prevalence' ? 0.034 : 0.024), p, pHolm: Math.min(1, 4 * p) }];
    }),
);

export const grouped: Evidence = {
  rows: ROWS,
  events,
  patients: PATIENTS,
  description:
    '5 folds of whole patients; each discharge is predicted by models that saw none of its patient, and AUROC counts pairs of the same fold.',
  bootstrap: { draws: 1000, seed: 1, unit: 'patients' },
  headline,
  differences,
  delong: figure(0.712, 0.027),
  roc,
  precisionRecall,
  gains,
  calibration: {
    intercept: figure(0.005, 0.12),
    slope: figure(1.03, 0.17),
    ici: { estimate: 0.011, lower: 0.005, upper: 0.022 },
    e50: { estimate: 0.008, lower: 0.003, upper: 0.017 },
    e90: { estimate: 0.021, lower: 0.009, upper: 0.046 },
    emax: { estimate: 0.062, lower: 0.018, upper: 0.201 },
    smooth: band(
      grid(41, 0.02, 0.52),
      grid(41, 0.02, 0.52).map((r) => scale * sigmoid(1.06 * Math.log(r / (1 - r)) + 0.11)),
      (x) => 0.012 + 0.35 * x * x,
    ),
    groups,
    histogram,
  },
  brier: {
    brier: figure(0.1105, 0.0105),
    scaled: figure(0.079, 0.032),
    logLoss: figure(0.372, 0.024),
    reliability: 0.0004,
    resolution: 0.0096,
    uncertainty: 0.12,
    withinBin: -0.0003,
  },
  decision: {
    model: {
      x: thresholds,
      y: baseline(1),
      lower: baseline(1).map((y) => y - 0.008),
      upper: baseline(1).map((y) => y + 0.008),
    },
    all: thresholds.map((t) => events / ROWS - (1 - events / ROWS) * (t / (1 - t))),
    baselines: { logistic: baseline(1.02), hospital_2013: baseline(0.93), lace: baseline(0.9), reason: baseline(0.84) },
    baselineCurves: {},
  },
  actions: [
    action('risk of at least 10 %', 0.1, null, 0.56),
    action('risk of at least 20 %', 0.2, null, 0.2),
    action('risk of at least 30 %', 0.3, null, 0.07),
    action('the 3 highest of each day', null, 3, 0.31),
  ],
  subgroups: [
    {
      by: 'sex',
      notRecorded: 0,
      threshold: 0.2,
      groups: [subgroup('female', 1388, 0.13, 0.704, 0.02), subgroup('male', 1630, 0.147, 0.717, -0.02)],
    },
    {
      by: 'age band',
      notRecorded: 0,
      threshold: 0.2,
      groups: [
        subgroup('18 to 44', 402, 0.09, 0.69, 0.09),
        subgroup('45 to 64', 907, 0.12, 0.72, 0.04),
        subgroup('65 to 79', 1089, 0.15, 0.71, -0.03),
        subgroup('80 and over', 620, 0.18, 0.68, -0.06),
      ],
    },
    {
      by: 'race',
      notRecorded: null,
      threshold: 0.2,
      groups: [
        withheld(subgroup('asian', 190, 0.13, 0.66, 0.06)),
        subgroup('black or african american', 401, 0.15, 0.73, -0.01),
        subgroup('native <american>', 31, 0.13, 0, 0),
        subgroup('other', 22, 0.1, 0, 0),
        subgroup('white', 2362, 0.14, 0.711, 0.005),
      ],
    },
    {
      by: 'specialty cohort',
      notRecorded: 0,
      threshold: 0.2,
      groups: [
        subgroup('cardiovascular', 1101, 0.17, 0.7, -0.05),
        subgroup('medicine', 1530, 0.125, 0.7, 0.02),
        subgroup('surgery', 387, 0.1, 0.67, 0.1),
      ],
    },
  ],
};

const temporal: Evidence = {
  ...grouped,
  rows: 906,
  events: 148,
  patients: 448,
  description:
    'Trained on 2,099 discharges before 2021-11-18, tested from then on; 13 discharges in the 30 days before left out.',
  headline: Object.fromEntries(
    Object.entries(headline).map(([name, figures]) => [
      name,
      { ...figures, auroc: name === 'prevalence' ? figures.auroc : figure(models[name]![0] - 0.02, 0.05) },
    ]),
  ),
};

const features: readonly (readonly [name: string, family: string])[] = [
  ['prior_admissions_365d', 'utilization'],
  ['length_of_stay_days', 'index stay'],
  ['age_years', 'person'],
  ['charlson_2011', 'comorbidity'],
  ['days_since_last_discharge', 'utilization'],
  ['ed_visits_180d', 'utilization'],
  ['last_hemoglobin', 'laboratory'],
  ['last_sodium', 'laboratory'],
  ['active_medications', 'medication'],
  ['heart_failure', 'comorbidity'],
  ['last_creatinine', 'laboratory'],
  ['discharge_weekday', 'index stay'],
  ['procedures_in_stay', 'index stay'],
  ['copd', 'comorbidity'],
  ['high_risk_medications', 'medication'],
  ['admitted_through_emergency', 'index stay'],
  ['systolic_bp', 'observation'],
  ['diabetes_with_complications', 'comorbidity'],
  ['bmi', 'observation'],
  ['smoker', 'observation'],
  ['outpatient_visits_365d', 'utilization'],
  ['marital_status_married', 'person'],
];

const importance: ImportanceEvidence = {
  rows: 1500,
  features: features.map(([name, family], f) => ({
    name,
    family,
    attribution: figure(0.021 * Math.exp(-f / 6), 0.0022 * Math.exp(-f / 9)),
    permutation: f < 20 ? figure(0.031 * Math.exp(-f / 4) - 0.0006, 0.006 * Math.exp(-f / 8)) : null,
  })),
  families: [...new Set(features.map(([, family]) => family))].map((family, f) => ({
    family,
    attribution: figure(0.034 * Math.exp(-f / 2.5), 0.003),
    permutation: figure(0.05 * Math.exp(-f / 2), 0.008),
  })),
  dependence: features.slice(0, 9).map(([name], f) => {
    const flag = name === 'charlson_2011';
    const from = Array.from({ length: flag ? 6 : 10 }, (_, b) => b * (1 + f));
    const effect = (value: number): number => 0.05 * Math.tanh((value - 3 * (1 + f)) / (2 + 2 * f)) * (f === 6 ? -1 : 1);
    return {
      name,
      unit: ['stays', 'days', 'years', 'points', 'days', 'visits', 'g/dL', 'mmol/L', 'medications'][f]!,
      sample: Array.from({ length: 240 }, (_, i) => {
        const value = flag ? from[i % 6]! : ((i * 7919) % 1000) * 0.01 * (1 + f);
        return { value: i % 40 === 7 && f > 4 ? null : value, attribution: effect(value) + 0.012 * Math.sin(i * 1.7) };
      }),
      bins: from.map((start) => {
        const to = flag ? start : start + 1 + f;
        return { from: start, to, rows: 150, mean: effect((start + to) / 2), meanOutput: 0.139 + effect((start + to) / 2) };
      }),
      missing: f > 4 ? { rows: 412, mean: -0.0041 } : { rows: 0, mean: null },
    };
  }),
  pairs: [
    { first: 'prior_admissions_365d', second: 'length_of_stay_days', strength: 0.0041 },
    { first: 'age_years', second: 'charlson_2011', strength: 0.0028 },
    { first: 'heart_failure', second: 'last_sodium', strength: 0.0012 },
  ],
};

const truth: ReportTruth = {
  discharges: ROWS,
  event: 'unplanned return within 30 days',
  events,
  outcome: 'unplanned inpatient readmission within 30 calendar days',
  labelDisagreements: 4,
  meanOracleRisk: 0.141,
  oracleAuroc: figure(0.774, 0.027),
  models: Object.fromEntries(
    Object.entries(models)
      .filter(([name]) => name !== 'prevalence')
      .map(([name, [auroc, , , slope]]) => [
        name,
        {
          auroc: figure(auroc, 0.033),
          share: figure((auroc - 0.5) / 0.274, 0.09),
          meanAbsoluteError: figure(0.062 - (auroc - 0.6) / 5, 0.003),
          calibrationIntercept: figure(0.02, 0.09),
          calibrationSlope: figure(slope, 0.08),
          correlation: auroc - 0.02,
          groups: groups.map(({ rows, meanRisk, estimate }) => ({
            n: rows,
            meanRisk,
            meanOracle: sigmoid(1.06 * Math.log(meanRisk / (1 - meanRisk)) + 0.11),
            observed: estimate,
          })),
        },
      ]),
  ),
  explanations: {
    rows: 1500,
    families: importance.families.map(({ family }, f) => ({
      family,
      attribution: 0.034 * Math.exp(-f / 2.5),
      contribution: 0.6 * Math.exp(-f / 2),
    })),
    familySpearman: { estimate: 0.89, lower: 0.77, upper: 0.96 },
    covariates: features.slice(0, 12).map(([covariate, family], f) => ({
      covariate,
      family,
      attribution: 0.021 * Math.exp(-f / 6),
      contribution: 0.4 * Math.exp(-f / 4),
      correlation: f === 9 ? null : 0.9 - 0.06 * f,
    })),
    unread: ['frail_home'],
    signAgreement: 11 / 12,
    weightedSignAgreement: 0.98,
    noEffectShare: 0.21,
  },
  intervals: {
    groups: [
      { n: 300, meanRisk: 0.051, meanLow: 0.032, meanHigh: 0.071, meanOracle: 0.049 },
      { n: 300, meanRisk: 0.243, meanLow: 0.182, meanHigh: 0.297, meanOracle: 0.312 },
    ],
    within: 1,
    shareWithin: 0.64,
    meanWidth: 0.077,
  },
  permutedAuroc: figure(0.503, 0.03),
  limits: [
    'The outcomes are planted: additive on the log-odds scale but for a few products. Such a truth favours logistic regression.',
    'These figures say how much of a known truth is found again; they cannot rank methods for real hospitals, nor foretell a figure there.',
  ],
};

const line = (step: number, label: string, n: number, unit: string, title?: string, note?: string) => ({
  step,
  label,
  n,
  unit,
  ...(title === undefined ? {} : { title }),
  ...(note === undefined ? {} : { note }),
});

const incidenceOf = (state: string, day7: number, day14: number, day30: number) => ({
  state,
  points: [
    { day: 7, ...figure(day7, day7 / 5) },
    { day: 14, ...figure(day14, day14 / 6) },
    { day: 30, ...figure(day30, day30 / 7) },
  ],
});

export const metrics: ReportMetrics = {
  outcome: 'unplanned inpatient readmission within 30 calendar days of discharge, to any hospital, for any cause',
  featureSet: 'default',
  seed: 1,
  draws: 1000,
  discharges: ROWS,
  patients: PATIENTS,
  states: { died: 84, none: ROWS - events - 150, planned: 66, unplanned: events },
  attrition: [
    { rule: 'stays', removed: 0, remaining: 5677 },
    { rule: 'look-back', removed: 1277, remaining: 4400 },
    { rule: 'cancer-treatment', removed: 1382, remaining: ROWS },
  ],
  attritionLines: [
    line(10, 'encounters of inpatient care', 6445, 'encounters'),
    line(15, 'nursing', 496, 'encounters', 'skilled nursing, by type or reason of the encounter'),
    line(15, 'no-start', 0, 'encounters', 'no start is recorded'),
    line(20, 'acute inpatient encounters', 5949, 'encounters'),
    line(25, 'overlap', 262, 'encounters', 'began before the end of the stay before, or at it'),
    line(25, 'transfer-type', 10, 'encounters', 'within the gap, and its type says transfer or move of ward'),
    line(30, 'stays (encounters stitched)', 5677, 'stays'),
    line(40, 'open-stay', 3, 'stays', 'no end is recorded'),
    line(40, 'under-minimum-age', 65, 'stays', 'younger than the minimum age at admission'),
    line(40, 'look-back', 1277, 'stays', 'the record is not complete for the look-back'),
    line(40, 'sleep-study', 27, 'stays', 'a sleep study, not an acute stay'),
    line(40, 'died-in-stay', 93, 'stays', 'died in the stay or within 12 h of its end'),
    line(40, 'against-advice', 0, 'stays', 'left against medical advice', 'assessed for 46 % of stays'),
    line(40, 'psychiatric', 0, 'stays', 'psychiatric (dx CCS 650-652, 654-659, 662, 670); not dementia, alcohol, drugs'),
    line(40, 'detoxification', 267, 'stays', 'detoxification or drug rehabilitation programme'),
    line(40, 'cancer-treatment', 914, 'stays', 'medical treatment of cancer without an operation (dx CCS 11-45)'),
    line(40, 'run-out', 13, 'stays', 'the records end before the horizon does'),
    line(50, 'index discharges', ROWS, 'discharges'),
    line(60, 'patients with an index discharge', PATIENTS, 'patients'),
    line(70, 'unplanned', events, 'discharges'),
    line(70, 'planned', 66, 'discharges'),
    line(70, 'died', 84, 'discharges'),
    line(70, 'none', ROWS - events - 150, 'discharges'),
    line(
      71,
      'potentially-planned-procedure',
      66,
      'discharges',
      'rule 3: a potentially planned procedure without an acute principal diagnosis',
    ),
  ],
  runOut: 20251231,
  cumulativeIncidence: [
    incidenceOf('unplanned', 0.061, 0.097, 0.139),
    incidenceOf('planned', 0.009, 0.015, 0.022),
    incidenceOf('died', 0.007, 0.014, 0.028),
  ],
  validations: [
    { name: 'grouped', description: grouped.description, rows: ROWS, events, patients: PATIENTS, results: headline, differences },
    {
      name: 'temporal',
      description: temporal.description,
      rows: 906,
      events: 148,
      patients: 448,
      results: temporal.headline,
      differences,
    },
  ],
  evidence: { grouped, temporal },
  learningCurve: [0.1, 0.2, 0.4, 0.6, 0.8, 1].map((share) => ({
    share,
    patients: Math.round(share * 920),
    events: Math.round(share * 340),
    auroc: figure(0.712 - 0.11 * Math.exp(-4 * share), 0.033 + 0.02 * (1 - share)),
  })),
  importance,
  leakage: {
    verdict: 'warn',
    checks: [
      {
        check: 'single-feature',
        verdict: 'pass',
        finding: 'No feature alone ranks better than 0.64.',
        bound: 'AUROC of one feature at most 0.80',
        figures: { largest: 0.638 },
        features: [],
      },
      {
        check: 'reason-only',
        verdict: 'warn',
        finding: 'The reason of admission alone reaches 63 % of the distance of the forest from chance.',
        bound: 'at most half of it',
        figures: { share: 0.63, gap: 0.077 },
        features: [],
      },
      {
        check: 'as-of',
        verdict: 'pass',
        finding: 'Facts added after discharge changed no feature in 60 discharges.',
        bound: 'none changes',
        figures: { discharges: 60, changed: 0 },
        features: [],
      },
      {
        check: 'calendar-time',
        verdict: 'fail',
        finding: 'One feature follows the year of discharge.',
        bound: '|rank correlation| at most 0.5',
        figures: { largest: 0.61 },
        features: ['outpatient_visits_365d'],
      },
      {
        check: 'duplicate-patients',
        verdict: 'not-assessed',
        finding: 'Birth dates are not in the matrix.',
        bound: 'no two patients alike',
        figures: { pairs: null },
        features: [],
      },
    ],
  },
  truth,
};

export const header: ReportHeader = {
  name: 'planted',
  createdAt: '2026-11-24T00:00:00Z',
  codeVersion: '0.1.0',
  features: features.map(([name, family]) => ({ name, unit: '', family, min: 0, max: 10, missing: 0.02 })),
  featureHash: 'ab12'.repeat(16),
  cohort: { name: 'hwr-like', hash: 'cd34'.repeat(16), definition: {} },
  outcome: {
    name: 'unplanned-readmission',
    horizonDays: 30,
    description: 'unplanned inpatient readmission within 30 calendar days of discharge',
  },
  training: {
    rows: ROWS,
    events,
    patients: PATIENTS,
    manifestSha256: 'ef56'.repeat(16),
    transactionTime: '2026-01-01T00:00:00Z',
    synthetic: true,
    refittedOnAll: true,
  },
  forest: { engine: 'histogram', trees: 500, options: { minLeaf: 10, maxDepth: 14, mtry: null } },
  seed: 1,
  folds: { count: 5, seed: 1, rule: 'sha256(seed, patient) modulo folds' },
  calibration: {
    kind: 'logistic',
    intercept: 0.02,
    slope: 1.04,
    reason: 'fitted on 421 events of out-of-bag outputs',
  } as ReportHeader['calibration'],
  bands: [
    { name: 'low', from: 0, meaning: 'below the base rate' },
    { name: 'moderate', from: 0.139, meaning: 'from the base rate on' },
    { name: 'high', from: 0.25, meaning: 'the tenth with the highest risks' },
  ],
  baseRate: events / ROWS,
};

export const input: ReportInput = {
  metrics: JSON.parse(JSON.stringify(metrics)) as ReportMetrics,
  header,
  planting: { process: 'planted-v1', processSha256: '0a1b'.repeat(16), seed: 1 },
  provenance: { 'model.bin, SHA-256': '7788'.repeat(16) },
  repeat: [
    'npx readmission simulate --data synthea-data --out planted --seed 1',
    'npx readmission train --data planted --out models/planted --seed 1',
    'npx readmission evaluate --data planted --model models/planted --truth planted/truth.parquet',
  ],
  limits: [
    'The forest was fitted again on all discharges after validation; the figures are of the models fitted without the held-out ones.',
  ],
};
