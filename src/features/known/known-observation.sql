-- Laboratory values and vital signs known at the prediction time, in the catalogue's units.
-- In    index_discharge, observation, encounter, value_set, unit_conversion
-- Out   index_id, observation_id, analyte, value (NULL for the coded answer on smoking), value_code, effective_ms, hospital (1 from an
--       inpatient or emergency encounter, or from none)
-- Time  known from issued, else from effective; both at their latest instant
-- Choice  an unknown unit, a value outside the believed range or with a comparator gives no row, never a wrong number; nor does a code
--         where a number is expected ("specimen rejected"), so that it hides no earlier value
-- Choice  preliminary and corrected results count alike; cancelled and entered-in-error do not
SELECT
  i.index_id,
  o.observation_id,
  SUBSTR(v.name, 13) AS analyte,
  (o.value * u.factor) + u.shift AS value,
  o.value_code,
  o.effective_ms,
  CASE WHEN o.encounter_id IS NULL OR e.kind IN ('inpatient', 'nursing', 'emergency', 'observation') THEN 1 ELSE 0 END AS hospital
FROM index_discharge i
JOIN observation o ON o.patient_id = i.patient_id AND o.effective_latest_ms <= i.as_of_ms
  AND COALESCE(o.issued_latest_ms, o.effective_latest_ms) <= i.as_of_ms
JOIN value_set v ON v.code = o.code AND v.system = o.system AND v.name LIKE 'observation_%'
LEFT JOIN unit_conversion u ON u.analyte = SUBSTR(v.name, 13) AND u.written_unit = o.unit
LEFT JOIN encounter e ON e.encounter_id = o.encounter_id
WHERE COALESCE(o.status, 'final') NOT IN ('cancelled', 'entered-in-error', 'registered')
  AND (
    (o.value IS NOT NULL AND o.comparator IS NULL AND (o.value * u.factor) + u.shift BETWEEN u.low AND u.high)
    OR (v.name = 'observation_smoking_status' AND o.value IS NULL AND o.value_code IS NOT NULL)
  )
