-- Evidence of laboratory values and vital signs: the observation the last value was read from.
-- In    last_value, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, l.observation_id AS resource_id, l.effective_ms AS at_ms
FROM asked a
JOIN last_value l ON a.feature = CASE WHEN l.analyte = 'smoking_status' THEN 'smoker' ELSE 'last_' || l.analyte END
