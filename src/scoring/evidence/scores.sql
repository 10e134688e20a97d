-- Evidence of the published scores: the encounters of the stay; their items are features with evidence of their own.
-- In    known_encounter, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, e.encounter_id AS resource_id, e.start_ms AS at_ms
FROM asked a
CROSS JOIN known_encounter e
WHERE e.in_stay = 1
