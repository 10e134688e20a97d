"""
Golden values for tests/evaluation/cumulative-incidence.test.ts from scikit-survival: an implementation that shares no code with ours.

Run     python scripts/golden/cumulative_incidence.py   (scikit-survival 0.28.0, numpy 2.4.6)
Out     tests/evaluation/golden/cumulative-incidence.json: made-up follow-up with the Aalen-Johansen estimates at every event day, and the
        log-log intervals by Aalen's variance, which ours (infinitesimal jackknife) come near to but do not equal
Cases   whole days and so many ties, censored; nobody censored; few rows, nearly all tied
"""

import json
import pathlib

import numpy as np
from sksurv.nonparametric import cumulative_incidence_competing_risks

HERE = pathlib.Path(__file__).resolve().parents[2]


def case(title, rng, n, kinds, horizon, censored, hazards):
    day = np.full(n, float(horizon))
    kind = np.zeros(n, dtype=int)
    until = rng.integers(0, horizon + 1, n) if censored else np.full(n, horizon)
    for i in range(n):
        for now in range(horizon + 1):
            drawn = rng.choice(kinds + 1, p=[1 - sum(hazards), *hazards])
            if drawn > 0:
                day[i], kind[i] = now, drawn
                break
        if day[i] > until[i]:
            day[i], kind[i] = until[i], 0
    # scikit-survival numbers the kinds that it finds, so a kind that never happens is asked for by hand.
    present = kinds if kind.max() == kinds else int(kind.max())
    times, estimates, intervals = cumulative_incidence_competing_risks(kind, day, conf_type="log-log", var_type="Aalen")
    return {
        "title": title,
        "kinds": kinds,
        "day": day.tolist(),
        "kind": kind.tolist(),
        "at": times.tolist(),
        "estimate": [estimates[k + 1].tolist() if k < present else [0.0] * len(times) for k in range(kinds)],
        "lower": [intervals[k + 1].min(axis=0).tolist() if k < present else None for k in range(kinds)],
        "upper": [intervals[k + 1].max(axis=0).tolist() if k < present else None for k in range(kinds)],
    }


def main():
    rng = np.random.default_rng(20260101)
    cases = [
        case("censored, three kinds", rng, 400, 3, 30, True, [0.01, 0.004, 0.003]),
        case("nobody censored", rng, 300, 2, 30, False, [0.01, 0.02]),
        case("few and heavily tied", rng, 25, 2, 5, True, [0.15, 0.1]),
    ]
    out = HERE / "tests/evaluation/golden/cumulative-incidence.json"
    out.write_text(json.dumps(cases) + "\n")


main()
