-- Acute inpatient encounters: what stays are made of.
-- In    encounter (flat table), value_set
-- Out   one row per encounter of an inpatient class that is not skilled nursing: encounter_id, patient_id, start and end, type, reason, provider
-- Time  start_ms, end_ms milliseconds since 1970 UTC; end_ms NULL while the encounter is open
-- Choice  nursing stays are exported by Synthea with the inpatient class; the encounter type or its reason tells them apart
-- Choice  cancelled, planned and entered-in-error encounters did not take place; any other status is read as one that did
SELECT
  e.encounter_id,
  e.patient_id,
  e.type_code,
  e.reason_code,
  e.reason_display,
  e.service_provider,
  e.disposition_code,
  e.period_start_ms AS start_ms,
  e.period_start_ymd AS start_ymd,
  CASE WHEN e.period_end_ms < e.period_start_ms THEN e.period_start_ms ELSE e.period_end_ms END AS end_ms,
  CASE WHEN e.period_end_ms < e.period_start_ms THEN e.period_start_ymd ELSE e.period_end_ymd END AS end_ymd,
  CASE WHEN e.period_end_ms < e.period_start_ms THEN 1 ELSE 0 END AS end_before_start
FROM encounter e
WHERE e.class_code IN ('IMP', 'ACUTE', 'NONAC')
  AND e.patient_id IS NOT NULL
  AND e.period_start_ms IS NOT NULL
  AND COALESCE(e.status, 'unknown') NOT IN ('cancelled', 'planned', 'entered-in-error')
  AND NOT EXISTS (
    SELECT 1 FROM value_set v
    WHERE v.name = 'nursing_admission' AND (v.code = e.type_code OR v.code = e.reason_code)
  )
