-- Evidence of medications: the orders that were counted.
-- In    known_medication_request, index_discharge, value_set, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
-- Time  windows end at the prediction time: 90 days are 7776000000 ms, 365 are 31536000000
SELECT a.feature, r.medication_request_id AS resource_id, r.authored_ms AS at_ms
FROM asked a
CROSS JOIN known_medication_request r
JOIN index_discharge i ON i.index_id = r.index_id
LEFT JOIN value_set v ON v.name = a.feature AND v.code = r.code AND v.system = r.system
WHERE (a.feature = 'distinct_drugs_365d' AND r.authored_ms >= i.as_of_ms - 31536000000)
  OR (a.feature = 'distinct_drugs_90d' AND r.authored_ms >= i.as_of_ms - 7776000000)
  OR (v.code IS NOT NULL AND r.authored_ms >= i.as_of_ms - 7776000000)
  OR (
    a.feature = 'new_drugs_in_stay' AND r.authored_ms >= i.admit_ms
    AND NOT EXISTS (SELECT 1 FROM known_medication_request o WHERE o.code = r.code AND o.authored_ms < i.admit_ms)
  )
