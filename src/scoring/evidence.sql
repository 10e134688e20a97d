-- Evidence: which resources a feature's value came from.
-- In    the doors, the index discharge and its stay; $1 the features that are asked about
-- Out   feature, resource_id (Type/id), newest first, at most 20 per feature
-- Choice  a flag that is 0 and a value that is missing have no resource: the absence of a record is not a record
WITH asked AS (
  SELECT unnest(CAST($1 AS VARCHAR[])) AS feature
),
found AS (
  SELECT a.feature, p.patient_id AS resource_id, 0 AS at_ms
  FROM asked a CROSS JOIN known_patient p
  WHERE a.feature IN ('age_years', 'sex_female', 'sex_male')
  UNION ALL
  SELECT a.feature, e.encounter_id, e.start_ms
  FROM asked a CROSS JOIN known_encounter e
  WHERE e.in_stay = 1 AND (a.feature IN ('length_of_stay_days', 'stay_encounters', 'stay_transferred', 'acute_admission', 'intensive_care', 'reason_recorded') OR a.feature LIKE 'reason_%')
  UNION ALL
  SELECT a.feature, i.emergency_encounter_id, i.admit_ms
  FROM asked a CROSS JOIN index_discharge i
  WHERE a.feature IN ('admitted_through_emergency', 'acute_admission') AND i.emergency_encounter_id IS NOT NULL
  UNION ALL
  SELECT a.feature, s.discharge_encounter_id, s.admit_ms
  FROM asked a
  CROSS JOIN known_stay s
  JOIN index_discharge i ON i.index_id = s.index_id
  WHERE (a.feature IN ('prior_admissions_365d', 'prior_bed_days_365d') AND s.admit_ms >= i.admit_ms - 31536000000)
    OR (a.feature = 'prior_unplanned_admissions_365d' AND s.admit_ms >= i.admit_ms - 31536000000 AND s.planned_rule IS NULL)
    OR (a.feature = 'prior_admissions_30d' AND s.admit_ms >= i.admit_ms - 2592000000)
    OR (a.feature = 'days_since_last_discharge' AND s.discharge_ms = (SELECT MAX(l.discharge_ms) FROM known_stay l WHERE l.index_id = s.index_id))
  UNION ALL
  SELECT a.feature, e.encounter_id, e.start_ms
  FROM asked a
  CROSS JOIN known_encounter e
  JOIN index_discharge i ON i.index_id = e.index_id
  WHERE e.in_stay = 0 AND e.start_ms < i.admit_ms AND e.encounter_id <> COALESCE(i.emergency_encounter_id, '') AND (
    (a.feature = 'emergency_visits_180d' AND e.class_code = 'EMER' AND e.start_ms >= i.admit_ms - 15552000000)
    OR (a.feature = 'emergency_visits_365d' AND e.class_code = 'EMER' AND e.start_ms >= i.admit_ms - 31536000000)
    OR (a.feature = 'outpatient_visits_365d' AND e.class_code = 'AMB' AND e.start_ms >= i.admit_ms - 31536000000)
    OR (a.feature = 'home_visits_365d' AND e.class_code = 'HH' AND e.start_ms >= i.admit_ms - 31536000000)
    OR (a.feature = 'nursing_stays_365d' AND e.start_ms >= i.admit_ms - 31536000000
      AND EXISTS (SELECT 1 FROM value_set n WHERE n.name = 'nursing_admission' AND n.code = e.type_code))
  )
  UNION ALL
  SELECT a.feature, c.condition_id, c.recorded_ms
  FROM asked a
  JOIN value_set v ON v.name = a.feature
  JOIN known_condition c ON c.code = v.code AND c.system = v.system AND c.active = 1
  UNION ALL
  SELECT a.feature, c.condition_id, c.recorded_ms
  FROM asked a
  JOIN value_set v ON (a.feature = 'charlson_index' AND v.name LIKE 'charlson_%') OR (a.feature = 'elixhauser_index' AND v.name LIKE 'elixhauser_%')
  JOIN known_condition c ON c.code = v.code AND c.system = v.system AND c.active = 1
  UNION ALL
  SELECT a.feature, c.condition_id, c.recorded_ms
  FROM asked a CROSS JOIN known_condition c
  WHERE a.feature = 'active_conditions' AND c.active = 1
  UNION ALL
  SELECT a.feature, l.observation_id, l.effective_ms
  FROM asked a
  JOIN last_value l ON a.feature = 'last_' || l.analyte OR (a.feature = 'smoker' AND l.analyte = 'smoking_status')
  UNION ALL
  SELECT a.feature, r.medication_request_id, r.authored_ms
  FROM asked a
  CROSS JOIN known_medication_request r
  JOIN index_discharge i ON i.index_id = r.index_id
  WHERE (a.feature = 'distinct_drugs_365d' AND r.authored_ms >= i.as_of_ms - 31536000000)
    OR (a.feature = 'distinct_drugs_90d' AND r.authored_ms >= i.as_of_ms - 7776000000)
    OR (a.feature = 'new_drugs_in_stay' AND r.authored_ms >= i.admit_ms
      AND NOT EXISTS (SELECT 1 FROM known_medication_request o WHERE o.index_id = r.index_id AND o.code = r.code AND o.authored_ms < i.admit_ms))
    OR (r.authored_ms >= i.as_of_ms - 7776000000
      AND EXISTS (SELECT 1 FROM value_set v WHERE v.name = a.feature AND v.name LIKE 'medication_%' AND v.code = r.code AND v.system = r.system))
  UNION ALL
  SELECT a.feature, p.procedure_id, p.performed_ms
  FROM asked a
  CROSS JOIN known_procedure p
  WHERE p.in_stay = 1 AND (
    (a.feature = 'stay_procedures' AND NOT EXISTS (SELECT 1 FROM value_set x WHERE x.name = 'administrative_procedure' AND x.code = p.code AND x.system = p.system))
    OR EXISTS (
      SELECT 1 FROM value_set v
      WHERE v.code = p.code AND v.system = p.system AND (
        (a.feature = 'stay_operation' AND v.name = 'operating_room_procedure')
        OR (a.feature = 'stay_ventilation' AND v.name = 'ventilation_procedure')
        OR (a.feature = 'stay_dialysis' AND v.name = 'dialysis_procedure')
        OR (a.feature = 'stay_transfusion' AND v.name = 'transfusion_procedure')
      )
    )
  )
),
ranked AS (
  SELECT d.feature, d.resource_id, ROW_NUMBER() OVER (PARTITION BY d.feature ORDER BY d.at_ms DESC, d.resource_id) AS rank
  FROM (SELECT f.feature, f.resource_id, MAX(f.at_ms) AS at_ms FROM found f GROUP BY f.feature, f.resource_id) d
)
SELECT r.feature, r.resource_id
FROM ranked r
WHERE r.rank <= 20
ORDER BY r.feature, r.rank
