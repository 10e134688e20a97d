-- Evidence of the index stay: its encounters, and the emergency encounter that led to it.
-- In    known_encounter, index_discharge, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, e.encounter_id AS resource_id, e.start_ms AS at_ms
FROM asked a
CROSS JOIN known_encounter e
JOIN index_discharge i ON i.index_id = e.index_id
WHERE (e.in_stay = 1 AND a.feature <> 'admitted_through_emergency')
  OR (e.encounter_id = i.emergency_encounter_id AND a.feature IN ('admitted_through_emergency', 'acute_admission'))
