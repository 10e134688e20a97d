-- The index stay itself: how long, how it began, what for.
-- In    index_discharge, known_reason, value_set
-- Out   one row per index discharge: index_id, length of stay, encounters, emergency and intensive care, reason groups
-- Time  length in elapsed days (fractions kept), the same across a change of clocks
-- Choice  a stay without a coded reason has every reason group 0 and reason_recorded 0
WITH reason_group AS (
  SELECT r.index_id, v.name
  FROM known_reason r
  JOIN value_set v ON v.code = r.reason_code AND v.name LIKE 'reason_%'
)
SELECT
  i.index_id,
  (i.discharge_ms - i.admit_ms) / 86400000e0 AS length_of_stay_days,
  i.encounters AS stay_encounters,
  CASE WHEN i.providers > 1 THEN 1 ELSE 0 END AS stay_transferred,
  CASE WHEN i.emergency_encounter_id IS NULL THEN 0 ELSE 1 END AS admitted_through_emergency,
  CASE WHEN i.acute_source IS NULL THEN 0 ELSE 1 END AS acute_admission,
  i.intensive_care,
  CASE WHEN r.reason_code IS NULL THEN 0 ELSE 1 END AS reason_recorded,
  MAX(CASE WHEN g.name = 'reason_heart_failure' THEN 1 ELSE 0 END) AS reason_heart_failure,
  MAX(CASE WHEN g.name = 'reason_coronary' THEN 1 ELSE 0 END) AS reason_coronary,
  MAX(CASE WHEN g.name = 'reason_cardiac_surgery' THEN 1 ELSE 0 END) AS reason_cardiac_surgery,
  MAX(CASE WHEN g.name = 'reason_respiratory' THEN 1 ELSE 0 END) AS reason_respiratory,
  MAX(CASE WHEN g.name = 'reason_sepsis' THEN 1 ELSE 0 END) AS reason_sepsis,
  MAX(CASE WHEN g.name = 'reason_stroke' THEN 1 ELSE 0 END) AS reason_stroke,
  MAX(CASE WHEN g.name = 'reason_cancer' THEN 1 ELSE 0 END) AS reason_cancer,
  MAX(CASE WHEN g.name = 'reason_kidney' THEN 1 ELSE 0 END) AS reason_kidney,
  MAX(CASE WHEN g.name = 'reason_digestive' THEN 1 ELSE 0 END) AS reason_digestive,
  MAX(CASE WHEN g.name = 'reason_injury' THEN 1 ELSE 0 END) AS reason_injury,
  MAX(CASE WHEN g.name = 'reason_substance' THEN 1 ELSE 0 END) AS reason_substance,
  MAX(CASE WHEN g.name = 'reason_infection' THEN 1 ELSE 0 END) AS reason_infection,
  MAX(CASE WHEN g.name = 'reason_arrhythmia' THEN 1 ELSE 0 END) AS reason_arrhythmia,
  MAX(CASE WHEN g.name = 'reason_metabolic' THEN 1 ELSE 0 END) AS reason_metabolic
FROM index_discharge i
LEFT JOIN known_reason r ON r.index_id = i.index_id
LEFT JOIN reason_group g ON g.index_id = i.index_id
GROUP BY
  i.index_id, i.discharge_ms, i.admit_ms, i.encounters, i.providers, i.emergency_encounter_id, i.acute_source, i.intensive_care, r.reason_code
