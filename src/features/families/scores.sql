-- Published scores, computed as baselines: LACE and HOSPITAL. Not inputs of the forest unless asked for.
-- In    index_discharge, features of other families (index_stay, utilization, procedures, observations, comorbidity), known_condition,
--       value_set, value_set_weight, value_set_hierarchy
-- Out   one row per index discharge: index_id, lace_l, lace_a, lace_c, lace_e, lace, hospital_2013, hospital_2016 (the two versions of item A),
--       hospital_labs_missing (how many of haemoglobin and sodium were not measured)
-- Choice  a laboratory value that was not measured scores 0, and is counted in hospital_labs_missing
-- Choice  oncology service: an active cancer or a neoplasm as the reason (records have no service line)
-- Source  LACE: van Walraven 2010; HOSPITAL: Donzé 2013, international version 2016
WITH comorbid AS (
  SELECT DISTINCT c.index_id, v.name
  FROM known_condition c
  JOIN value_set v ON v.code = c.code AND v.system = c.system AND v.name LIKE 'lace_%'
  WHERE c.active = 1
),
points AS (
  SELECT p.index_id, SUM(w.weight) AS points
  FROM comorbid p
  JOIN value_set_weight w ON w.name = p.name AND w.weight_name = 'lace'
  WHERE NOT EXISTS (
    SELECT 1
    FROM value_set_hierarchy h
    JOIN comorbid d ON d.name = h.dominant
    WHERE h.dominated = p.name AND d.index_id = p.index_id
  )
  GROUP BY p.index_id
),
item AS (
  SELECT
    i.index_id,
    CASE
      WHEN s.length_of_stay_days < 1 THEN 0
      WHEN s.length_of_stay_days < 2 THEN 1
      WHEN s.length_of_stay_days < 3 THEN 2
      WHEN s.length_of_stay_days < 4 THEN 3
      WHEN s.length_of_stay_days < 7 THEN 4
      WHEN s.length_of_stay_days < 14 THEN 5
      ELSE 7
    END AS lace_l,
    CASE WHEN s.acute_admission = 1 THEN 3 ELSE 0 END AS lace_a,
    CASE WHEN COALESCE(p.points, 0) >= 4 THEN 5 ELSE COALESCE(p.points, 0) END AS lace_c,
    CASE WHEN u.emergency_visits_180d >= 4 THEN 4 ELSE u.emergency_visits_180d END AS lace_e,
    CASE WHEN o.last_haemoglobin < 12 THEN 1 ELSE 0 END
      + CASE WHEN o.last_sodium < 135 THEN 1 ELSE 0 END
      + CASE WHEN c.charlson_canc = 1 OR c.charlson_metacanc = 1 OR s.reason_cancer = 1 THEN 2 ELSE 0 END
      + CASE WHEN r.stay_procedures > 0 THEN 1 ELSE 0 END
      + CASE WHEN s.acute_admission = 1 THEN 1 ELSE 0 END
      + CASE WHEN s.length_of_stay_days >= 5 THEN 2 ELSE 0 END AS hospital_but_a,
    CASE WHEN u.prior_admissions_365d = 0 THEN 0 WHEN u.prior_admissions_365d <= 5 THEN 2 ELSE 5 END AS hospital_a_2013,
    CASE WHEN u.prior_admissions_365d <= 1 THEN 0 WHEN u.prior_admissions_365d <= 5 THEN 2 ELSE 5 END AS hospital_a_2016,
    CASE WHEN o.last_haemoglobin IS NULL THEN 1 ELSE 0 END + CASE WHEN o.last_sodium IS NULL THEN 1 ELSE 0 END AS hospital_labs_missing
  FROM index_discharge i
  JOIN index_stay s ON s.index_id = i.index_id
  JOIN utilization u ON u.index_id = i.index_id
  JOIN procedures r ON r.index_id = i.index_id
  JOIN observations o ON o.index_id = i.index_id
  JOIN comorbidity c ON c.index_id = i.index_id
  LEFT JOIN points p ON p.index_id = i.index_id
)
SELECT
  t.index_id,
  t.lace_l,
  t.lace_a,
  t.lace_c,
  t.lace_e,
  t.lace_l + t.lace_a + t.lace_c + t.lace_e AS lace,
  t.hospital_but_a + t.hospital_a_2013 AS hospital_2013,
  t.hospital_but_a + t.hospital_a_2016 AS hospital_2016,
  t.hospital_labs_missing
FROM item t
