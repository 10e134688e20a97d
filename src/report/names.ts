/**
 * Names of models, statistics and states as they are shown. A key this list does not know is shown as it stands.
 */
const models: Readonly<Record<string, string>> = {
  forest: 'Random forest',
  parent: 'The same, before recalibration',
  logistic: 'Logistic regression (L2)',
  hospital_2013: 'HOSPITAL (2013)',
  hospital_2016: 'HOSPITAL (2016)',
  lace: 'LACE',
  charlson: 'Charlson index',
  reason: 'Reason of admission only',
  prevalence: 'Prevalence',
};

export interface StatisticName {
  readonly name: string;
  /** What a good value is. */
  readonly ideal: string;
}

const statistics: Readonly<Record<string, StatisticName>> = {
  auroc: { name: 'AUROC', ideal: 'higher; chance 0.5' },
  withinReasonAuroc: { name: 'AUROC within reason', ideal: 'higher; chance 0.5' },
  averagePrecision: { name: 'Average precision', ideal: 'higher; chance is the prevalence' },
  brier: { name: 'Brier score', ideal: 'lower' },
  scaledBrier: { name: 'Scaled Brier', ideal: 'higher; prevalence 0' },
  logLoss: { name: 'Log loss', ideal: 'lower' },
  calibrationIntercept: { name: 'Calibration intercept', ideal: 'ideal 0' },
  calibrationSlope: { name: 'Calibration slope', ideal: 'ideal 1' },
  observedToExpected: { name: 'Observed / expected', ideal: 'ideal 1' },
  ici: { name: 'ICI', ideal: 'lower' },
  e50: { name: 'E50', ideal: 'lower' },
  e90: { name: 'E90', ideal: 'lower' },
  emax: { name: 'Emax', ideal: 'lower' },
  fnr: { name: 'FNR', ideal: 'lower' },
  fpr: { name: 'FPR', ideal: 'lower' },
  ppv: { name: 'PPV', ideal: 'higher' },
};

const states: Readonly<Record<string, string>> = {
  unplanned: 'Unplanned readmission',
  planned: 'Planned readmission',
  died: 'Death without readmission',
  none: 'None of these',
  unobserved: 'Not observed to the end',
  'label-1': 'With the outcome',
  'label-0': 'Without the outcome',
};

const validations: Readonly<Record<string, string>> = {
  grouped: 'Held-out patients',
  temporal: 'Later discharges',
  'temporal-seen': 'Later discharges of patients seen in training',
  'temporal-unseen': 'Later discharges of patients not seen in training',
  external: 'Other records',
};

const settings: Readonly<Record<string, string>> = {
  grouped: 'At training: held-out patients',
  temporal: 'At training: later discharges',
  external: 'These records',
  before: 'Here, before',
  after: 'Here, after',
};

export function settingName(key: string): string {
  return own(settings, key) ?? key;
}

export function validationName(key: string): string {
  return own(validations, key) ?? key;
}

export function modelName(key: string): string {
  return own(models, key) ?? key;
}

export function statisticName(key: string): StatisticName {
  return own(statistics, key) ?? { name: key, ideal: '' };
}

export function stateName(key: string): string {
  return own(states, key) ?? key;
}

/** Models in the order in which they are read: the forest, what learnt from the same features, published scores, trivial ones. */
export function stateOrder(keys: readonly string[]): string[] {
  return inOrder(Object.keys(states), keys);
}

export function modelOrder(keys: readonly string[]): string[] {
  const rank = Object.keys(models);
  const place = (key: string): number => (rank.includes(key) ? rank.indexOf(key) : rank.length - 2.5);
  return [...keys].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

export function statisticOrder(keys: readonly string[]): string[] {
  return inOrder(Object.keys(statistics), keys);
}

function inOrder(rank: readonly string[], keys: readonly string[]): string[] {
  const place = (key: string): number => (rank.includes(key) ? rank.indexOf(key) : rank.length);
  return [...keys].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
