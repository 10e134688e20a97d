/**
 * Answers for the page to show: of the form the server's schemas state, made from a number, so that a test can have as many as it likes.
 */
import { readFileSync } from 'node:fs';
import type { ModelDescription } from '../../src/server/model-description.ts';
import type { PatientRequest, PatientView, TimelineEvent, Worklist, WorklistEntry } from '../../src/server/page/page-answers.ts';

const DAY = 86_400_000;
const until = Date.UTC(2026, 2, 30, 15);
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '');

const sha256 = 'ab12cd34'.repeat(8);
export const caution =
  'This model was trained on synthetic records and is not for patient care. The number informs, it does not decide; it says nothing of what would prevent a return.';

const surnames = [
  'Abernathy',
  'Okafor',
  'Lindqvist',
  'Nguyễn',
  'García-Márquez',
  'O’Connor',
  'Haddad',
  'Kowalczyk',
  'Yamamoto',
  'Smith',
];
const given = ['Ada', 'Chidi', 'Astrid', 'Thu', 'José', 'Niamh', 'Layla', 'Piotr', 'Haruki', 'Mary'];
const causes = [
  'Heart failure',
  'Pneumonia',
  'Acute myocardial infarction',
  'Chronic obstructive bronchitis',
  'Stroke',
  'Urosepsis',
  null,
];

