-- Evidence of comorbidity: the active conditions of a category, of all weighted categories, or all of them.
-- In    known_condition, value_set, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, c.condition_id AS resource_id, c.recorded_ms AS at_ms
FROM asked a
CROSS JOIN known_condition c
LEFT JOIN value_set v ON v.code = c.code AND v.system = c.system AND (v.name LIKE 'charlson_%' OR v.name LIKE 'elixhauser_%')
WHERE c.active = 1 AND (
  a.feature = 'active_conditions'
  OR v.name = a.feature
  OR (a.feature = 'charlson_index' AND v.name LIKE 'charlson_%')
  OR (a.feature = 'elixhauser_index' AND v.name LIKE 'elixhauser_%')
)
