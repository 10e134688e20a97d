-- Discharges: every stay, and the first rule that keeps it from being an index discharge.
-- In    stay, patient, cohort_definition
-- Out   one row per stay: discharge_id (the encounter the patient is discharged from), exclusion (NULL for an index discharge), age, day
--       numbers, as_of_ms (the prediction time)
-- Time  day numbers are calendar days since 1970-01-01 as written in the record; age in whole years at admission
-- Choice  rules are tried in the order below, so each stay is counted once; a partial birth date counts from the middle of its year or month
-- Choice  death up to 12 h after the end of the stay is death in the stay (records end a stay before the death is entered), and so is
--         the disposition "expired"; a death known by its day counts from the start of the day, one known by month or year from its end
-- Choice  look-back: the record must be complete for lookback_ms before admission. It is complete from the date searched, and where the
--         source keeps only the last years of each patient, from that long before the earlier of death and the end of the records
-- Choice  who is known to be dead, but not since when, may have died in the stay or after it: no index discharge
-- Choice  a stay that starts or ends on no known day has no days to count and is left out
-- Source  CMS Hospital-Wide Readmission measure, index admissions
WITH person AS (
  SELECT
    p.patient_id,
    CASE WHEN p.deceased_flag AND p.deceased_ms IS NULL THEN 1 ELSE 0 END AS death_undated,
    CASE WHEN p.deceased_precision < 3 THEN p.deceased_latest_ms ELSE p.deceased_ms END AS deceased_ms,
    CASE
      WHEN p.birth_date_precision = 1 THEN p.birth_date_ymd + 701
      WHEN p.birth_date_precision = 2 THEN p.birth_date_ymd + 15
      ELSE p.birth_date_ymd
    END AS birth_ymd,
    GREATEST(
      COALESCE(d.covered_from_ms, -9000000000000000),
      COALESCE(LEAST(COALESCE(p.deceased_ms, d.recorded_until_ms), d.recorded_until_ms) - d.history_ms, -9000000000000000)
    ) AS complete_from_ms
  FROM patient p
  CROSS JOIN cohort_definition d
),
observed AS (
  SELECT
    s.stay_id, s.patient_id, s.discharge_encounter_id, s.encounters, s.providers, s.admit_ms, s.admit_ymd, s.discharge_ms, s.discharge_ymd,
    s.discharge_provider, s.is_open, s.end_before_start, s.sleep_study, s.detoxification, s.medical_cancer_treatment, s.disposition_code, s.reason_code,
    s.reason_display, s.emergency_encounter_id, s.acute_source, s.planned_rule, s.intensive_care, s.operation,
    p.patient_id AS known_patient_id,
    p.birth_ymd,
    p.deceased_ms,
    p.death_undated,
    p.complete_from_ms,
    CAST(FLOOR((s.admit_ymd - p.birth_ymd) / 1e4) AS INTEGER) AS age_years,
    ymd_day(s.admit_ymd) AS admit_day,
    ymd_day(s.discharge_ymd) AS discharge_day
  FROM stay s
  LEFT JOIN person p ON p.patient_id = s.patient_id
)
SELECT
  o.discharge_encounter_id AS discharge_id,
  o.stay_id, o.patient_id, o.encounters, o.providers, o.admit_ms, o.admit_ymd, o.admit_day, o.discharge_ms, o.discharge_ymd, o.discharge_day,
  o.discharge_provider, o.age_years, o.reason_code, o.reason_display, o.emergency_encounter_id, o.acute_source, o.planned_rule, o.intensive_care,
  o.operation, o.disposition_code,
  o.discharge_ms AS as_of_ms,
  CASE
    WHEN o.is_open = 1 THEN 'open-stay'
    WHEN o.end_before_start = 1 THEN 'end-before-start'
    WHEN o.admit_day IS NULL OR o.discharge_day IS NULL THEN 'partial-date'
    WHEN o.known_patient_id IS NULL THEN 'unknown-patient'
    WHEN o.birth_ymd IS NULL THEN 'unknown-birth-date'
    WHEN o.death_undated = 1 THEN 'undated-death'
    WHEN o.age_years > 120 OR o.admit_ymd < o.birth_ymd THEN 'implausible-age'
    WHEN o.age_years < d.minimum_age THEN 'under-minimum-age'
    WHEN o.admit_ms - d.lookback_ms < o.complete_from_ms THEN 'look-back'
    WHEN d.exclude_sleep_study = 1 AND o.sleep_study = 1 THEN 'sleep-study'
    WHEN o.deceased_ms <= o.discharge_ms + 43200000 OR o.disposition_code IN ('20', 'exp') THEN 'died-in-stay'
    WHEN d.exclude_against_advice = 1 AND o.disposition_code IN ('07', '7', 'aadvice') THEN 'against-advice'
    WHEN d.exclude_transfer_out = 1 AND o.disposition_code IN ('02', '2') THEN 'transferred-out'
    WHEN d.exclude_detoxification = 1 AND o.detoxification = 1 THEN 'detoxification'
    WHEN d.exclude_cancer_treatment = 1 AND o.medical_cancer_treatment = 1 THEN 'cancer-treatment'
    WHEN o.discharge_day + d.horizon_days > d.run_out_day THEN 'run-out'
    ELSE NULL
  END AS exclusion
FROM observed o
CROSS JOIN cohort_definition d
