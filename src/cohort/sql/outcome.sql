-- Outcomes: what happened first within the horizon after each index discharge.
-- In    index_discharge, stay, patient, cohort_definition
-- Out   one row per index discharge: outcome_state (unplanned, planned, died, none), readmitted (1 for unplanned), the stay that decided
--       it, days to it, and the rule that made a return planned
-- Time  calendar days after discharge, 0 to horizon_days inclusive, both as written in the record
-- Choice  only the first return counts: after a planned one, a later unplanned one does not
-- Choice  death before any return is not a readmission and is kept apart; sleep studies are no return
-- Choice  a death known by day, month or year counts from its end: who was admitted on that day was alive
-- Source  CMS Hospital-Wide Readmission measure, outcome
WITH later_stay AS (
  SELECT
    i.index_id,
    s.stay_id,
    s.planned_rule,
    s.admit_ms,
    COALESCE(ymd_day(s.admit_ymd), CAST(FLOOR(s.admit_ms / 86400000e0) AS INTEGER)) - i.discharge_day AS days,
    ROW_NUMBER() OVER (PARTITION BY i.index_id ORDER BY s.admit_ms, s.stay_id) AS rank
  FROM index_discharge i
  JOIN stay s ON s.patient_id = i.patient_id AND s.stay_id <> i.stay_id AND s.admit_ms >= i.discharge_ms AND s.sleep_study = 0
),
first_return AS (
  SELECT l.index_id, l.stay_id, l.planned_rule, l.admit_ms, l.days
  FROM later_stay l
  CROSS JOIN cohort_definition d
  WHERE l.rank = 1 AND l.days <= d.horizon_days
),
dead AS (
  SELECT
    p.patient_id,
    p.deceased_latest_ms AS deceased_ms,
    COALESCE(ymd_day(p.deceased_ymd), CAST(FLOOR(p.deceased_latest_ms / 86400000e0) AS INTEGER)) AS deceased_day
  FROM patient p
  WHERE p.deceased_ms IS NOT NULL
),
death AS (
  SELECT i.index_id, p.deceased_ms, p.deceased_day - i.discharge_day AS days
  FROM index_discharge i
  JOIN dead p ON p.patient_id = i.patient_id
  CROSS JOIN cohort_definition d
  WHERE p.deceased_day - i.discharge_day <= d.horizon_days
),
decided AS (
  SELECT
    i.index_id,
    r.stay_id,
    r.planned_rule,
    r.days AS return_days,
    x.days AS death_days,
    CASE
      WHEN r.index_id IS NOT NULL AND (x.index_id IS NULL OR r.admit_ms <= x.deceased_ms) THEN CASE WHEN r.planned_rule IS NULL THEN 'unplanned' ELSE 'planned' END
      WHEN x.index_id IS NOT NULL THEN 'died'
      ELSE 'none'
    END AS outcome_state
  FROM index_discharge i
  LEFT JOIN first_return r ON r.index_id = i.index_id
  LEFT JOIN death x ON x.index_id = i.index_id
)
SELECT
  c.index_id,
  c.outcome_state,
  CASE WHEN c.outcome_state = 'unplanned' THEN 1 ELSE 0 END AS readmitted,
  CASE WHEN c.outcome_state IN ('unplanned', 'planned') THEN c.stay_id END AS return_stay_id,
  CASE WHEN c.outcome_state = 'planned' THEN c.planned_rule END AS planned_rule,
  CASE WHEN c.outcome_state = 'died' THEN c.death_days WHEN c.outcome_state = 'none' THEN NULL ELSE c.return_days END AS days_to_outcome
FROM decided c
