-- Inpatient encounters: every encounter that may be part of a stay, and the rule that keeps one out.
-- In    encounter (flat table), value_set, cohort_definition
-- Out   one row per encounter of inpatient care: counted_as (why it is inpatient), exclusion (NULL where it makes a stay), nursing (1 for skilled
--       nursing), times, type, reason, provider, disposition
-- Time  start_ms, end_ms milliseconds since 1970 UTC; end_ms NULL while the encounter is open
-- Choice  what an encounter is, its kind says (class and type, or the site mapping); observation encounters are inpatient by their own switch, and
--         emergency or observation encounters that lasted inpatient_from_ms or longer by another: a bed for a day is a bed
-- Choice  nursing stays are exported by Synthea with the inpatient class; the encounter type or its reason tells them apart
-- Choice  cancelled, planned and entered-in-error encounters did not take place; any other status is read as one that did
WITH inpatient AS (
  SELECT
    e.encounter_id, e.patient_id, e.status, e.kind, e.type_code, e.reason_system, e.reason_code, e.reason_display, e.reason_source,
    e.service_provider, e.disposition_code, e.disposition, e.admit_source, e.admit_priority,
    e.period_start_ms, e.period_start_ymd, e.period_end_ms, e.period_end_ymd,
    d.exclude_nursing,
    CASE
      WHEN e.kind IN ('inpatient', 'nursing') THEN 'inpatient'
      WHEN e.kind = 'observation' AND d.count_observation = 1 THEN 'observation'
      WHEN e.kind IN ('emergency', 'observation') AND e.period_end_ms - e.period_start_ms >= d.inpatient_from_ms THEN 'long-encounter'
    END AS counted_as
  FROM encounter e
  CROSS JOIN cohort_definition d
),
nursing AS (
  SELECT DISTINCT n.encounter_id
  FROM inpatient n
  LEFT JOIN value_set v ON v.name = 'nursing_admission' AND (v.code = n.type_code OR v.code = n.reason_code)
  WHERE n.counted_as IS NOT NULL AND (n.kind = 'nursing' OR v.code IS NOT NULL)
)
SELECT
  c.encounter_id,
  c.patient_id,
  c.kind,
  c.type_code,
  c.reason_system,
  c.reason_code,
  c.reason_display,
  c.reason_source,
  c.service_provider,
  c.disposition_code,
  c.disposition,
  c.admit_source,
  c.admit_priority,
  c.period_start_ms AS start_ms,
  c.period_start_ymd AS start_ymd,
  CASE WHEN c.period_end_ms < c.period_start_ms THEN c.period_start_ms ELSE c.period_end_ms END AS end_ms,
  CASE WHEN c.period_end_ms < c.period_start_ms THEN c.period_start_ymd ELSE c.period_end_ymd END AS end_ymd,
  CASE WHEN c.period_end_ms < c.period_start_ms THEN 1 ELSE 0 END AS end_before_start,
  c.counted_as,
  CASE WHEN n.encounter_id IS NULL THEN 0 ELSE 1 END AS nursing,
  CASE
    WHEN COALESCE(c.status, 'unknown') IN ('cancelled', 'planned', 'entered-in-error') THEN 'did-not-take-place'
    WHEN c.patient_id IS NULL THEN 'no-patient'
    WHEN c.period_start_ms IS NULL THEN 'no-start'
    WHEN c.exclude_nursing = 1 AND n.encounter_id IS NOT NULL THEN 'nursing'
    ELSE NULL
  END AS exclusion
FROM inpatient c
LEFT JOIN nursing n ON n.encounter_id = c.encounter_id
WHERE c.counted_as IS NOT NULL
