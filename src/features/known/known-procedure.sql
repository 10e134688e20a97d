-- Procedures known at the prediction time, one row per coding.
-- In    index_discharge, procedure, stay_encounter
-- Out   index_id, procedure_id, system, code, performed_ms, in_stay (1 where it belongs to the index stay)
-- Time  known from its start; a Procedure states no date of entry
-- Choice  without an encounter it belongs to the stay when it started in it
SELECT
  i.index_id,
  p.procedure_id,
  p.system,
  p.code,
  p.performed_start_ms AS performed_ms,
  CASE
    WHEN m.stay_id = i.stay_id THEN 1
    WHEN p.encounter_id IS NULL AND p.performed_start_ms >= i.admit_ms THEN 1
    ELSE 0
  END AS in_stay
FROM index_discharge i
JOIN procedure p ON p.patient_id = i.patient_id AND p.performed_start_latest_ms <= i.as_of_ms
LEFT JOIN stay_encounter m ON m.encounter_id = p.encounter_id
WHERE COALESCE(p.status, 'unknown') NOT IN ('entered-in-error', 'not-done', 'preparation')
