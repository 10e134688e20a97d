-- Comorbidity: Charlson and Elixhauser categories present at the prediction time, and their weighted sums.
-- In    index_discharge, known_condition, value_set, value_set_weight, value_set_hierarchy
-- Out   one row per index discharge: index_id, one flag per category, charlson_index (Quan 2011), elixhauser_index (van Walraven),
--       active_conditions (distinct conditions)
-- Choice  a category is present when a condition of it is active: recorded by the prediction time and not over before the admission
-- Choice  a dominant category silences the one it dominates in the sums, not in the flags
-- Choice  Elixhauser categories that are made of Charlson's codes (heart failure, lung, kidney, metastasis, ...) count in the index and have
--       no flag of their own
-- Choice  a condition with several codings is one condition, told apart from others by its SNOMED CT code, else by its first code
-- Source  Quan 2005 and 2011, van Walraven 2009; maps and their sources in terminology
WITH present AS (
  SELECT DISTINCT c.index_id, v.name
  FROM known_condition c
  JOIN value_set v ON v.code = c.code AND v.system = c.system AND (v.name LIKE 'charlson_%' OR v.name LIKE 'elixhauser_%')
  WHERE c.active = 1
),
counted AS (
  SELECT p.index_id, p.name
  FROM present p
  WHERE NOT EXISTS (
    SELECT 1
    FROM value_set_hierarchy h
    JOIN present d ON d.name = h.dominant
    WHERE h.dominated = p.name AND d.index_id = p.index_id
  )
),
weighted AS (
  SELECT
    c.index_id,
    SUM(CASE WHEN w.weight_name = 'quan2011' THEN w.weight ELSE 0 END) AS charlson_index,
    SUM(CASE WHEN w.weight_name = 'vanWalraven' THEN w.weight ELSE 0 END) AS elixhauser_index
  FROM counted c
  JOIN value_set_weight w ON w.name = c.name
  GROUP BY c.index_id
),
concept AS (
  SELECT c.index_id, COALESCE(MIN(CASE WHEN c.system = 'http://snomed.info/sct' THEN c.code END), MIN(c.code)) AS code
  FROM known_condition c
  WHERE c.active = 1
  GROUP BY c.index_id, c.condition_id
),
active AS (
  SELECT c.index_id, COUNT(DISTINCT c.code) AS conditions
  FROM concept c
  GROUP BY c.index_id
)
SELECT
  i.index_id,
  MAX(CASE WHEN k.name = 'charlson_mi' THEN 1 ELSE 0 END) AS charlson_mi,
  MAX(CASE WHEN k.name = 'charlson_chf' THEN 1 ELSE 0 END) AS charlson_chf,
  MAX(CASE WHEN k.name = 'charlson_pvd' THEN 1 ELSE 0 END) AS charlson_pvd,
  MAX(CASE WHEN k.name = 'charlson_cevd' THEN 1 ELSE 0 END) AS charlson_cevd,
  MAX(CASE WHEN k.name = 'charlson_dementia' THEN 1 ELSE 0 END) AS charlson_dementia,
  MAX(CASE WHEN k.name = 'charlson_cpd' THEN 1 ELSE 0 END) AS charlson_cpd,
  MAX(CASE WHEN k.name = 'charlson_rheumd' THEN 1 ELSE 0 END) AS charlson_rheumd,
  MAX(CASE WHEN k.name = 'charlson_pud' THEN 1 ELSE 0 END) AS charlson_pud,
  MAX(CASE WHEN k.name = 'charlson_mld' THEN 1 ELSE 0 END) AS charlson_mld,
  MAX(CASE WHEN k.name = 'charlson_diab' THEN 1 ELSE 0 END) AS charlson_diab,
  MAX(CASE WHEN k.name = 'charlson_diabwc' THEN 1 ELSE 0 END) AS charlson_diabwc,
  MAX(CASE WHEN k.name = 'charlson_hp' THEN 1 ELSE 0 END) AS charlson_hp,
  MAX(CASE WHEN k.name = 'charlson_rend' THEN 1 ELSE 0 END) AS charlson_rend,
  MAX(CASE WHEN k.name = 'charlson_canc' THEN 1 ELSE 0 END) AS charlson_canc,
  MAX(CASE WHEN k.name = 'charlson_msld' THEN 1 ELSE 0 END) AS charlson_msld,
  MAX(CASE WHEN k.name = 'charlson_metacanc' THEN 1 ELSE 0 END) AS charlson_metacanc,
  MAX(CASE WHEN k.name = 'charlson_aids' THEN 1 ELSE 0 END) AS charlson_aids,
  MAX(CASE WHEN k.name = 'elixhauser_carit' THEN 1 ELSE 0 END) AS elixhauser_carit,
  MAX(CASE WHEN k.name = 'elixhauser_valv' THEN 1 ELSE 0 END) AS elixhauser_valv,
  MAX(CASE WHEN k.name = 'elixhauser_pcd' THEN 1 ELSE 0 END) AS elixhauser_pcd,
  MAX(CASE WHEN k.name = 'elixhauser_hypunc' THEN 1 ELSE 0 END) AS elixhauser_hypunc,
  MAX(CASE WHEN k.name = 'elixhauser_hypc' THEN 1 ELSE 0 END) AS elixhauser_hypc,
  MAX(CASE WHEN k.name = 'elixhauser_ond' THEN 1 ELSE 0 END) AS elixhauser_ond,
  MAX(CASE WHEN k.name = 'elixhauser_hypothy' THEN 1 ELSE 0 END) AS elixhauser_hypothy,
  MAX(CASE WHEN k.name = 'elixhauser_lymph' THEN 1 ELSE 0 END) AS elixhauser_lymph,
  MAX(CASE WHEN k.name = 'elixhauser_coag' THEN 1 ELSE 0 END) AS elixhauser_coag,
  MAX(CASE WHEN k.name = 'elixhauser_obes' THEN 1 ELSE 0 END) AS elixhauser_obes,
  MAX(CASE WHEN k.name = 'elixhauser_wloss' THEN 1 ELSE 0 END) AS elixhauser_wloss,
  MAX(CASE WHEN k.name = 'elixhauser_fed' THEN 1 ELSE 0 END) AS elixhauser_fed,
  MAX(CASE WHEN k.name = 'elixhauser_blane' THEN 1 ELSE 0 END) AS elixhauser_blane,
  MAX(CASE WHEN k.name = 'elixhauser_dane' THEN 1 ELSE 0 END) AS elixhauser_dane,
  MAX(CASE WHEN k.name = 'elixhauser_alcohol' THEN 1 ELSE 0 END) AS elixhauser_alcohol,
  MAX(CASE WHEN k.name = 'elixhauser_drug' THEN 1 ELSE 0 END) AS elixhauser_drug,
  MAX(CASE WHEN k.name = 'elixhauser_psycho' THEN 1 ELSE 0 END) AS elixhauser_psycho,
  MAX(CASE WHEN k.name = 'elixhauser_depre' THEN 1 ELSE 0 END) AS elixhauser_depre,
  COALESCE(MAX(w.charlson_index), 0) AS charlson_index,
  COALESCE(MAX(w.elixhauser_index), 0) AS elixhauser_index,
  COALESCE(MAX(a.conditions), 0) AS active_conditions
FROM index_discharge i
LEFT JOIN present k ON k.index_id = i.index_id
LEFT JOIN weighted w ON w.index_id = i.index_id
LEFT JOIN active a ON a.index_id = i.index_id
GROUP BY i.index_id
