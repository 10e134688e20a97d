-- Why the patient is in hospital, as known at the prediction time.
-- In    index_discharge, stay_encounter, encounter, site_rule
-- Out   one row per index discharge: index_id, reason_system, reason_code, reason_display (NULL where no reason is known)
-- Mask  a reason that is only found as a coded diagnosis of the encounter counts where site_rule says that diagnoses of the index stay are
--       known by then; the reason given at admission does in any case
-- Choice  the first reason in the order of the stay's encounters, as in stay
WITH reason AS (
  SELECT
    i.index_id, e.reason_system, e.reason_code, e.reason_display,
    ROW_NUMBER() OVER (PARTITION BY i.index_id ORDER BY m.position) AS rank
  FROM index_discharge i
  JOIN stay_encounter m ON m.stay_id = i.stay_id
  JOIN encounter e ON e.encounter_id = m.encounter_id
  CROSS JOIN site_rule s
  WHERE e.reason_code IS NOT NULL AND (e.reason_source = 'reason' OR s.index_diagnoses_known = 1)
)
SELECT i.index_id, r.reason_system, r.reason_code, r.reason_display
FROM index_discharge i
LEFT JOIN reason r ON r.index_id = i.index_id AND r.rank = 1
