-- Evidence of procedures: those of the index stay that were counted.
-- In    known_procedure, value_set, asked (the features asked about)
-- Out   feature, resource_id (Type/id), at_ms
SELECT a.feature, p.procedure_id AS resource_id, p.performed_ms AS at_ms
FROM asked a
CROSS JOIN known_procedure p
LEFT JOIN value_set v ON v.code = p.code AND v.system = p.system AND v.name = CASE a.feature
    WHEN 'stay_procedures' THEN 'administrative_procedure'
    WHEN 'stay_operation' THEN 'operating_room_procedure'
    ELSE REPLACE(a.feature, 'stay_', '') || '_procedure'
  END
WHERE p.in_stay = 1 AND (
  (a.feature = 'stay_procedures' AND v.code IS NULL)
  OR (a.feature <> 'stay_procedures' AND v.code IS NOT NULL)
)
