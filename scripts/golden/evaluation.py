"""
Golden values for tests/evaluation from scikit-learn and statsmodels: an implementation that shares no code with ours.

Run     python scripts/golden/evaluation.py   (scikit-learn 1.9.1, statsmodels 0.15.0, numpy 2.4.6)
Out     tests/evaluation/golden/metrics.json: cases of made-up rows with the value of each statistic
Cases   rare events; risks rounded so that most are tied; risks far too extreme; integer points that are no probability
"""

import json
import pathlib

import numpy as np
import statsmodels.api as sm
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

HERE = pathlib.Path(__file__).resolve().parents[2]


def calibration(outcome, risk):
    x = np.log(risk) - np.log1p(-risk)
    family = sm.families.Binomial()
    free = sm.GLM(outcome, sm.add_constant(x, has_constant="add"), family=family).fit(tol=1e-14, maxiter=200)
    level = sm.GLM(outcome, np.ones((len(x), 1)), family=family, offset=x).fit(tol=1e-14, maxiter=200)
    return float(level.params[0]), float(free.params[1])


def case(title, rng, n, rate, spread, error, digits):
    latent = np.log(rate / (1 - rate)) + spread * rng.standard_normal(n)
    outcome = (rng.random(n) < 1 / (1 + np.exp(-latent))).astype(int)
    risk = np.clip(np.round(1 / (1 + np.exp(-error(latent))), digits), 10.0**-digits, 1 - 10.0**-digits)
    stratum = rng.integers(0, 12, n)
    intercept, slope = calibration(outcome, risk)
    score = brier_score_loss(outcome, risk)
    p = outcome.mean()
    return {
        "title": title,
        "outcome": outcome.tolist(),
        "risk": risk.tolist(),
        "stratum": stratum.tolist(),
        "expect": {
            "auroc": roc_auc_score(outcome, risk),
            "averagePrecision": average_precision_score(outcome, risk),
            "brier": score,
            "scaledBrier": 1 - score / (p * (1 - p)),
            "logLoss": log_loss(outcome, risk),
            "calibrationIntercept": intercept,
            "calibrationSlope": slope,
        },
    }


def points(rng, n):
    outcome = (rng.random(n) < 0.15).astype(int)
    score = rng.integers(0, 15, n) + 2 * outcome
    return {
        "title": "integer points",
        "outcome": outcome.tolist(),
        "risk": score.tolist(),
        "stratum": rng.integers(0, 5, n).tolist(),
        "expect": {"auroc": roc_auc_score(outcome, score), "averagePrecision": average_precision_score(outcome, score)},
    }


rng = np.random.default_rng(20240)
cases = [
    case("rare events", rng, 600, 0.03, 1.0, lambda z: z, 6),
    case("mostly tied risks", rng, 400, 0.2, 1.0, lambda z: 0.7 * z - 0.4, 2),
    case("far too extreme", rng, 300, 0.4, 0.8, lambda z: 3.5 * z + 1, 9),
    case("no signal", rng, 300, 0.15, 0.6, lambda z: -1.7 + 0.3 * rng.standard_normal(len(z)), 5),
    points(rng, 200),
]
out = HERE / "tests/evaluation/golden/metrics.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(f"{out.relative_to(HERE)}: {len(cases)} cases")
