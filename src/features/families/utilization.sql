-- Utilization: what care was used before the index stay.
-- In    index_discharge, known_stay, known_encounter
-- Out   one row per index discharge: index_id, earlier stays and bed days, emergency, outpatient, home and nursing care
-- Time  windows are [admit_ms - N days, admit_ms); 30 days are 2592000000 ms, 180 are 15552000000, 365 are 31536000000
-- Choice  durations are summed in whole milliseconds, so that no order of rows can change a bit
-- Choice  the emergency visit that led to this admission is not counted (LACE item E); bed days count whole earlier stays by admission
WITH earlier AS (
  SELECT
    i.index_id,
    COUNT(*) AS stays,
    SUM(CASE WHEN s.planned_rule IS NULL THEN 1 ELSE 0 END) AS unplanned,
    SUM(CASE WHEN s.admit_ms >= i.admit_ms - 2592000000 THEN 1 ELSE 0 END) AS stays_30d,
    CAST(SUM(s.discharge_ms - s.admit_ms) AS BIGINT) / 86400000e0 AS bed_days
  FROM index_discharge i
  JOIN known_stay s ON s.index_id = i.index_id AND s.admit_ms < i.admit_ms AND s.admit_ms >= i.admit_ms - 31536000000
  GROUP BY i.index_id
),
last_stay AS (
  SELECT s.index_id, MAX(s.discharge_ms) AS discharge_ms
  FROM known_stay s
  GROUP BY s.index_id
),
visit AS (
  SELECT
    i.index_id,
    SUM(CASE WHEN e.kind = 'emergency' AND e.encounter_id <> COALESCE(i.emergency_encounter_id, '') AND e.start_ms >= i.admit_ms - 15552000000 THEN 1 ELSE 0 END) AS emergency_180d,
    SUM(CASE WHEN e.kind = 'emergency' AND e.encounter_id <> COALESCE(i.emergency_encounter_id, '') THEN 1 ELSE 0 END) AS emergency_365d,
    SUM(CASE WHEN e.kind = 'outpatient' THEN 1 ELSE 0 END) AS outpatient_365d,
    SUM(CASE WHEN e.kind = 'home' THEN 1 ELSE 0 END) AS home_365d,
    SUM(CASE WHEN e.kind = 'nursing' THEN 1 ELSE 0 END) AS nursing_365d
  FROM index_discharge i
  JOIN known_encounter e ON e.index_id = i.index_id AND e.in_stay = 0 AND e.start_ms < i.admit_ms AND e.start_ms >= i.admit_ms - 31536000000
  GROUP BY i.index_id
)
SELECT
  i.index_id,
  COALESCE(b.stays, 0) AS prior_admissions_365d,
  COALESCE(b.unplanned, 0) AS prior_unplanned_admissions_365d,
  COALESCE(b.stays_30d, 0) AS prior_admissions_30d,
  COALESCE(b.bed_days, 0) AS prior_bed_days_365d,
  (i.admit_ms - l.discharge_ms) / 86400000e0 AS days_since_last_discharge,
  COALESCE(v.emergency_180d, 0) AS emergency_visits_180d,
  COALESCE(v.emergency_365d, 0) AS emergency_visits_365d,
  COALESCE(v.outpatient_365d, 0) AS outpatient_visits_365d,
  COALESCE(v.home_365d, 0) AS home_visits_365d,
  COALESCE(v.nursing_365d, 0) AS nursing_stays_365d
FROM index_discharge i
LEFT JOIN earlier b ON b.index_id = i.index_id
LEFT JOIN last_stay l ON l.index_id = i.index_id
LEFT JOIN visit v ON v.index_id = i.index_id
