-- Evidence of utilization: the earlier stays and visits that were counted.
-- In    known_stay, known_encounter, index_discharge, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
-- Time  the windows of the features: 30 days are 2592000000 ms, 180 are 15552000000, 365 are 31536000000
SELECT a.feature, s.discharge_encounter_id AS resource_id, s.admit_ms AS at_ms
FROM asked a
CROSS JOIN known_stay s
JOIN index_discharge i ON i.index_id = s.index_id
WHERE (a.feature IN ('prior_admissions_365d', 'prior_bed_days_365d') AND s.admit_ms >= i.admit_ms - 31536000000)
  OR (a.feature = 'prior_unplanned_admissions_365d' AND s.admit_ms >= i.admit_ms - 31536000000 AND s.planned_rule IS NULL)
  OR (a.feature = 'prior_admissions_30d' AND s.admit_ms >= i.admit_ms - 2592000000)
  OR (a.feature = 'days_since_last_discharge' AND s.discharge_ms = (SELECT MAX(l.discharge_ms) FROM known_stay l))
UNION ALL
SELECT a.feature, e.encounter_id, e.start_ms
FROM asked a
CROSS JOIN known_encounter e
JOIN index_discharge i ON i.index_id = e.index_id
WHERE e.in_stay = 0 AND e.start_ms < i.admit_ms AND e.encounter_id <> COALESCE(i.emergency_encounter_id, '')
  AND e.start_ms >= i.admit_ms - CASE WHEN a.feature = 'emergency_visits_180d' THEN 15552000000 ELSE 31536000000 END
  AND (
    (a.feature IN ('emergency_visits_180d', 'emergency_visits_365d') AND e.kind = 'emergency')
    OR (a.feature = 'outpatient_visits_365d' AND e.kind = 'outpatient')
    OR (a.feature = 'home_visits_365d' AND e.kind = 'home')
    OR (a.feature = 'nursing_stays_365d' AND e.kind = 'nursing')
  )
