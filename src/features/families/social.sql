-- Social findings present at the prediction time.
-- In    index_discharge, known_condition, value_set
-- Out   one row per index discharge: index_id, one flag per finding
-- Choice  a finding is present while it is active: recorded by the prediction time and not over before the admission
SELECT
  i.index_id,
  MAX(CASE WHEN v.name = 'social_unemployed' THEN 1 ELSE 0 END) AS social_unemployed,
  MAX(CASE WHEN v.name = 'social_not_in_labour_force' THEN 1 ELSE 0 END) AS social_not_in_labour_force,
  MAX(CASE WHEN v.name = 'social_stress' THEN 1 ELSE 0 END) AS social_stress,
  MAX(CASE WHEN v.name = 'social_social_isolation' THEN 1 ELSE 0 END) AS social_social_isolation,
  MAX(CASE WHEN v.name = 'social_partner_abuse' THEN 1 ELSE 0 END) AS social_partner_abuse,
  MAX(CASE WHEN v.name = 'social_violence' THEN 1 ELSE 0 END) AS social_violence,
  MAX(CASE WHEN v.name = 'social_transport' THEN 1 ELSE 0 END) AS social_transport,
  MAX(CASE WHEN v.name = 'social_housing' THEN 1 ELSE 0 END) AS social_housing,
  MAX(CASE WHEN v.name = 'social_low_education' THEN 1 ELSE 0 END) AS social_low_education,
  MAX(CASE WHEN v.name = 'social_criminal_record' THEN 1 ELSE 0 END) AS social_criminal_record,
  MAX(CASE WHEN v.name = 'social_unhealthy_alcohol' THEN 1 ELSE 0 END) AS social_unhealthy_alcohol,
  MAX(CASE WHEN v.name = 'social_drug_misuse' THEN 1 ELSE 0 END) AS social_drug_misuse
FROM index_discharge i
LEFT JOIN known_condition c ON c.index_id = i.index_id AND c.active = 1
LEFT JOIN value_set v ON v.code = c.code AND v.system = c.system AND v.name LIKE 'social_%'
GROUP BY i.index_id
