-- Labelled outcomes: a researcher's own label in the place of what followed the discharge.
-- In    discharge, stay_label
-- Out   one row per index discharge, in the columns of outcome.sql: outcome_state (label-1, label-0), target
SELECT
  i.discharge_id AS index_id,
  CASE WHEN l.label = 1 THEN 'label-1' ELSE 'label-0' END AS outcome_state,
  CAST(NULL AS INTEGER) AS readmitted,
  l.label AS target,
  CAST(NULL AS VARCHAR) AS return_stay_id,
  CAST(NULL AS VARCHAR) AS planned_rule,
  CAST(NULL AS VARCHAR) AS planned_code,
  CAST(NULL AS INTEGER) AS days_to_outcome,
  CAST(NULL AS VARCHAR) AS event_state,
  CAST(NULL AS INTEGER) AS observed_days
FROM discharge i
JOIN stay_label l ON l.stay_id = i.stay_id
WHERE i.exclusion IS NULL
