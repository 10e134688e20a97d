-- Index discharges: the discharges a risk is asked for.
-- In    discharge
-- Out   one row per index discharge: index_id (the encounter the patient is discharged from), patient, stay, admission, discharge, as_of_ms
-- Time  as_of_ms is the prediction time: nothing recorded after it is known
SELECT
  d.discharge_id AS index_id,
  d.patient_id, d.stay_id, d.encounters, d.providers, d.admit_ms, d.admit_ymd, d.admit_day, d.discharge_ms, d.discharge_ymd, d.discharge_day,
  d.discharge_provider, d.age_years, d.reason_code, d.reason_display, d.emergency_encounter_id, d.acute_source, d.intensive_care, d.as_of_ms
FROM discharge d
WHERE d.exclusion IS NULL
