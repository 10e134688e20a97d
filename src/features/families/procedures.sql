-- Procedures of the index stay.
-- In    index_discharge, known_procedure, value_set
-- Out   one row per index discharge: index_id, stay_procedures (distinct codes), flags for operation, ventilation, dialysis, transfusion
-- Choice  assessments, education, regimes, imaging and laboratory orders are not procedures in this sense (HOSPITAL item P)
WITH performed AS (
  SELECT DISTINCT p.index_id, p.code, p.system
  FROM known_procedure p
  WHERE p.in_stay = 1
    AND NOT EXISTS (SELECT 1 FROM value_set a WHERE a.name = 'administrative_procedure' AND a.code = p.code AND a.system = p.system)
)
SELECT
  i.index_id,
  COUNT(DISTINCT p.code) AS stay_procedures,
  MAX(CASE WHEN v.name = 'operating_room_procedure' THEN 1 ELSE 0 END) AS stay_operation,
  MAX(CASE WHEN v.name = 'ventilation_procedure' THEN 1 ELSE 0 END) AS stay_ventilation,
  MAX(CASE WHEN v.name = 'dialysis_procedure' THEN 1 ELSE 0 END) AS stay_dialysis,
  MAX(CASE WHEN v.name = 'transfusion_procedure' THEN 1 ELSE 0 END) AS stay_transfusion
FROM index_discharge i
LEFT JOIN performed p ON p.index_id = i.index_id
LEFT JOIN value_set v ON v.code = p.code AND v.system = p.system
  AND v.name IN ('operating_room_procedure', 'ventilation_procedure', 'dialysis_procedure', 'transfusion_procedure')
GROUP BY i.index_id
