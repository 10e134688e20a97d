-- Medications: how many different drugs were ordered, and of which classes.
-- In    index_discharge, known_medication_request, value_set
-- Out   one row per index discharge: index_id, distinct_drugs_365d, distinct_drugs_90d, new_drugs_in_stay, one flag per drug class (90 days)
-- Time  windows end at the prediction time: 90 days are 7776000000 ms, 365 are 31536000000
-- Choice  refills write many orders of one drug, so drugs are counted once; whether an order is still active is not known at discharge
-- Choice  an order with several codings is one drug: the RxNorm code that sorts first as text, else the code that does; which coding was
--         written first is not kept
WITH drug_order AS (
  SELECT
    r.index_id,
    r.authored_ms,
    COALESCE(MIN(CASE WHEN r.system = 'http://www.nlm.nih.gov/research/umls/rxnorm' THEN r.code END), MIN(r.code)) AS drug
  FROM known_medication_request r
  WHERE r.code IS NOT NULL
  GROUP BY r.index_id, r.medication_request_id, r.authored_ms
),
ordered AS (
  SELECT
    i.index_id,
    COUNT(DISTINCT o.drug) AS drugs_365d,
    COUNT(DISTINCT CASE WHEN o.authored_ms >= i.as_of_ms - 7776000000 THEN o.drug END) AS drugs_90d
  FROM index_discharge i
  JOIN drug_order o ON o.index_id = i.index_id AND o.authored_ms >= i.as_of_ms - 31536000000
  GROUP BY i.index_id
),
first_order AS (
  SELECT o.index_id, o.drug, MIN(o.authored_ms) AS first_ms
  FROM drug_order o
  GROUP BY o.index_id, o.drug
),
started AS (
  SELECT i.index_id, COUNT(*) AS drugs
  FROM index_discharge i
  JOIN first_order f ON f.index_id = i.index_id AND f.first_ms >= i.admit_ms
  GROUP BY i.index_id
),
class AS (
  SELECT DISTINCT i.index_id, v.name
  FROM index_discharge i
  JOIN known_medication_request r ON r.index_id = i.index_id AND r.authored_ms >= i.as_of_ms - 7776000000
  JOIN value_set v ON v.code = r.code AND v.system = r.system AND v.name LIKE 'medication_%'
)
SELECT
  i.index_id,
  COALESCE(MAX(o.drugs_365d), 0) AS distinct_drugs_365d,
  COALESCE(MAX(o.drugs_90d), 0) AS distinct_drugs_90d,
  COALESCE(MAX(s.drugs), 0) AS new_drugs_in_stay,
  MAX(CASE WHEN k.name = 'medication_anticoagulant' THEN 1 ELSE 0 END) AS medication_anticoagulant,
  MAX(CASE WHEN k.name = 'medication_antiplatelet' THEN 1 ELSE 0 END) AS medication_antiplatelet,
  MAX(CASE WHEN k.name = 'medication_insulin' THEN 1 ELSE 0 END) AS medication_insulin,
  MAX(CASE WHEN k.name = 'medication_oral_antidiabetic' THEN 1 ELSE 0 END) AS medication_oral_antidiabetic,
  MAX(CASE WHEN k.name = 'medication_opioid' THEN 1 ELSE 0 END) AS medication_opioid,
  MAX(CASE WHEN k.name = 'medication_diuretic' THEN 1 ELSE 0 END) AS medication_diuretic,
  MAX(CASE WHEN k.name = 'medication_raas_inhibitor' THEN 1 ELSE 0 END) AS medication_raas_inhibitor,
  MAX(CASE WHEN k.name = 'medication_beta_blocker' THEN 1 ELSE 0 END) AS medication_beta_blocker,
  MAX(CASE WHEN k.name = 'medication_statin' THEN 1 ELSE 0 END) AS medication_statin,
  MAX(CASE WHEN k.name = 'medication_corticosteroid' THEN 1 ELSE 0 END) AS medication_corticosteroid,
  MAX(CASE WHEN k.name = 'medication_inhaler' THEN 1 ELSE 0 END) AS medication_inhaler,
  MAX(CASE WHEN k.name = 'medication_antibacterial' THEN 1 ELSE 0 END) AS medication_antibacterial,
  MAX(CASE WHEN k.name = 'medication_antineoplastic' THEN 1 ELSE 0 END) AS medication_antineoplastic,
  MAX(CASE WHEN k.name = 'medication_psychotropic' THEN 1 ELSE 0 END) AS medication_psychotropic,
  MAX(CASE WHEN k.name = 'medication_dementia_drug' THEN 1 ELSE 0 END) AS medication_dementia_drug,
  MAX(CASE WHEN k.name = 'medication_erythropoietin' THEN 1 ELSE 0 END) AS medication_erythropoietin
FROM index_discharge i
LEFT JOIN ordered o ON o.index_id = i.index_id
LEFT JOIN started s ON s.index_id = i.index_id
LEFT JOIN class k ON k.index_id = i.index_id
GROUP BY i.index_id
