-- Stitching: which acute encounters belong to one stay.
-- In    acute_encounter, cohort_definition, value_set
-- Out   one row per acute encounter: stay_id (the stay's first encounter), its position in the stay, the rule that joined it
-- Time  order by start, end, id; the reach of a stay is the latest end so far
-- Rule  joins the stay before it when it starts at or before the stay's reach (overlap); or within stitch_gap_ms of it and is a transfer
--       (another hospital, or an encounter type that says transfer or move of ward), or returns to the same hospital with the same reason;
--       each of the last three has its switch
-- Choice  an encounter without end reaches open_encounter_ms from its start: one that nobody closed would swallow the rest of a life
-- Choice  hospital and reason are compared with the encounter just before; unknown hospitals or reasons never match
-- Source  CMS: a transfer is one admission, the outcome belongs to the last hospital; same-day same-condition returns are one stay
WITH ordered AS (
  SELECT
    a.encounter_id,
    a.patient_id,
    a.start_ms,
    a.end_ms,
    a.service_provider,
    a.reason_system,
    a.reason_code,
    CASE WHEN EXISTS (SELECT 1 FROM value_set v WHERE v.name = 'transfer_admission' AND v.code = a.type_code) THEN 1 ELSE 0 END AS says_transfer,
    LAG(a.service_provider) OVER (PARTITION BY a.patient_id ORDER BY a.start_ms, COALESCE(a.end_ms, 9000000000000000), a.encounter_id) AS previous_provider,
    LAG(a.reason_system || ' ' || a.reason_code) OVER (PARTITION BY a.patient_id ORDER BY a.start_ms, COALESCE(a.end_ms, 9000000000000000), a.encounter_id) AS previous_reason,
    MAX(COALESCE(a.end_ms, a.start_ms + d.open_encounter_ms)) OVER (
      PARTITION BY a.patient_id ORDER BY a.start_ms, COALESCE(a.end_ms, 9000000000000000), a.encounter_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reach_ms
  FROM acute_encounter a
  CROSS JOIN cohort_definition d
),
joined AS (
  SELECT
    o.encounter_id,
    o.patient_id,
    o.start_ms,
    o.end_ms,
    CASE
      WHEN o.reach_ms IS NULL THEN 'first'
      WHEN o.start_ms <= o.reach_ms THEN 'overlap'
      WHEN o.start_ms > o.reach_ms + d.stitch_gap_ms THEN 'first'
      WHEN d.stitch_any_gap = 1 THEN 'any-gap'
      WHEN d.stitch_transfer_type = 1 AND o.says_transfer = 1 THEN 'transfer-type'
      WHEN d.stitch_other_hospital = 1 AND o.service_provider <> o.previous_provider THEN 'other-hospital'
      WHEN d.stitch_same_condition = 1 AND o.service_provider = o.previous_provider AND o.reason_system || ' ' || o.reason_code = o.previous_reason THEN 'same-condition'
      ELSE 'first'
    END AS joined_by
  FROM ordered o
  CROSS JOIN cohort_definition d
),
numbered AS (
  SELECT
    j.encounter_id,
    j.patient_id,
    j.start_ms,
    j.end_ms,
    j.joined_by,
    SUM(CASE WHEN j.joined_by = 'first' THEN 1 ELSE 0 END) OVER (
      PARTITION BY j.patient_id ORDER BY j.start_ms, COALESCE(j.end_ms, 9000000000000000), j.encounter_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS stay_number
  FROM joined j
)
SELECT
  n.encounter_id,
  n.patient_id,
  FIRST_VALUE(n.encounter_id) OVER (
    PARTITION BY n.patient_id, n.stay_number ORDER BY n.start_ms, COALESCE(n.end_ms, 9000000000000000), n.encounter_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
  ) AS stay_id,
  ROW_NUMBER() OVER (
    PARTITION BY n.patient_id, n.stay_number ORDER BY n.start_ms, COALESCE(n.end_ms, 9000000000000000), n.encounter_id
  ) AS position,
  ROW_NUMBER() OVER (
    PARTITION BY n.patient_id, n.stay_number ORDER BY COALESCE(n.end_ms, 9000000000000000) DESC, n.start_ms DESC, n.encounter_id DESC
  ) AS position_from_end,
  n.joined_by
FROM numbered n
