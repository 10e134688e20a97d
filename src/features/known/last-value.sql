-- The last value of each analyte: what laboratory and vital-sign features are made of, and which observation they came from.
-- In    index_discharge, known_observation
-- Out   at most one row per index discharge and analyte: index_id, analyte, value, value_code, observation_id, effective_ms
-- Time  analytes of the stay: from 24 h before admission to the prediction time, from a hospital encounter (or from none);
--       slow ones (HbA1c, body mass index, fall risk, depression score, smoking): 365 days before the prediction time, any encounter
-- Choice  of values at the same instant the one with the greatest id counts, so that the order of records does not
WITH eligible AS (
  SELECT
    o.index_id, o.analyte, o.value, o.value_code, o.observation_id, o.effective_ms,
    ROW_NUMBER() OVER (PARTITION BY o.index_id, o.analyte ORDER BY o.effective_ms DESC, o.observation_id DESC, o.value DESC) AS rank
  FROM index_discharge i
  JOIN known_observation o ON o.index_id = i.index_id
  WHERE (
    o.analyte IN ('hba1c', 'bmi', 'fall_risk', 'depression_score', 'smoking_status') AND o.effective_ms >= i.as_of_ms - 31536000000
  ) OR (
    o.analyte NOT IN ('hba1c', 'bmi', 'fall_risk', 'depression_score', 'smoking_status') AND o.hospital = 1
    AND o.effective_ms >= i.admit_ms - 86400000
  )
)
SELECT e.index_id, e.analyte, e.value, e.value_code, e.observation_id, e.effective_ms
FROM eligible e
WHERE e.rank = 1
