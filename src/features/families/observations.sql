-- Observations: last laboratory values and vital signs, in the catalogue's units.
-- In    index_discharge, last_value, value_set
-- Out   one row per index discharge: index_id, one column per analyte (NULL where none), smoker (NULL where smoking was not asked
--       or the answer is in neither value set)
-- Choice  nothing is imputed: a value that was not measured is missing, and the forest learns what that means
SELECT
  i.index_id,
  MAX(CASE WHEN l.analyte = 'sodium' THEN l.value END) AS last_sodium,
  MAX(CASE WHEN l.analyte = 'potassium' THEN l.value END) AS last_potassium,
  MAX(CASE WHEN l.analyte = 'creatinine' THEN l.value END) AS last_creatinine,
  MAX(CASE WHEN l.analyte = 'urea_nitrogen' THEN l.value END) AS last_urea_nitrogen,
  MAX(CASE WHEN l.analyte = 'glucose' THEN l.value END) AS last_glucose,
  MAX(CASE WHEN l.analyte = 'haemoglobin' THEN l.value END) AS last_haemoglobin,
  MAX(CASE WHEN l.analyte = 'leukocytes' THEN l.value END) AS last_leukocytes,
  MAX(CASE WHEN l.analyte = 'platelets' THEN l.value END) AS last_platelets,
  MAX(CASE WHEN l.analyte = 'albumin' THEN l.value END) AS last_albumin,
  MAX(CASE WHEN l.analyte = 'bilirubin' THEN l.value END) AS last_bilirubin,
  MAX(CASE WHEN l.analyte = 'nt_probnp' THEN l.value END) AS last_nt_probnp,
  MAX(CASE WHEN l.analyte = 'inr' THEN l.value END) AS last_inr,
  MAX(CASE WHEN l.analyte = 'systolic_bp' THEN l.value END) AS last_systolic_bp,
  MAX(CASE WHEN l.analyte = 'diastolic_bp' THEN l.value END) AS last_diastolic_bp,
  MAX(CASE WHEN l.analyte = 'heart_rate' THEN l.value END) AS last_heart_rate,
  MAX(CASE WHEN l.analyte = 'respiratory_rate' THEN l.value END) AS last_respiratory_rate,
  MAX(CASE WHEN l.analyte = 'oxygen_saturation' THEN l.value END) AS last_oxygen_saturation,
  MAX(CASE WHEN l.analyte = 'body_temperature' THEN l.value END) AS last_body_temperature,
  MAX(CASE WHEN l.analyte = 'pain_score' THEN l.value END) AS last_pain_score,
  MAX(CASE WHEN l.analyte = 'hba1c' THEN l.value END) AS last_hba1c,
  MAX(CASE WHEN l.analyte = 'bmi' THEN l.value END) AS last_bmi,
  MAX(CASE WHEN l.analyte = 'fall_risk' THEN l.value END) AS last_fall_risk,
  MAX(CASE WHEN l.analyte = 'depression_score' THEN l.value END) AS last_depression_score,
  MAX(CASE WHEN l.analyte = 'smoking_status' THEN CASE WHEN v.name = 'smoking_current' THEN 1 WHEN v.name = 'smoking_not_current' THEN 0 END END) AS smoker
FROM index_discharge i
LEFT JOIN last_value l ON l.index_id = i.index_id
LEFT JOIN value_set v ON v.code = l.value_code AND v.name IN ('smoking_current', 'smoking_not_current')
GROUP BY i.index_id
