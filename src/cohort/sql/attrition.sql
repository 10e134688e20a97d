-- Attrition: from inpatient encounters to index discharges; steps 40 are what each rule took away, the others what was there.
-- In    encounter, acute_encounter, stay, discharge, outcome
-- Out   step, units, count; in the order of the flow
WITH flow AS (
  SELECT 10 AS step, 'encounters of an inpatient class' AS label, 'encounters' AS unit, COUNT(*) AS n FROM encounter e WHERE e.class_code IN ('IMP', 'ACUTE', 'NONAC')
  UNION ALL SELECT 20, 'acute inpatient encounters (nursing, cancelled and undated removed)', 'encounters', COUNT(*) FROM acute_encounter
  UNION ALL SELECT 30, 'stays (encounters stitched)', 'stays', COUNT(*) FROM stay
  UNION ALL SELECT 50, 'index discharges', 'discharges', COUNT(*) FROM discharge d WHERE d.exclusion IS NULL
  UNION ALL SELECT 60, 'patients with an index discharge', 'patients', COUNT(DISTINCT d.patient_id) FROM discharge d WHERE d.exclusion IS NULL
),
removed AS (
  SELECT 40 AS step, d.exclusion AS label, 'stays' AS unit, COUNT(*) AS n FROM discharge d WHERE d.exclusion IS NOT NULL GROUP BY d.exclusion
),
ended AS (
  SELECT 70 AS step, o.outcome_state AS label, 'discharges' AS unit, COUNT(*) AS n FROM outcome o GROUP BY o.outcome_state
)
SELECT a.step, a.label, a.unit, CAST(a.n AS BIGINT) AS n
FROM (SELECT step, label, unit, n FROM flow UNION ALL SELECT step, label, unit, n FROM removed UNION ALL SELECT step, label, unit, n FROM ended) a
ORDER BY a.step, a.n DESC, a.label
