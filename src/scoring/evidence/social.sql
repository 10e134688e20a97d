-- Evidence of social findings: the active conditions that state them.
-- In    known_condition, value_set, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, c.condition_id AS resource_id, c.recorded_ms AS at_ms
FROM asked a
JOIN value_set v ON v.name = a.feature
JOIN known_condition c ON c.code = v.code AND c.system = v.system AND c.active = 1
