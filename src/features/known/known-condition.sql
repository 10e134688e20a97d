-- Conditions known at the prediction time, one row per coding.
-- In    index_discharge, condition
-- Out   index_id, condition_id, system, code, onset_ms, recorded_ms, active (1 where not known to have ended before the index admission)
-- Time  known from recordedDate, else from onset; a partial date counts at its latest instant
-- Mask  clinical status and an abatement after the prediction time were filled in later
-- Choice  a condition without any date is not known; refuted and entered-in-error conditions are no conditions
SELECT
  i.index_id,
  c.condition_id,
  c.system,
  c.code,
  c.onset_ms,
  COALESCE(c.recorded_ms, c.onset_ms) AS recorded_ms,
  CASE WHEN c.abatement_latest_ms <= i.as_of_ms AND c.abatement_ms < i.admit_ms THEN 0 ELSE 1 END AS active
FROM index_discharge i
JOIN condition c ON c.patient_id = i.patient_id
  AND COALESCE(c.recorded_latest_ms, c.onset_latest_ms) <= i.as_of_ms
  AND COALESCE(c.onset_ms, c.recorded_ms) <= i.as_of_ms
WHERE COALESCE(c.verification_status, 'confirmed') NOT IN ('refuted', 'entered-in-error')
