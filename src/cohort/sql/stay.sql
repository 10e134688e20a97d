-- Stays: one uninterrupted time in acute inpatient care, however many encounters recorded it.
-- In    stay_encounter, acute_encounter, encounter, procedure, value_set, site_rule, cohort_definition
-- Out   one row per stay: first start, last end, first reason as principal, who discharged, how it began (acute_source), whether it was
--       planned and by which rule; every *_code is the code that made the flag, NULL where the flag is not set
-- Time  admit_ms, discharge_ms milliseconds since 1970 UTC; discharge_ms NULL while an encounter of the stay is open
-- Choice  emergency link: an emergency encounter that began at or before the admission and ended at most emergency_link_ms before it; one
--         whose end is not known by the discharge counts as ended when it began
-- Choice  a procedure belongs to the stay when it was done on the patient of the stay, in an encounter of it, and not after its end
-- Choice  acute_source is known at the discharge: a reason that is only found as a coded diagnosis counts in it where site_rule says that
--         diagnoses of the stay are known by then; planned_rule looks back on the stay and reads every reason
-- Choice  acute reason or arranged admission: an acute disease is acute and unplanned, whatever department took the patient. A chronic disease
--         that stands on the acute list for its exacerbations (COPD, asthma) is not, where the admission type says arranged: emphysema in
--         thoracic surgery is an operation
-- Source  acute_source: DEFINITIONS of LACE item A; planned: CMS planned readmission algorithm v4, rules 1 to 3, on SNOMED CT, ICD-10-CM and
--         ICD-10-PCS; rules
--         "elective-by-type", "detoxification-programme" and "sterilisation" are not CMS and have a switch of their own
WITH member AS (
  SELECT
    m.stay_id, m.position, m.position_from_end, m.joined_by, a.encounter_id, a.patient_id, a.type_code, a.reason_system, a.reason_code,
    a.reason_display, a.reason_source, a.service_provider, a.disposition_code, a.disposition, a.admit_source, a.admit_priority, a.start_ms, a.start_ymd, a.end_ms, a.end_ymd, a.end_before_start
  FROM stay_encounter m
  JOIN acute_encounter a ON a.encounter_id = m.encounter_id
),
reason AS (
  SELECT
    r.stay_id, r.reason_system, r.reason_code, r.reason_display,
    CASE WHEN r.reason_source = 'reason' OR b.index_diagnoses_known = 1 THEN 1 ELSE 0 END AS is_known
  FROM (
    SELECT m.stay_id, m.reason_system, m.reason_code, m.reason_display, m.reason_source, ROW_NUMBER() OVER (PARTITION BY m.stay_id ORDER BY m.position) AS rank
    FROM member m
    WHERE m.reason_code IS NOT NULL
  ) r
  CROSS JOIN site_rule b
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
    MAX(CASE WHEN m.position = 1 THEN m.admit_source END) AS admit_source,
    MAX(CASE WHEN m.position = 1 THEN m.admit_priority END) AS admit_priority,
    MAX(CASE WHEN m.position_from_end = 1 THEN m.disposition END) AS disposition,
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
    CROSS JOIN cohort_definition d
    JOIN encounter e ON e.patient_id = s.patient_id AND e.kind = 'emergency'
      AND e.period_start_ms <= s.admit_ms AND s.admit_ms <= d.emergency_link_ms + CASE
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
  JOIN procedure p ON p.encounter_id = m.encounter_id AND p.patient_id = m.patient_id
    AND (s.is_open = 1 OR COALESCE(p.performed_start_ms, s.admit_ms) <= s.discharge_ms)
  WHERE COALESCE(p.status, 'unknown') NOT IN ('entered-in-error', 'not-done', 'preparation')
),
fact AS (
  SELECT m.stay_id, v.name, v.code, m.position, 1 AS is_known
  FROM member m
  JOIN value_set v ON v.code = m.type_code
    AND v.name IN (
      'icu_admission', 'detoxification_admission', 'elective_admission', 'emergency_admission', 'rehabilitation_admission', 'psychiatric_admission'
    )
  UNION ALL
  SELECT r.stay_id, v.name, v.code, 1, r.is_known
  FROM reason r
  JOIN value_set v ON v.code = r.reason_code AND v.system = r.reason_system
    AND v.name IN (
      'acute_diagnosis', 'chronic_on_acute_list', 'neoplasm', 'cancer_treatment_reason', 'sleep_study_reason', 'sterilisation_reason',
      'rehabilitation_reason', 'psychiatric_reason'
    )
  UNION ALL
  SELECT p.stay_id, v.name, v.code, 1, 1
  FROM stay_procedure p
  JOIN value_set v ON v.code = p.code AND v.system = p.system
    AND v.name IN (
      'planned_always_procedure', 'cancer_treatment_procedure', 'potentially_planned_procedure', 'potentially_planned_operation',
      'operating_room_procedure', 'sleep_study_procedure'
    )
),
kind AS (
  SELECT
    k.stay_id,
    MIN(CASE WHEN k.name = 'icu_admission' THEN k.code END) AS intensive_care_code,
    MIN(CASE WHEN k.name = 'detoxification_admission' THEN k.code END) AS detoxification_code,
    MIN(CASE WHEN k.name = 'elective_admission' AND k.position = 1 THEN k.code END) AS elective_code,
    MIN(CASE WHEN k.name = 'emergency_admission' AND k.position = 1 THEN k.code END) AS emergency_code,
    MIN(CASE WHEN k.name IN ('rehabilitation_admission', 'rehabilitation_reason') AND k.position = 1 THEN k.code END) AS rehabilitation_code,
    MIN(CASE WHEN k.name IN ('psychiatric_admission', 'psychiatric_reason') AND k.position = 1 THEN k.code END) AS psychiatric_code,
    MIN(CASE WHEN k.name = 'planned_always_procedure' THEN k.code END) AS planned_always_code,
    MIN(CASE WHEN k.name = 'cancer_treatment_procedure' THEN k.code END) AS cancer_treatment_code,
    MIN(CASE WHEN k.name IN ('potentially_planned_procedure', 'potentially_planned_operation') THEN k.code END) AS potentially_planned_code,
    MIN(CASE WHEN k.name IN ('operating_room_procedure', 'potentially_planned_operation') THEN k.code END) AS operation_code,
    MIN(CASE WHEN k.name IN ('sleep_study_procedure', 'sleep_study_reason') THEN k.code END) AS sleep_study_code,
    MIN(CASE WHEN k.name = 'acute_diagnosis' THEN k.code END) AS acute_reason_code,
    MIN(CASE WHEN k.name = 'acute_diagnosis' AND k.is_known = 1 THEN k.code END) AS known_acute_code,
    MIN(CASE WHEN k.name = 'chronic_on_acute_list' THEN k.code END) AS chronic_reason_code,
    MIN(CASE WHEN k.name = 'neoplasm' THEN k.code END) AS neoplasm_code,
    MIN(CASE WHEN k.name = 'cancer_treatment_reason' THEN k.code END) AS cancer_treatment_reason_code,
    MIN(CASE WHEN k.name = 'sterilisation_reason' THEN k.code END) AS sterilisation_code
  FROM fact k
  GROUP BY k.stay_id
),
described AS (
  SELECT
    s.stay_id, s.patient_id, s.discharge_encounter_id, s.encounters, s.providers, s.end_before_start, s.is_open, s.admit_ms, s.admit_ymd,
    s.discharge_provider, s.admit_type_code, s.admit_source, s.admit_priority, s.disposition_code, s.disposition,
    CASE WHEN s.is_open = 1 THEN NULL ELSE s.discharge_ms END AS discharge_ms,
    CASE WHEN s.is_open = 1 THEN NULL ELSE s.discharge_ymd END AS discharge_ymd,
    r.reason_system,
    r.reason_code,
    r.reason_display,
    l.encounter_id AS emergency_encounter_id,
    k.intensive_care_code, k.detoxification_code, k.elective_code, k.rehabilitation_code, k.psychiatric_code, k.planned_always_code,
    k.cancer_treatment_code, k.potentially_planned_code, k.operation_code, k.sleep_study_code, k.acute_reason_code, k.known_acute_code,
    k.neoplasm_code, k.cancer_treatment_reason_code, k.sterilisation_code,
    CASE WHEN k.chronic_reason_code IS NULL THEN k.acute_reason_code END AS acute_disease_code,
    CASE WHEN k.elective_code IS NOT NULL OR k.detoxification_code IS NOT NULL OR s.admit_priority = 'elective' THEN 1 ELSE 0 END AS arranged,
    CASE
      WHEN l.encounter_id IS NOT NULL THEN 'emergency-encounter'
      WHEN k.emergency_code IS NOT NULL THEN 'admission-type'
      WHEN s.admit_priority IN ('emergency', 'urgent') THEN 'admission-priority'
      WHEN s.admit_source = 'emergency' THEN 'admit-source'
    END AS urgent_by
  FROM span s
  LEFT JOIN reason r ON r.stay_id = s.stay_id
  LEFT JOIN emergency_link l ON l.stay_id = s.stay_id
  LEFT JOIN kind k ON k.stay_id = s.stay_id
),
planned AS (
  SELECT
    x.stay_id,
    CASE
      WHEN x.planned_always_code IS NOT NULL THEN 'always-planned-procedure'
      WHEN x.cancer_treatment_reason_code IS NOT NULL THEN 'cancer-treatment'
      WHEN x.cancer_treatment_code IS NOT NULL AND x.neoplasm_code IS NOT NULL THEN 'cancer-treatment'
      WHEN x.rehabilitation_code IS NOT NULL THEN 'rehabilitation'
      WHEN x.potentially_planned_code IS NOT NULL AND x.acute_reason_code IS NULL THEN 'potentially-planned-procedure'
      WHEN d.planned_by_type = 0 OR x.urgent_by IS NOT NULL OR x.acute_disease_code IS NOT NULL THEN NULL
      WHEN x.elective_code IS NOT NULL THEN 'elective-by-type'
      WHEN x.admit_priority = 'elective' THEN 'elective-by-priority'
      WHEN x.detoxification_code IS NOT NULL THEN 'detoxification-programme'
      WHEN x.sterilisation_code IS NOT NULL THEN 'sterilisation'
      ELSE NULL
    END AS planned_rule
  FROM described x
  CROSS JOIN cohort_definition d
)
SELECT
  x.stay_id, x.patient_id, x.discharge_encounter_id, x.encounters, x.providers, x.end_before_start, x.is_open, x.admit_ms, x.admit_ymd,
  x.discharge_ms, x.discharge_ymd, x.discharge_provider, x.admit_type_code, x.disposition_code, x.disposition,
  x.reason_system, x.reason_code, x.reason_display, x.emergency_encounter_id, x.detoxification_code, x.rehabilitation_code, x.psychiatric_code, x.sleep_study_code, x.operation_code,
  CASE
    WHEN x.urgent_by IS NOT NULL THEN x.urgent_by
    WHEN x.known_acute_code IS NOT NULL AND (x.acute_disease_code IS NOT NULL OR x.arranged = 0) THEN 'acute-reason'
    WHEN x.arranged = 1 THEN NULL
    ELSE 'not-elective-type'
  END AS acute_source,
  CASE WHEN x.intensive_care_code IS NULL THEN 0 ELSE 1 END AS intensive_care,
  CASE WHEN x.operation_code IS NULL THEN COALESCE(x.cancer_treatment_code, x.neoplasm_code) END AS cancer_care_code,
  p.planned_rule,
  CASE p.planned_rule
    WHEN 'always-planned-procedure' THEN x.planned_always_code
    WHEN 'cancer-treatment' THEN COALESCE(x.cancer_treatment_reason_code, x.cancer_treatment_code)
    WHEN 'rehabilitation' THEN x.rehabilitation_code
    WHEN 'potentially-planned-procedure' THEN x.potentially_planned_code
    WHEN 'elective-by-type' THEN x.elective_code
    WHEN 'elective-by-priority' THEN x.admit_priority
    WHEN 'detoxification-programme' THEN x.detoxification_code
    WHEN 'sterilisation' THEN x.sterilisation_code
  END AS planned_code
FROM described x
JOIN planned p ON p.stay_id = x.stay_id
