/**
 * Covariates: what the planted process may look at. Each is the feature of the same name, computed a second time.
 *
 * Unit    as the feature's: days, stays, visits, the catalogue's unit of the analyte; flags are 0 or 1
 * Missing NaN: a value that was not measured, or a first stay in days_since_last_discharge
 */
export const analyteNames = [
  'sodium',
  'potassium',
  'creatinine',
  'urea_nitrogen',
  'glucose',
  'haemoglobin',
  'leukocytes',
  'albumin',
  'nt_probnp',
  'systolic_bp',
  'heart_rate',
  'respiratory_rate',
  'oxygen_saturation',
  'body_temperature',
  'bmi',
] as const;

/** Value sets whose name is the covariate's: present when a condition of it is active. */
export const conditionFlagNames = [
  'charlson_mi',
  'charlson_chf',
  'charlson_cevd',
  'charlson_dementia',
  'charlson_cpd',
  'charlson_rheumd',
  'charlson_mld',
  'charlson_diab',
  'charlson_diabwc',
  'charlson_hp',
  'charlson_rend',
  'charlson_canc',
  'charlson_metacanc',
  'charlson_aids',
  'elixhauser_carit',
  'elixhauser_ond',
  'elixhauser_coag',
  'elixhauser_obes',
  'elixhauser_alcohol',
  'elixhauser_drug',
  'elixhauser_depre',
  'social_unemployed',
  'social_not_in_labour_force',
  'social_stress',
  'social_social_isolation',
  'social_partner_abuse',
  'social_violence',
  'social_transport',
  'social_housing',
  'social_low_education',
  'social_criminal_record',
  'social_unhealthy_alcohol',
  'social_drug_misuse',
] as const;

/** Value sets of the principal reason. */
export const reasonFlagNames = [
  'reason_heart_failure',
  'reason_coronary',
  'reason_cardiac_surgery',
  'reason_respiratory',
  'reason_sepsis',
  'reason_stroke',
  'reason_cancer',
  'reason_kidney',
  'reason_digestive',
  'reason_injury',
  'reason_substance',
  'reason_infection',
  'reason_arrhythmia',
  'reason_metabolic',
] as const;

/** Value sets of drugs ordered in the 90 days before discharge. */
export const medicationFlagNames = [
  'medication_anticoagulant',
  'medication_antiplatelet',
  'medication_insulin',
  'medication_oral_antidiabetic',
  'medication_opioid',
  'medication_diuretic',
  'medication_raas_inhibitor',
  'medication_beta_blocker',
  'medication_statin',
  'medication_corticosteroid',
  'medication_inhaler',
  'medication_antibacterial',
  'medication_antineoplastic',
  'medication_psychotropic',
  'medication_dementia_drug',
  'medication_erythropoietin',
] as const;

const otherNames = [
  'age_years',
  'sex_male',
  'length_of_stay_days',
  'admitted_through_emergency',
  'acute_admission',
  'intensive_care',
  'prior_admissions_365d',
  'prior_unplanned_admissions_365d',
  'prior_admissions_30d',
  'emergency_visits_180d',
  'emergency_visits_365d',
  'days_since_last_discharge',
  'prior_bed_days_365d',
  'charlson_index',
  'distinct_drugs_365d',
  'distinct_drugs_90d',
  'new_drugs_in_stay',
  'stay_procedures',
  'stay_operation',
  'stay_ventilation',
  'stay_dialysis',
] as const;

export type AnalyteName = (typeof analyteNames)[number];
export type CovariateName =
  | (typeof otherNames)[number]
  | (typeof conditionFlagNames)[number]
  | (typeof reasonFlagNames)[number]
  | (typeof medicationFlagNames)[number]
  | `last_${AnalyteName}`;

export const covariateNames: readonly CovariateName[] = [
  ...otherNames,
  ...reasonFlagNames,
  ...conditionFlagNames,
  ...medicationFlagNames,
  ...analyteNames.map((name) => `last_${name}` as const),
];

/** One discharge's covariates; NaN where nothing was recorded. */
export type Covariates = Readonly<Record<CovariateName, number>>;