/** A number in [0, 1) for a place; the same each time. */
const chance = (i: number, salt: number): number => {
  const x = Math.sin(i * 12.9898 + salt * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

export const bandOf = (risk: number): string => (risk < 0.139 ? 'low' : risk < 0.281 ? 'moderate' : 'high');

export function person(i: number): WorklistEntry['person'] {
  return {
    id: `p${i}`,
    name: i % 17 === 5 ? null : `${given[i % 10]} ${surnames[(i * 7) % 10]}`,
    sex: i % 2 === 0 ? 'female' : 'male',
    birthDate: i % 23 === 7 ? null : `${1930 + (i % 60)}-0${1 + (i % 9)}-1${i % 10}`,
  };
}

export function entry(i: number): WorklistEntry {
  const risk = 0.02 + 0.5 * chance(i, 1) ** 2.2;
  const discharge = until - Math.floor(chance(i, 2) * 30) * DAY - 3_600_000 * (i % 5);
  return {
    person: person(i),
    encounter: `Encounter/e${i}`,
    admission: iso(discharge - (1 + Math.floor(chance(i, 3) * 12)) * DAY),
    discharge: iso(discharge),
    reason: causes[i % causes.length] ?? null,
    risk,
    interval:
      i % 13 === 3
        ? null
        : { low: Math.max(0, risk - 0.04 - 0.1 * risk), high: Math.min(1, risk + 0.05 + 0.15 * risk), level: 0.95 },
    band: bandOf(risk),
    reasons: [
      { words: `${i % 5} hospital stays in the year before`, direction: i % 5 > 1 ? 'raises' : 'lowers' },
      { words: `last urea nitrogen ${12 + (i % 40)} mg/dL`, direction: i % 2 === 0 ? 'raises' : 'lowers' },
      { words: `${40 + (i % 50)} years old`, direction: i % 3 === 0 ? 'lowers' : 'raises' },
    ],
    notCovered: i % 9 === 4 ? 3 : 0,
  };
}

export function worklist(n: number, change: Partial<Worklist> = {}): Worklist {
  const entries = Array.from({ length: n }, (_, i) => entry(i)).sort((a, b) => b.risk - a.risk);
  return {
    entries,
    from: '2026-03-01',
    until: '2026-03-30',
    found: n + 17,
    notEligible: [
      { rule: 'part-of-stay', words: 'part of a stay that has an entry', count: 9 },
      { rule: 'died', words: 'the patient died in hospital', count: 6 },
    ],
    failed: [{ code: 'SCORING_BUNDLE_PARTIAL', count: 2 }],
    cut: false,
    source: 'fhir-server',
    baseRate: 0.139,
    model: { name: 'planted', sha256, codeVersion: '0.1.0', synthetic: true },
    caution,
    ...change,
  };
}

interface Cause {
  readonly feature: string;
  readonly words: string;
  readonly attribution: number;
  readonly resources: string[];
}

const causesOf = (i: number): Cause[] => [
  {
    feature: 'prior_admissions_365d',
    words: `${2 + (i % 4)} hospital stays in the year before`,
    attribution: 0.061,
    resources: ['Encounter/s1', 'Encounter/s2'],
  },
  { feature: 'last_urea_nitrogen', words: 'last urea nitrogen 41 mg/dL', attribution: 0.032, resources: ['Observation/o1'] },
  { feature: 'age_years', words: '81 years old', attribution: 0.021, resources: [`Patient/p${i}`] },
  { feature: 'length_of_stay_days', words: '9 days in hospital', attribution: 0.017, resources: [`Encounter/e${i}`] },
  { feature: 'medication_statin', words: 'a statin ordered', attribution: -0.014, resources: ['MedicationRequest/m1'] },
  { feature: 'last_sodium', words: 'last sodium 131 mmol/L', attribution: 0.012, resources: ['Observation/o2'] },
  { feature: 'acute_admission', words: 'admitted as an emergency', attribution: 0.009, resources: [`Encounter/e${i}`] },
  { feature: 'stay_operation', words: 'no operation in the stay', attribution: -0.008, resources: [] },
  { feature: 'smoker', words: 'smoker not known', attribution: -0.004, resources: [] },
  { feature: 'charlson_index', words: 'Charlson index 3', attribution: 0.004, resources: ['Condition/c1'] },
  {
    feature: 'distinct_drugs_90d',
    words: '7 drugs in the 90 days before',
    attribution: 0.003,
    resources: ['MedicationRequest/m1'],
  },
  {
    feature: 'emergency_visits_180d',
    words: '1 visit to the emergency department in 180 days',
    attribution: 0.003,
    resources: ['Encounter/v1'],
  },
  { feature: 'last_haemoglobin', words: 'last haemoglobin 10.9 g/dL', attribution: 0.002, resources: ['Observation/o3'] },
];

const changeable: PatientView['changeable'] = [
  { feature: 'length_of_stay_days', label: 'length of stay days', unit: 'd', value: 9, range: [0, 48] },
  { feature: 'distinct_drugs_90d', label: 'distinct drugs 90d', unit: '{#}', value: 7, range: [0, 31] },
  { feature: 'last_sodium', label: 'last sodium', unit: 'mmol/L', value: 131, range: [118, 156] },
  { feature: 'last_urea_nitrogen', label: 'last urea nitrogen', unit: 'mg/dL', value: 41, range: [3, 160] },
  { feature: 'last_haemoglobin', label: 'last haemoglobin', unit: 'g/dL', value: 10.9, range: [5.1, 18.9] },
  { feature: 'smoker', label: 'smoker', unit: '{flag}', value: null, range: [0, 1] },
  { feature: 'medication_statin', label: 'medication statin', unit: '{flag}', value: 1, range: [0, 1] },
  ...['insulin', 'opioid', 'diuretic', 'beta_blocker'].map((drug, i) => ({
    feature: `medication_${drug}`,
    label: `medication ${drug.replace('_', ' ')}`,
    unit: '{flag}',
    value: i % 2,
    range: [0, 1] as [number, number],
  })),
];

function timeline(i: number, end: number): TimelineEvent[] {
  const stay = (days: number, length: number, label: string, index = false): TimelineEvent => ({
    kind: 'inpatient',
    start: iso(end - days * DAY),
    end: iso(end - (days - length) * DAY),
    label,
    value: null,
    unit: null,
    resource: index ? `Encounter/e${i}` : `Encounter/s${days}`,
    index,
  });
  const visit = (kind: 'emergency' | 'outpatient', days: number, label: string): TimelineEvent => ({
    ...stay(days, 0, label),
    kind,
    end: iso(end - days * DAY + 7_200_000),
    resource: `Encounter/v${days}`,
  });
  const lab = (label: string, unit: string, days: number, value: number): TimelineEvent => ({
    kind: 'laboratory',
    start: iso(end - days * DAY),
    end: null,
    label,
    value,
    unit,
    resource: `Observation/${label.length}-${days}`,
    index: days < 9,
  });
  return [
    stay(610, 5, 'Pneumonia'),
    stay(280, 12, 'Heart failure'),
    stay(90, 4, 'Heart failure'),
    stay(9, 9, 'Heart failure', true),
    visit('emergency', 612, 'Cough and fever'),
    visit('emergency', 95, 'Shortness of breath'),
    ...[700, 640, 540, 420, 330, 250, 180, 120, 60, 30].map((days) => visit('outpatient', days, 'General practice')),
    ...[700, 420, 279, 275, 89, 8, 5, 1].map((days, k) => lab('Urea nitrogen', 'mg/dL', days, 18 + 3.1 * k)),
    ...[420, 279, 89, 8, 1].map((days, k) => lab('Sodium', 'mmol/L', days, 138 - 1.6 * k)),
  ].sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** @param i  number of the patient, as in `entry` */
export function patientView(i: number, { set, profile }: Partial<PatientRequest> = {}, sha: string = sha256): PatientView {
  const { risk, interval, admission, discharge, reason } = entry(i);
  const all = causesOf(i);
  const baseValue = 0.142;
  const forestOutput = baseValue + all.reduce((sum, { attribution }) => sum + attribution, 0);
  const after = Math.min(0.95, Math.max(0.01, risk + 0.03 * Object.keys(set ?? {}).length - 0.01));
  return {
    person: person(i),
    explanation: {
      answer: {
        risk,
        interval:
          interval === null
            ? null
            : { ...interval, vennAbers: { low: risk - 0.01, high: risk + 0.01 }, comparableDischarges: 212 },
        band: bandOf(risk),
        bandFrom: 0.281,
        bandMeaning:
          'the 10 % of validation discharges with the highest risk; validation: 9.97 % of discharges, 38.2 % readmitted (115 of 301)',
        baseRate: 0.139,
        horizonDays: 30,
        outcome: 'unplanned inpatient readmission within 30 calendar days of discharge, to any hospital, for any cause',
        forestOutput,
        baseValue,
        attributions: all.map(({ feature, attribution }) => ({
          feature,
          attribution,
          value: feature === 'smoker' ? null : 3,
          unit: '1',
        })),
        reasons: all.map(({ feature, words, attribution, resources }) => ({
          feature,
          words,
          attribution,
          resources,
          direction: attribution > 0 ? 'raises' : 'lowers',
        })),
        missing: ['smoker', 'last_albumin', 'last_nt_probnp', 'last_hba1c'],
        notCovered: i % 9 === 4 ? ['nursing_stays_365d', 'home_visits_365d', 'social_housing'] : [],
        outOfTrainingRange: i % 7 === 2 ? ['last_urea_nitrogen'] : [],
        encounter: `Encounter/e${i}`,
        stay: { admission, discharge, reason },
        asOf: discharge,
        coverage: {
          types: ['Patient', 'Encounter', 'Condition', 'Observation', 'MedicationRequest', 'Procedure'],
          from: null,
          assumed: false,
        },
        notes: ['the stay joins two encounters of one hospital'],
        model: { name: 'planted', sha256: sha, codeVersion: '0.1.0', synthetic: true },
        caution,
      },
      whatIf:
        set === undefined
          ? null
          : {
              set: Object.entries(set).map(([feature, value]) => ({
                feature,
                unit: '1',
                before: 3,
                after: value,
                relatives: ['distinct_drugs_365d'],
              })),
              forestOutput: { before: forestOutput, after: forestOutput + after - risk, difference: after - risk },
              risk: { before: risk, after, difference: after - risk },
              band: { before: bandOf(risk), after: bandOf(after) },
              attributions: [],
              warnings: Object.hasOwn(set, 'last_sodium') ? ['last_sodium = 119 lies near the edge of the training range'] : [],
              caution:
                'This is about the model, not about the patient: it says what the model would answer if the record said so, not what would happen if the value were changed.',
            },
      profile:
        profile === undefined
          ? null
          : {
              feature: profile,
              unit: 'mmol/L',
              range: { from: 118, to: 156 },
              own: { value: 131, forestOutput, risk },
              missing: { forestOutput, risk: risk * 0.9 },
              steps: [
                { from: 118, to: 128, value: 120, forestOutput, risk: risk * 1.25 },
                { from: 128, to: 133, value: 130, forestOutput, risk },
                { from: 133, to: 137, value: 135, forestOutput, risk: risk * 0.85 },
                { from: 137, to: 156, value: 140, forestOutput, risk: risk * 0.7 },
              ],
              caution: 'This is about the model, not about the patient.',
            },
    },
    changeable,
    timeline: timeline(i, Date.parse(discharge)),
    resources: [
      {
        resource: 'Encounter/s1',
        kind: 'Encounter',
        label: 'Heart failure, inpatient',
        code: 'IMP',
        date: '2025-12-28',
        detail: '4 days',
      },
      {
        resource: 'Encounter/s2',
        kind: 'Encounter',
        label: 'Heart failure, inpatient',
        code: 'IMP',
        date: '2025-06-20',
        detail: '12 days',
      },
      {
        resource: 'Observation/o1',
        kind: 'Observation',
        label: 'Urea nitrogen',
        code: 'LOINC 3094-0',
        date: '2026-03-28T07:10:00Z',
        detail: '41 mg/dL',
      },
      {
        resource: 'MedicationRequest/m1',
        kind: 'MedicationRequest',
        label: 'Simvastatin 20 MG Oral Tablet',
        code: 'RxNorm 312961',
        date: '2026-03-21',
        detail: 'active',
      },
    ],
  };
}

const planted = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`models/planted/${file}`, 'utf8')) as Record<string, unknown>;
export const metrics = (): Record<string, unknown> => planted('metrics.json');
export const card = (): Record<string, unknown> => planted('card.json');

export function description(sha: string = sha256): ModelDescription {
  return {
    name: 'planted',
    sha256: sha,
    codeVersion: '0.1.0',
    createdAt: '2026-11-24T00:00:00Z',
    outcome: {
      name: 'unplanned-readmission',
      horizonDays: 30,
      description: 'unplanned inpatient readmission within 30 calendar days of discharge, to any hospital, for any cause',
      horizonUnit: 'calendar-days',
      composite: false,
      plannedByType: true,
      labels: null,
    },
    cohort: { name: 'hwr-like', hash: 'cd'.repeat(32), definition: {} },
    mapping: { name: 'standard', hash: 'ef'.repeat(32), choices: [] },
    training: { rows: 3018, events: 421, patients: 1152, synthetic: true },
    forest: { engine: 'histogram', trees: 500 },
    calibration: {},
    bands: [
      { name: 'low', from: 0, meaning: 'below 13.9 %; validation: 62.3 % of discharges, 8.3 % readmitted (156 of 1879)' },
      {
        name: 'moderate',
        from: 0.139,
        meaning: 'at or above the base rate of 13.9 %; validation: 27.8 % of discharges, 17.9 % readmitted',
      },
      {
        name: 'high',
        from: 0.281,
        meaning: 'the 10 % of validation discharges with the highest risk; 38.2 % readmitted (115 of 301)',
      },
    ],
    baseRate: 0.139,
    featureHash: '12'.repeat(32),
    features: [],
    validations: [],
  };
}
