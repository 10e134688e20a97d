-- Procedures of the index stay.
-- In    index_discharge, known_procedure, value_set
-- Out   one row per index discharge: index_id, stay_procedures (distinct procedures), flags for operation, ventilation, dialysis, transfusion
-- Choice  assessments, education, regimes, imaging and laboratory orders are not procedures in this sense (HOSPITAL item P)
-- Choice  a procedure with several codings is one; it is administrative when any of them says so
WITH performed AS (
  SELECT DISTINCT p.index_id, p.procedure_id, p.code, p.system
  FROM known_procedure p
  WHERE p.in_stay = 1
    AND NOT EXISTS (
      SELECT 1
      FROM known_procedure k
      JOIN value_set a ON a.name = 'administrative_procedure' AND a.code = k.code AND a.system = k.system
      WHERE k.index_id = p.index_id AND k.procedure_id = p.procedure_id
    )
),
concept AS (
  SELECT p.index_id, COALESCE(MIN(CASE WHEN p.system = 'http://snomed.info/sct' THEN p.code END), MIN(p.code)) AS code
  FROM performed p
  GROUP BY p.index_id, p.procedure_id
),
counted AS (
  SELECT c.index_id, COUNT(DISTINCT c.code) AS procedures
  FROM concept c
  GROUP BY c.index_id
)
SELECT
  i.index_id,
  COALESCE(MAX(c.procedures), 0) AS stay_procedures,
  MAX(CASE WHEN v.name = 'operating_room_procedure' THEN 1 ELSE 0 END) AS stay_operation,
  MAX(CASE WHEN v.name = 'ventilation_procedure' THEN 1 ELSE 0 END) AS stay_ventilation,
  MAX(CASE WHEN v.name = 'dialysis_procedure' THEN 1 ELSE 0 END) AS stay_dialysis,
  MAX(CASE WHEN v.name = 'transfusion_procedure' THEN 1 ELSE 0 END) AS stay_transfusion
FROM index_discharge i
LEFT JOIN counted c ON c.index_id = i.index_id
LEFT JOIN performed p ON p.index_id = i.index_id
LEFT JOIN value_set v ON v.code = p.code AND v.system = p.system
  AND v.name IN ('operating_room_procedure', 'ventilation_procedure', 'dialysis_procedure', 'transfusion_procedure')
GROUP BY i.index_id
