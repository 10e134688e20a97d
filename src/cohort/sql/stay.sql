-- Stays: one uninterrupted time in acute inpatient care, however many encounters recorded it.
-- In    stay_encounter, acute_encounter, encounter, procedure, value_set, cohort_definition
-- Out   one row per stay: first start, last end, first reason as principal, who discharged, how it began (acute_source), whether it was
--       planned and by which rule
-- Time  admit_ms, discharge_ms milliseconds since 1970 UTC; discharge_ms NULL while an encounter of the stay is open
-- Choice  emergency link: an emergency encounter that began at or before the admission and ended at most 24 h before it; one whose end
--         is not known by the discharge counts as ended when it began
-- Choice  a procedure belongs to the stay when it was done in an encounter of it, and not after its end
-- Source  acute_source: DEFINITIONS of LACE item A; planned: CMS planned readmission algorithm v4 on SNOMED CT, rules 1 to 3; rule
--         "elective-by-type" is not CMS and has its own switch
WITH member AS (
  SELECT
    m.stay_id, m.position, m.position_from_end, m.joined_by, a.encounter_id, a.patient_id, a.type_code, a.reason_code, a.reason_display,
    a.service_provider, a.disposition_code, a.start_ms, a.start_ymd, a.end_ms, a.end_ymd, a.end_before_start
  FROM stay_encounter m
  JOIN acute_encounter a ON a.encounter_id = m.encounter_id
),
reason AS (
  SELECT r.stay_id, r.reason_code, r.reason_display
  FROM (
    SELECT m.stay_id, m.reason_code, m.reason_display, ROW_NUMBER() OVER (PARTITION BY m.stay_id ORDER BY m.position) AS rank
    FROM member m
    WHERE m.reason_code IS NOT NULL
  ) r
  WHERE r.rank = 1
),
span AS (
  SELECT
    m.stay_id,
    COUNT(*) AS encounters,
    COUNT(DISTINCT m.service_provider) AS providers,
    MAX(m.end_before_start) AS end_before_start,
    MAX(CASE WHEN m.end_ms IS NULL THEN 1 ELSE 0 END) AS is_open,
    MAX(m.end_ms) AS discharge_ms,
    MAX(CASE WHEN m.position = 1 THEN m.start_ms END) AS admit_ms,
    MAX(CASE WHEN m.position = 1 THEN m.start_ymd END) AS admit_ymd,
    MAX(CASE WHEN m.position = 1 THEN m.patient_id END) AS patient_id,
    MAX(CASE WHEN m.position = 1 THEN m.type_code END) AS admit_type_code,
    MAX(CASE WHEN m.position_from_end = 1 THEN m.encounter_id END) AS discharge_encounter_id,
    MAX(CASE WHEN m.position_from_end = 1 THEN m.end_ymd END) AS discharge_ymd,
    MAX(CASE WHEN m.position_from_end = 1 THEN m.service_provider END) AS discharge_provider,
    MAX(CASE WHEN m.position_from_end = 1 THEN m.disposition_code END) AS disposition_code
  FROM member m
  GROUP BY m.stay_id
),
emergency_link AS (
  SELECT l.stay_id, l.encounter_id
  FROM (
    SELECT
      s.stay_id,
      e.encounter_id,
      ROW_NUMBER() OVER (PARTITION BY s.stay_id ORDER BY e.period_start_ms DESC, e.encounter_id) AS rank
    FROM span s
    JOIN encounter e ON e.patient_id = s.patient_id AND e.class_code = 'EMER'
      AND e.period_start_ms <= s.admit_ms AND s.admit_ms <= 86400000 + CASE
        WHEN e.period_end_ms < CASE WHEN s.is_open = 1 THEN 9000000000000000 ELSE s.discharge_ms END THEN e.period_end_ms
        ELSE e.period_start_ms
      END
      AND COALESCE(e.status, 'unknown') NOT IN ('cancelled', 'planned', 'entered-in-error')
  ) l
  WHERE l.rank = 1
),
stay_procedure AS (
  SELECT DISTINCT m.stay_id, p.system, p.code
  FROM member m
  JOIN span s ON s.stay_id = m.stay_id
  JOIN procedure p ON p.encounter_id = m.encounter_id
    AND (s.is_open = 1 OR COALESCE(p.performed_start_ms, s.admit_ms) <= s.discharge_ms)
  WHERE COALESCE(p.status, 'unknown') NOT IN ('entered-in-error', 'not-done', 'preparation')
),
kind AS (
  SELECT
    k.stay_id,
    MAX(CASE WHEN k.name = 'icu_admission' THEN 1 ELSE 0 END) AS intensive_care,
    MAX(CASE WHEN k.name = 'detoxification_admission' THEN 1 ELSE 0 END) AS detoxification,
    MAX(CASE WHEN k.name = 'elective_admission' AND k.position = 1 THEN 1 ELSE 0 END) AS elective_type,
    MAX(CASE WHEN k.name = 'emergency_admission' AND k.position = 1 THEN 1 ELSE 0 END) AS emergency_type,
    MAX(CASE WHEN k.name = 'planned_always_procedure' THEN 1 ELSE 0 END) AS planned_always,
    MAX(CASE WHEN k.name = 'cancer_treatment_procedure' THEN 1 ELSE 0 END) AS cancer_treatment,
    MAX(CASE WHEN k.name = 'potentially_planned_procedure' THEN 1 ELSE 0 END) AS potentially_planned,
    MAX(CASE WHEN k.name = 'operating_room_procedure' THEN 1 ELSE 0 END) AS operation,
    MAX(CASE WHEN k.name IN ('sleep_study_procedure', 'sleep_study_reason') THEN 1 ELSE 0 END) AS sleep_study,
    MAX(CASE WHEN k.name = 'acute_diagnosis' THEN 1 ELSE 0 END) AS acute_reason,
    MAX(CASE WHEN k.name = 'neoplasm' THEN 1 ELSE 0 END) AS neoplasm_reason,
    MAX(CASE WHEN k.name = 'sterilisation_reason' THEN 1 ELSE 0 END) AS sterilisation
  FROM (
    SELECT m.stay_id, v.name, m.position
    FROM member m
    JOIN value_set v ON v.code = m.type_code
      AND v.name IN ('icu_admission', 'detoxification_admission', 'elective_admission', 'emergency_admission')
    UNION ALL
    SELECT r.stay_id, v.name, 1
    FROM reason r
    JOIN value_set v ON v.code = r.reason_code
      AND v.name IN ('acute_diagnosis', 'neoplasm', 'sleep_study_reason', 'sterilisation_reason')
    UNION ALL
    SELECT p.stay_id, v.name, 1
    FROM stay_procedure p
    JOIN value_set v ON v.code = p.code AND v.system = p.system
      AND v.name IN ('planned_always_procedure', 'cancer_treatment_procedure', 'potentially_planned_procedure', 'operating_room_procedure', 'sleep_study_procedure')
  ) k
  GROUP BY k.stay_id
),
described AS (
  SELECT
    s.stay_id, s.patient_id, s.discharge_encounter_id, s.encounters, s.providers, s.end_before_start, s.is_open, s.admit_ms, s.admit_ymd,
    s.discharge_provider, s.admit_type_code, s.disposition_code,
    CASE WHEN s.is_open = 1 THEN NULL ELSE s.discharge_ms END AS discharge_ms,
    CASE WHEN s.is_open = 1 THEN NULL ELSE s.discharge_ymd END AS discharge_ymd,
    r.reason_code,
    r.reason_display,
    l.encounter_id AS emergency_encounter_id,
    COALESCE(k.intensive_care, 0) AS intensive_care,
    COALESCE(k.detoxification, 0) AS detoxification,
    COALESCE(k.elective_type, 0) AS elective_type,
    COALESCE(k.emergency_type, 0) AS emergency_type,
    COALESCE(k.planned_always, 0) AS planned_always,
    COALESCE(k.potentially_planned, 0) AS potentially_planned,
    COALESCE(k.operation, 0) AS operation,
    COALESCE(k.cancer_treatment, 0) AS cancer_treatment,
    COALESCE(k.acute_reason, 0) AS acute_reason,
    COALESCE(k.neoplasm_reason, 0) AS neoplasm_reason,
    COALESCE(k.sterilisation, 0) AS sterilisation,
    COALESCE(k.sleep_study, 0) AS sleep_study
  FROM span s
  LEFT JOIN reason r ON r.stay_id = s.stay_id
  LEFT JOIN emergency_link l ON l.stay_id = s.stay_id
  LEFT JOIN kind k ON k.stay_id = s.stay_id
)
SELECT
  x.stay_id, x.patient_id, x.discharge_encounter_id, x.encounters, x.providers, x.end_before_start, x.is_open, x.admit_ms, x.admit_ymd,
  x.discharge_ms, x.discharge_ymd, x.discharge_provider, x.admit_type_code, x.disposition_code, x.reason_code, x.reason_display,
  x.emergency_encounter_id, x.intensive_care, x.detoxification, x.sleep_study, x.sterilisation, x.neoplasm_reason, x.operation,
  CASE
    WHEN x.cancer_treatment = 1 AND x.operation = 0 THEN 1
    WHEN x.neoplasm_reason = 1 AND x.operation = 0 THEN 1
    ELSE 0
  END AS medical_cancer_treatment,
  CASE
    WHEN x.emergency_encounter_id IS NOT NULL THEN 'emergency-encounter'
    WHEN x.emergency_type = 1 THEN 'admission-type'
    WHEN x.acute_reason = 1 THEN 'acute-reason'
    WHEN x.elective_type = 1 OR x.detoxification = 1 THEN NULL
    ELSE 'not-elective-type'
  END AS acute_source,
  CASE
    WHEN x.planned_always = 1 THEN 'always-planned-procedure'
    WHEN x.cancer_treatment = 1 AND x.neoplasm_reason = 1 THEN 'cancer-treatment'
    WHEN x.potentially_planned = 1 AND x.acute_reason = 0 THEN 'potentially-planned-procedure'
    WHEN d.planned_by_type = 1 AND x.emergency_encounter_id IS NULL
      AND (x.elective_type = 1 OR x.detoxification = 1 OR x.sterilisation = 1) THEN 'elective-by-type'
    ELSE NULL
  END AS planned_rule
FROM described x
CROSS JOIN cohort_definition d
