-- Stay elements: of how many stays the record holds what a rule reads of a stay, by the set of elements that it holds.
-- In    stay_encounter, acute_encounter, patient
-- Out   type, reason, disposition, priority, admit_source, hospital, birth_date (1 where the stay has it), n stays with just these
-- Choice  an element counts where a rule looks for it: disposition at the last encounter of the stay, priority and source at the first, the
--         others at any
WITH held AS (
  SELECT
    m.stay_id,
    MAX(CASE WHEN a.type_code IS NULL THEN 0 ELSE 1 END) AS type,
    MAX(CASE WHEN a.reason_code IS NULL THEN 0 ELSE 1 END) AS reason,
    MAX(CASE WHEN a.disposition IS NULL OR m.position_from_end <> 1 THEN 0 ELSE 1 END) AS disposition,
    MAX(CASE WHEN a.admit_priority IS NULL OR m.position <> 1 THEN 0 ELSE 1 END) AS priority,
    MAX(CASE WHEN a.admit_source IS NULL OR m.position <> 1 THEN 0 ELSE 1 END) AS admit_source,
    MAX(CASE WHEN a.service_provider IS NULL THEN 0 ELSE 1 END) AS hospital,
    MAX(CASE WHEN p.birth_date_ymd IS NULL THEN 0 ELSE 1 END) AS birth_date
  FROM stay_encounter m
  JOIN acute_encounter a ON a.encounter_id = m.encounter_id
  LEFT JOIN patient p ON p.patient_id = a.patient_id
  GROUP BY m.stay_id
)
SELECT h.type, h.reason, h.disposition, h.priority, h.admit_source, h.hospital, h.birth_date, COUNT(*) AS n
FROM held h
GROUP BY h.type, h.reason, h.disposition, h.priority, h.admit_source, h.hospital, h.birth_date
ORDER BY h.type, h.reason, h.disposition, h.priority, h.admit_source, h.hospital, h.birth_date
