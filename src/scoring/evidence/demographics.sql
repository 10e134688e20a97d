-- Evidence of demographic features: the patient.
-- In    known_patient; $1 the features asked about
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, p.patient_id AS resource_id, 0 AS at_ms
FROM (SELECT unnest(CAST($1 AS VARCHAR[])) AS feature) a
CROSS JOIN known_patient p
