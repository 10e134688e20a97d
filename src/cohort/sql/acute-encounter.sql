-- Acute inpatient encounters: what stays are made of.
-- In    inpatient_encounter
-- Out   one row per inpatient encounter that no rule keeps out: encounter_id, patient_id, start and end, type, reason, provider
-- Time  start_ms, end_ms milliseconds since 1970 UTC; end_ms NULL while the encounter is open
SELECT
  c.encounter_id, c.patient_id, c.type_code, c.reason_system, c.reason_code, c.reason_display, c.reason_source, c.service_provider,
  c.disposition_code, c.disposition, c.admit_source, c.admit_priority, c.start_ms, c.start_ymd, c.end_ms, c.end_ymd, c.end_before_start, c.counted_as
FROM inpatient_encounter c
WHERE c.exclusion IS NULL
