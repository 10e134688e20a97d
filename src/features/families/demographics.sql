-- Demographics: age and sex.
-- In    index_discharge, known_patient
-- Out   one row per index discharge: index_id, age_years, sex_female, sex_male (both 0 for other, unknown or absent)
SELECT
  i.index_id,
  i.age_years,
  CASE WHEN p.gender = 'female' THEN 1 ELSE 0 END AS sex_female,
  CASE WHEN p.gender = 'male' THEN 1 ELSE 0 END AS sex_male
FROM index_discharge i
JOIN known_patient p ON p.index_id = i.index_id
