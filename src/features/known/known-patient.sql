-- The patient as known at the prediction time.
-- In    index_discharge, patient
-- Out   one row per index discharge: index_id, patient_id, gender
-- Mask  death, marital status and address carry no date of entry and are left out; race and ethnicity are kept for subgroups, not for features
SELECT i.index_id, p.patient_id, p.gender
FROM index_discharge i
JOIN patient p ON p.patient_id = i.patient_id
