-- Record elements: how often the data hold what a rule reads, so that a rule that cannot be assessed says so instead of counting nothing.
-- In    acute_encounter, encounter, patient, procedure, value_set, value_set_prefix_system
-- Out   element, n
SELECT 'type' AS element, COUNT(a.type_code) AS n FROM acute_encounter a
UNION ALL
SELECT 'reason', COUNT(a.reason_code) FROM acute_encounter a
UNION ALL
SELECT 'disposition', COUNT(a.disposition) FROM acute_encounter a
UNION ALL
SELECT 'priority', COUNT(a.admit_priority) FROM acute_encounter a
UNION ALL
SELECT 'admit-source', COUNT(a.admit_source) FROM acute_encounter a
UNION ALL
SELECT 'hospital', COUNT(a.service_provider) FROM acute_encounter a
UNION ALL
SELECT 'birth-date', COUNT(p.birth_date_ymd) FROM patient p
UNION ALL
SELECT 'death', COUNT(*) FROM patient p WHERE p.deceased_ms IS NOT NULL OR p.deceased_flag
UNION ALL
SELECT 'emergency-encounter', COUNT(*) FROM encounter e WHERE e.kind = 'emergency'
UNION ALL
SELECT 'procedure', COUNT(*) FROM procedure p
WHERE p.encounter_id IS NOT NULL AND p.system IN (
  SELECT v.system FROM value_set v WHERE v.name = 'potentially_planned_procedure'
  UNION
  SELECT x.system FROM value_set_prefix_system x WHERE x.name = 'potentially_planned_operation'
)
