-- Events known at the prediction time: encounters, and the values that were measured.
-- In    known_encounter, known_observation, index_discharge
-- Out   kind (of the encounter, or "measurement"), analyte, resource_id (Type/id), start_ms, end_ms (NULL where the end lay ahead), value in the
--       unit of the catalogue, in_stay
-- Choice  through the same doors as the features: what a feature may not see is not shown
SELECT e.kind, CAST(NULL AS VARCHAR) AS analyte, e.encounter_id AS resource_id, e.start_ms, e.end_ms, CAST(NULL AS DOUBLE) AS value, e.in_stay
FROM known_encounter e
UNION ALL
SELECT
  'measurement', o.analyte, o.observation_id, o.effective_ms, CAST(NULL AS BIGINT), o.value,
  CASE WHEN o.effective_ms >= i.admit_ms THEN 1 ELSE 0 END
FROM known_observation o
JOIN index_discharge i ON i.index_id = o.index_id
WHERE o.value IS NOT NULL
