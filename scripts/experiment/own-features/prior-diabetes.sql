-- Diabetes before the stay.
-- In    index_discharge, known_condition
-- Out   one row per index discharge: index_id, diabetes_records
SELECT i.index_id, COUNT(c.condition_id) AS diabetes_records
FROM index_discharge i
LEFT JOIN known_condition c ON c.index_id = i.index_id AND c.code = '44054006' AND c.recorded_ms < i.admit_ms
GROUP BY i.index_id
