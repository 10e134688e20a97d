-- Outcomes: what happened first within the horizon after each index discharge.
-- In    discharge, stay, patient, cohort_definition
-- Out   one row per index discharge and per discharge kept out by run-out alone: outcome_state (unplanned, planned, died, none; unobserved for the
--       latter), target (what a model learns: 1, 0; NULL when unobserved), readmitted (1 for unplanned), the stay that decided it, days to
--       it, the rule that made a return planned; event_state and observed_days: what was seen in the days that were watched
-- Time  calendar days after discharge, 0 to horizon_days inclusive, both as written in the record; or elapsed time, whole days of 24 h
-- Choice  only the first return counts: after a planned one, a later unplanned one does not
-- Choice  death before any return is not a readmission and is kept apart, unless the definition asks for the composite, where it is one;
--         what comes after a planned return counts in neither
-- Choice  sleep studies are no return
-- Choice  a death known by day, month or year counts from its end: who was admitted on that day was alive
-- Source  CMS Hospital-Wide Readmission measure, outcome; composite: LACE (van Walraven 2010)
WITH followed AS (
  SELECT
    i.discharge_id AS index_id, i.stay_id, i.patient_id, i.discharge_ms, i.discharge_day, i.exclusion,
    LEAST(i.discharge_day + d.horizon_days, d.run_out_day) AS last_day,
    LEAST(i.discharge_ms + d.horizon_ms, d.run_out_ms) AS last_ms,
    d.horizon_elapsed
  FROM discharge i
  CROSS JOIN cohort_definition d
  WHERE i.exclusion IS NULL OR i.exclusion = 'run-out'
),
later_stay AS (
  SELECT
    i.index_id,
    s.stay_id,
    s.planned_rule,
    s.planned_code,
    s.admit_ms AS event_ms,
    COALESCE(ymd_day(s.admit_ymd), CAST(FLOOR(s.admit_ms / 86400000e0) AS INTEGER)) AS event_day,
    ROW_NUMBER() OVER (PARTITION BY i.index_id ORDER BY s.admit_ms, s.stay_id) AS rank
  FROM followed i
  JOIN stay s ON s.patient_id = i.patient_id AND s.stay_id <> i.stay_id AND s.admit_ms >= i.discharge_ms AND s.sleep_study_code IS NULL
),
first_return AS (
  SELECT l.index_id, l.stay_id, l.planned_rule, l.planned_code, l.event_ms, l.event_day
  FROM later_stay l
  JOIN followed i ON i.index_id = l.index_id
  WHERE l.rank = 1 AND CASE WHEN i.horizon_elapsed = 1 THEN l.event_ms - i.last_ms ELSE l.event_day - i.last_day END <= 0
),
dead AS (
  SELECT
    p.patient_id,
    p.deceased_latest_ms AS event_ms,
    COALESCE(ymd_day(p.deceased_ymd), CAST(FLOOR(p.deceased_latest_ms / 86400000e0) AS INTEGER)) AS event_day
  FROM patient p
  WHERE p.deceased_ms IS NOT NULL
),
death AS (
  SELECT i.index_id, p.event_ms, p.event_day
  FROM followed i
  JOIN dead p ON p.patient_id = i.patient_id
  WHERE CASE WHEN i.horizon_elapsed = 1 THEN p.event_ms - i.last_ms ELSE p.event_day - i.last_day END <= 0
),
decided AS (
  SELECT
    i.index_id,
    i.exclusion,
    i.discharge_day,
    i.discharge_ms,
    i.horizon_elapsed,
    r.stay_id,
    r.planned_rule,
    r.planned_code,
    CASE
      WHEN r.index_id IS NOT NULL AND (x.index_id IS NULL OR r.event_ms <= x.event_ms) THEN CASE WHEN r.planned_rule IS NULL THEN 'unplanned' ELSE 'planned' END
      WHEN x.index_id IS NOT NULL THEN 'died'
      ELSE 'none'
    END AS event_state,
    r.event_day AS return_day,
    r.event_ms AS return_ms,
    x.event_day AS death_day,
    x.event_ms AS death_ms,
    i.last_day,
    i.last_ms
  FROM followed i
  LEFT JOIN first_return r ON r.index_id = i.index_id
  LEFT JOIN death x ON x.index_id = i.index_id
),
timed AS (
  SELECT
    c.index_id,
    c.event_state,
    CASE WHEN c.exclusion IS NULL THEN c.event_state ELSE 'unobserved' END AS outcome_state,
    CASE WHEN c.event_state IN ('unplanned', 'planned') THEN c.stay_id END AS return_stay_id,
    CASE WHEN c.event_state = 'planned' THEN c.planned_rule END AS planned_rule,
    CASE WHEN c.event_state = 'planned' THEN c.planned_code END AS planned_code,
    CASE
      WHEN c.event_state = 'none' THEN NULL
      WHEN c.event_state = 'died' AND c.horizon_elapsed = 1 THEN CAST(FLOOR((c.death_ms - c.discharge_ms) / 86400000e0) AS INTEGER)
      WHEN c.event_state = 'died' THEN c.death_day - c.discharge_day
      WHEN c.horizon_elapsed = 1 THEN CAST(FLOOR((c.return_ms - c.discharge_ms) / 86400000e0) AS INTEGER)
      ELSE c.return_day - c.discharge_day
    END AS days_to_outcome,
    CASE
      WHEN c.horizon_elapsed = 1 THEN CAST(FLOOR((c.last_ms - c.discharge_ms) / 86400000e0) AS INTEGER)
      ELSE c.last_day - c.discharge_day
    END AS observed_days
  FROM decided c
)
SELECT
  t.index_id,
  t.outcome_state,
  CASE t.outcome_state WHEN 'unobserved' THEN NULL WHEN 'unplanned' THEN 1 ELSE 0 END AS readmitted,
  CASE WHEN t.outcome_state = 'unobserved' THEN NULL WHEN t.outcome_state = 'unplanned' OR (d.composite = 1 AND t.outcome_state = 'died') THEN 1 ELSE 0 END AS target,
  t.return_stay_id,
  t.planned_rule,
  t.planned_code,
  t.days_to_outcome,
  t.event_state,
  t.observed_days
FROM timed t
CROSS JOIN cohort_definition d
