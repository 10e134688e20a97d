-- Discharges: every stay, and the first rule that keeps it from being an index discharge.
-- In    stay, patient, record_start, cohort_definition
-- Out   one row per stay: discharge_id (the encounter the patient is discharged from), exclusion (NULL for an index discharge), exclusion_code
--       (the code that made the rule fire), fits_* (1 where a rule with a switch fits, on or off), age, day numbers, as_of_ms (the prediction time)
-- Time  day numbers are calendar days since 1970-01-01 as written in the record; age in whole years at admission
-- Choice  rules are tried in the order below, so each stay is counted once; a partial birth date counts from the middle of its year or month
-- Choice  death up to 12 h after the end of the stay is death in the stay (records end a stay before the death is entered), and so is
--         the disposition "expired"; a death known by its day counts from the start of the day, one known by month or year from its end
-- Choice  look-back: the record must be complete for lookback_ms before admission. It is complete from the date searched, and where the
--         source keeps only the last years of each patient, from that long before the earlier of death and the end of the records, or
--         from the instant told of the patient (record_start)
-- Choice  who is known to be dead, but not since when, may have died in the stay or after it: no index discharge
-- Choice  a stay that starts or ends on no known day has no days to count and is left out
-- Choice  a day case is admitted and discharged on one calendar day
-- Source  CMS Hospital-Wide Readmission measure, index admissions; rules.json says which rule is whose
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
      COALESCE(
        t.complete_from_ms,
        LEAST(COALESCE(p.deceased_ms, d.recorded_until_ms), d.recorded_until_ms) - d.history_ms,
        -9000000000000000
      )
    ) AS complete_from_ms
  FROM patient p
  CROSS JOIN cohort_definition d
  LEFT JOIN record_start t ON t.patient_id = p.patient_id
),
observed AS (
  SELECT
    s.stay_id, s.patient_id, s.discharge_encounter_id, s.encounters, s.providers, s.admit_ms, s.admit_ymd, s.discharge_ms, s.discharge_ymd,
    s.discharge_provider, s.is_open, s.end_before_start, s.sleep_study_code, s.detoxification_code, s.cancer_care_code, s.rehabilitation_code,
    s.psychiatric_code, s.disposition_code, s.reason_code, s.reason_display, s.emergency_encounter_id, s.acute_source, s.planned_rule, s.planned_code,
    s.intensive_care, s.operation_code,
    p.patient_id AS known_patient_id,
    p.birth_ymd,
    p.death_undated,
    CAST(FLOOR((s.admit_ymd - p.birth_ymd) / 1e4) AS INTEGER) AS age_years,
    ymd_day(s.admit_ymd) AS admit_day,
    ymd_day(s.discharge_ymd) AS discharge_day,
    CASE WHEN s.admit_ms - d.lookback_ms < p.complete_from_ms THEN 1 ELSE 0 END AS fits_look_back,
    CASE WHEN s.sleep_study_code IS NULL THEN 0 ELSE 1 END AS fits_sleep_study,
    CASE WHEN p.deceased_ms <= s.discharge_ms + 43200000 OR s.disposition = 'expired' THEN 1 ELSE 0 END AS fits_died_in_stay,
    CASE WHEN s.disposition = 'against-advice' THEN 1 ELSE 0 END AS fits_against_advice,
    CASE WHEN s.disposition = 'acute-transfer' THEN 1 ELSE 0 END AS fits_transferred_out,
    CASE WHEN s.rehabilitation_code IS NULL THEN 0 ELSE 1 END AS fits_rehabilitation,
    CASE WHEN s.psychiatric_code IS NULL THEN 0 ELSE 1 END AS fits_psychiatric,
    CASE WHEN s.detoxification_code IS NULL THEN 0 ELSE 1 END AS fits_detoxification,
    CASE WHEN s.cancer_care_code IS NULL THEN 0 ELSE 1 END AS fits_cancer_treatment,
    CASE WHEN s.admit_ymd = s.discharge_ymd THEN 1 ELSE 0 END AS fits_day_case
  FROM stay s
  CROSS JOIN cohort_definition d
  LEFT JOIN person p ON p.patient_id = s.patient_id
),
judged AS (
  SELECT
    o.stay_id,
    CASE
      WHEN o.is_open = 1 THEN 'open-stay'
      WHEN o.end_before_start = 1 THEN 'end-before-start'
      WHEN o.admit_day IS NULL OR o.discharge_day IS NULL THEN 'partial-date'
      WHEN o.known_patient_id IS NULL THEN 'unknown-patient'
      WHEN o.birth_ymd IS NULL THEN 'unknown-birth-date'
      WHEN o.death_undated = 1 THEN 'undated-death'
      WHEN o.age_years > 120 OR o.admit_ymd < o.birth_ymd THEN 'implausible-age'
      WHEN o.age_years < d.minimum_age THEN 'under-minimum-age'
      WHEN d.exclude_look_back = 1 AND o.fits_look_back = 1 THEN 'look-back'
      WHEN d.exclude_sleep_study = 1 AND o.fits_sleep_study = 1 THEN 'sleep-study'
      WHEN d.exclude_died_in_stay = 1 AND o.fits_died_in_stay = 1 THEN 'died-in-stay'
      WHEN d.exclude_against_advice = 1 AND o.fits_against_advice = 1 THEN 'against-advice'
      WHEN d.exclude_transfer_out = 1 AND o.fits_transferred_out = 1 THEN 'transferred-out'
      WHEN d.exclude_rehabilitation = 1 AND o.fits_rehabilitation = 1 THEN 'rehabilitation'
      WHEN d.exclude_psychiatric = 1 AND o.fits_psychiatric = 1 THEN 'psychiatric'
      WHEN d.exclude_detoxification = 1 AND o.fits_detoxification = 1 THEN 'detoxification'
      WHEN d.exclude_cancer_treatment = 1 AND o.fits_cancer_treatment = 1 THEN 'cancer-treatment'
      WHEN d.exclude_day_case = 1 AND o.fits_day_case = 1 THEN 'day-case'
      WHEN d.horizon_elapsed = 0 AND o.discharge_day + d.horizon_days > d.run_out_day THEN 'run-out'
      WHEN d.horizon_elapsed = 1 AND o.discharge_ms + d.horizon_ms > d.run_out_ms THEN 'run-out'
      ELSE NULL
    END AS exclusion
  FROM observed o
  CROSS JOIN cohort_definition d
)
SELECT
  o.discharge_encounter_id AS discharge_id,
  o.stay_id, o.patient_id, o.encounters, o.providers, o.admit_ms, o.admit_ymd, o.admit_day, o.discharge_ms, o.discharge_ymd, o.discharge_day,
  o.discharge_provider, o.age_years, o.reason_code, o.reason_display, o.emergency_encounter_id, o.acute_source, o.planned_rule, o.planned_code,
  o.intensive_care, o.operation_code, o.disposition_code,
  o.fits_look_back, o.fits_sleep_study, o.fits_died_in_stay, o.fits_against_advice, o.fits_transferred_out, o.fits_rehabilitation,
  o.fits_psychiatric, o.fits_detoxification, o.fits_cancer_treatment, o.fits_day_case,
  o.discharge_ms AS as_of_ms,
  j.exclusion,
  CASE j.exclusion
    WHEN 'sleep-study' THEN o.sleep_study_code
    WHEN 'against-advice' THEN o.disposition_code
    WHEN 'transferred-out' THEN o.disposition_code
    WHEN 'rehabilitation' THEN o.rehabilitation_code
    WHEN 'psychiatric' THEN o.psychiatric_code
    WHEN 'detoxification' THEN o.detoxification_code
    WHEN 'cancer-treatment' THEN o.cancer_care_code
  END AS exclusion_code
FROM observed o
JOIN judged j ON j.stay_id = o.stay_id
