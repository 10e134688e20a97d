-- Encounters known at the prediction time: those that had begun.
-- In    index_discharge, encounter, stay_encounter
-- Out   index_id, encounter_id, kind, type_code, reason_code, start_ms, end_ms (NULL where the end lay ahead), in_stay
-- Mask  an end after the prediction time, status and discharge disposition were filled in later
-- Choice  part of another encounter is no encounter of its own; what the site mapping ignores is not looked at
SELECT
  i.index_id,
  e.encounter_id,
  e.kind,
  e.type_code,
  e.reason_code,
  e.period_start_ms AS start_ms,
  CASE WHEN e.period_end_latest_ms <= i.as_of_ms THEN e.period_end_ms END AS end_ms,
  CASE WHEN m.stay_id = i.stay_id THEN 1 ELSE 0 END AS in_stay
FROM index_discharge i
JOIN encounter e ON e.patient_id = i.patient_id AND e.period_start_latest_ms <= i.as_of_ms
LEFT JOIN stay_encounter m ON m.encounter_id = e.encounter_id
WHERE COALESCE(e.status, 'unknown') NOT IN ('cancelled', 'planned', 'entered-in-error')
  AND e.kind NOT IN ('part-of', 'ignored')
