-- Attrition: what each step of the cohort counted, one row per step and rule that counted anything.
-- In    inpatient_encounter, stay_encounter, discharge, outcome
-- Out   step (10 inpatient encounters, 15 kept out, 20 acute encounters, 25 joined to the stay before, 30 stays, 40 excluded, 41 kept although a rule
--       that is off fits, 50 index discharges, 60 patients, 70 outcome states), label (rule or state), n
-- Choice  step 41 counts index discharges only: it is what switching the rule on would take away at least
SELECT 10 AS step, 'inpatient-encounters' AS label, COUNT(*) AS n FROM inpatient_encounter c
UNION ALL
SELECT 15, c.exclusion, COUNT(*) FROM inpatient_encounter c WHERE c.exclusion IS NOT NULL GROUP BY c.exclusion
UNION ALL
SELECT 16, 'nursing', COUNT(*) FROM inpatient_encounter c WHERE c.exclusion IS NULL AND c.nursing = 1
UNION ALL
SELECT 20, 'acute-encounters', COUNT(*) FROM stay_encounter m
UNION ALL
SELECT 25, m.joined_by, COUNT(*) FROM stay_encounter m WHERE m.joined_by <> 'first' GROUP BY m.joined_by
UNION ALL
SELECT 30, 'stays', COUNT(*) FROM discharge d
UNION ALL
SELECT 40, d.exclusion, COUNT(*) FROM discharge d WHERE d.exclusion IS NOT NULL GROUP BY d.exclusion
UNION ALL
SELECT 41, 'look-back', SUM(d.fits_look_back) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'sleep-study', SUM(d.fits_sleep_study) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'died-in-stay', SUM(d.fits_died_in_stay) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'against-advice', SUM(d.fits_against_advice) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'transferred-out', SUM(d.fits_transferred_out) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'rehabilitation', SUM(d.fits_rehabilitation) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'psychiatric', SUM(d.fits_psychiatric) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'detoxification', SUM(d.fits_detoxification) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'cancer-treatment', SUM(d.fits_cancer_treatment) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 41, 'day-case', SUM(d.fits_day_case) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 50, 'index-discharges', COUNT(*) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 60, 'patients', COUNT(DISTINCT d.patient_id) FROM discharge d WHERE d.exclusion IS NULL
UNION ALL
SELECT 70, o.outcome_state, COUNT(*) FROM outcome o GROUP BY o.outcome_state
UNION ALL
SELECT 71, o.planned_rule, COUNT(*) FROM outcome o WHERE o.outcome_state = 'planned' GROUP BY o.planned_rule
