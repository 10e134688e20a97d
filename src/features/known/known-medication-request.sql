-- Medication orders known at the prediction time, one row per coding.
-- In    index_discharge, medication_request, stay_encounter
-- Out   index_id, medication_request_id, system, code, authored_ms, in_stay
-- Mask  the status of an order (active, stopped, completed) was filled in later
-- Choice  plans and proposals are not orders
SELECT
  i.index_id,
  r.medication_request_id,
  r.system,
  r.code,
  r.authored_ms,
  CASE WHEN m.stay_id = i.stay_id THEN 1 ELSE 0 END AS in_stay
FROM index_discharge i
JOIN medication_request r ON r.patient_id = i.patient_id AND r.authored_latest_ms <= i.as_of_ms
LEFT JOIN stay_encounter m ON m.encounter_id = r.encounter_id
WHERE COALESCE(r.status, 'active') <> 'entered-in-error' AND COALESCE(r.intent, 'order') NOT IN ('proposal', 'plan')
