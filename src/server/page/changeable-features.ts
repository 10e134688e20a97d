/**
 * Which features a care team can change before the patient leaves, or in the days after: those the page offers for "what if".
 *
 * Choice  a feature is listed where an act of the team within days changes it: drugs (ordered, stopped), values that treatment moves, the day of
 *         the discharge, help with how a person lives, tobacco. The past (earlier stays, age, conditions) is not, though the model reads it; nor is
 *         what an act would only hide (an index or a score, the number of measurements)
 * Choice  listed is what can be changed, not what should be: a what-if is about the model, and an association is no effect. So the list says
 *         why each can be changed, and the page shows the caution of the what-if beside it
 */
import type { ServedModel } from '../model-source.ts';
import type { PatientView } from './page-answers.ts';
import type { ScoreAnswer } from '../../scoring/index.ts';

interface Changeable {
  /** Names, or the beginnings of names where they end in "*". */
  readonly features: readonly string[];
  readonly why: string;
}

export const changeable: readonly Changeable[] = [
  { features: ['length_of_stay_days'], why: 'the day of the discharge is chosen' },
  { features: ['distinct_drugs_365d', 'distinct_drugs_90d', 'new_drugs_in_stay'], why: 'orders are reviewed before discharge' },
  { features: ['medication_*'], why: 'a class of drugs is begun or stopped' },
  {
    features: [
      'last_sodium',
      'last_potassium',
      'last_creatinine',
      'last_urea_nitrogen',
      'last_glucose',
      'last_haemoglobin',
      'last_leukocytes',
      'last_platelets',
      'last_albumin',
      'last_bilirubin',
      'last_nt_probnp',
      'last_inr',
    ],
    why: 'treatment moves the value within days, and it is measured again',
  },
  {
    features: [
      'last_systolic_bp',
      'last_diastolic_bp',
      'last_heart_rate',
      'last_respiratory_rate',
      'last_oxygen_saturation',
      'last_body_temperature',
      'last_pain_score',
    ],
    why: 'the patient is discharged once it is stable',
  },
  { features: ['last_fall_risk', 'last_depression_score'], why: 'what is found is acted on, and assessed again' },
  { features: ['smoker'], why: 'support to stop is offered in the stay' },
  {
    features: [
      'social_transport',
      'social_housing',
      'social_social_isolation',
      'social_stress',
      'social_unhealthy_alcohol',
      'social_drug_misuse',
    ],
    why: 'social work arranges help before the discharge',
  },
];

const names = new Set(changeable.flatMap(({ features }) => features.filter((name) => !name.endsWith('*'))));
const beginnings = changeable.flatMap(({ features }) =>
  features.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
);

export function isChangeable(feature: string): boolean {
  return names.has(feature) || beginnings.some((beginning) => feature.startsWith(beginning));
}

/** Those of the model, in its order, with what they are of this discharge and what training saw of them. */
export function changeableOf({ description }: ServedModel, { attributions }: ScoreAnswer): PatientView['changeable'] {
  const values = new Map(attributions.map(({ feature, value }) => [feature, value]));
  return description.features
    .filter(({ name }) => isChangeable(name))
    .map(({ name, unit, range, training }) => ({
      feature: name,
      label: name.replace(/^last_/, 'last ').replaceAll('_', ' '),
      unit,
      value: values.get(name) ?? null,
      range: [training.min ?? range[0], training.max ?? range[1]],
    }));
}
