-- Evidence of demographic features: the patient.
-- In    known_patient, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, p.patient_id AS resource_id, 0 AS at_ms
FROM asked a
CROSS JOIN known_patient p
