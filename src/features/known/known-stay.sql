-- Earlier stays of the patient: ended before the index admission.
-- In    index_discharge, stay
-- Out   index_id, stay_id, admit_ms, discharge_ms, reason_code, planned_rule, discharge_encounter_id
-- Mask  nothing: a stay that ended before the index admission is made of encounters that were all over by then
SELECT i.index_id, s.stay_id, s.discharge_encounter_id, s.admit_ms, s.discharge_ms, s.reason_code, s.planned_rule
FROM index_discharge i
JOIN stay s ON s.patient_id = i.patient_id AND s.stay_id <> i.stay_id AND s.discharge_ms <= i.admit_ms
