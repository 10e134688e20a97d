-- Conditions known at the prediction time, one row per coding.
-- In    index_discharge, condition, encounter, stay_encounter, site_rule
-- Out   index_id, condition_id, system, code, onset_ms, recorded_ms, active (1 where not known to have ended before the index admission)
-- Time  known from recordedDate, else from onset; a partial date counts at its latest instant. Without either, from the end (or the start, as
--       site_rule says) of the encounter it names: of the index stay's by the prediction time, of another's when that came before it
-- Mask  clinical status and an abatement after the prediction time were filled in later
-- Choice  diagnoses of the index stay, and of the emergency encounter that led to it, count where site_rule says that they are coded by
--         then; entries of the problem list do in any case
-- Choice  a condition without any date or encounter is not known; refuted and entered-in-error conditions are no conditions
WITH told AS (
  SELECT
    i.index_id, i.admit_ms, i.as_of_ms,
    c.condition_id, c.system, c.code, c.onset_ms, c.onset_latest_ms, c.recorded_ms, c.recorded_latest_ms, c.abatement_ms, c.abatement_latest_ms,
    CASE
      WHEN c.recorded_ms IS NOT NULL OR c.onset_ms IS NOT NULL THEN NULL
      WHEN s.undated = 'encounter-start' AND e.period_start_latest_ms <= i.as_of_ms THEN e.period_start_ms
      WHEN s.undated <> 'encounter-end' THEN NULL
      WHEN m.stay_id = i.stay_id THEN LEAST(e.period_end_ms, i.as_of_ms)
      WHEN e.period_end_latest_ms < i.as_of_ms THEN e.period_end_ms
    END AS encounter_ms
  FROM index_discharge i
  JOIN condition c ON c.patient_id = i.patient_id
  CROSS JOIN site_rule s
  LEFT JOIN encounter e ON e.encounter_id = c.encounter_id
  LEFT JOIN stay_encounter m ON m.encounter_id = c.encounter_id
  WHERE COALESCE(c.verification_status, 'confirmed') NOT IN ('refuted', 'entered-in-error')
    AND (
      s.index_diagnoses_known = 1 OR COALESCE(c.category, '') IN ('problem-list-item', 'health-concern')
      OR (COALESCE(m.stay_id, '') <> i.stay_id AND COALESCE(c.encounter_id, '') <> COALESCE(i.emergency_encounter_id, 'none'))
    )
)
SELECT
  t.index_id,
  t.condition_id,
  t.system,
  t.code,
  t.onset_ms,
  COALESCE(t.recorded_ms, t.onset_ms, t.encounter_ms) AS recorded_ms,
  CASE WHEN t.abatement_latest_ms <= t.as_of_ms AND t.abatement_ms < t.admit_ms THEN 0 ELSE 1 END AS active
FROM told t
WHERE COALESCE(t.recorded_latest_ms, t.onset_latest_ms, t.encounter_ms) <= t.as_of_ms
  AND COALESCE(t.onset_ms, t.recorded_ms, t.encounter_ms) <= t.as_of_ms
