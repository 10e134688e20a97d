"""
Golden values for tests/evaluation from scikit-learn, statsmodels, scipy and patsy: implementations that share no code with ours.

Run     python scripts/golden/evaluation.py   (scikit-learn 1.9.1, statsmodels 0.15.0, scipy 1.17.1, patsy 1.0.3, numpy 2.4.6)
Out     tests/evaluation/golden/metrics.json: cases of made-up rows with the value of each statistic
        tests/evaluation/golden/curves.json: the same rows and a second risk, with curves, DeLong, decomposition, smooth calibration
        tests/evaluation/golden/multiplicity.json: p values and their adjustments
Method  DeLong by all pairs of an event and another; smooth calibration on patsy's natural cubic spline, which spans what Harrell's
        restricted cubic spline spans; net benefit by counting at each threshold
Cases   rare events; risks rounded so that most are tied; risks far too extreme; integer points that are no probability
"""

import json
import pathlib

import numpy as np
import patsy
import statsmodels.api as sm
from scipy import stats
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.multitest import multipletests

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


GRID = np.arange(101) / 100


def roc_at(outcome, risk):
    fpr, tpr, _ = roc_curve(outcome, risk, drop_intermediate=False)
    others = (outcome == 0).sum()
    steps = np.round(fpr * others)
    values = []
    for j in range(101):
        exact = np.flatnonzero(steps * 100 == j * others)
        values.append(tpr[exact].max() if len(exact) else np.interp(j / 100, fpr, tpr))
    return values


def precision_at(outcome, risk):
    precision, recall, _ = precision_recall_curve(outcome, risk)
    found = np.round(recall * outcome.sum())
    # The last point (recall 0, precision 1) is scikit-learn's convention, not a threshold.
    precision, found = precision[:-1][::-1], found[:-1][::-1]
    return [precision[np.flatnonzero((found * 100 >= j * outcome.sum()) & (found > 0))[0]] for j in range(101)]


def gains_at(outcome, risk):
    fpr, tpr, _ = roc_curve(outcome, risk, drop_intermediate=False)
    events = outcome.sum()
    return np.interp(GRID, (tpr * events + fpr * (len(outcome) - events)) / len(outcome), tpr)


def placements(outcome, risk):
    a, b = risk[outcome == 1][:, None], risk[outcome == 0][None, :]
    psi = (a > b) + 0.5 * (a == b)
    return psi.mean(), psi.mean(axis=1), psi.mean(axis=0)


def delong(outcome, first, second):
    events, others = outcome.sum(), (outcome == 0).sum()
    a1, v10, v01 = placements(outcome, first)
    a2, w10, w01 = placements(outcome, second)
    covariance = np.cov(v10, w10) / events + np.cov(v01, w01) / others
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    half = stats.norm.ppf(0.975) * np.sqrt(covariance[0, 0])
    z = (a1 - a2) / error
    return {
        "variance": covariance[0, 0],
        "lower": max(0, a1 - half),
        "upper": min(1, a1 + half),
        "difference": a1 - a2,
        "z": z,
        "p": 2 * stats.norm.sf(abs(z)),
    }


def decomposition(outcome, risk):
    n = len(risk)
    bins = np.floor(10 * (stats.rankdata(risk) - 0.5) / n)
    terms = np.zeros(4)
    for b in np.unique(bins):
        f, o = risk[bins == b], outcome[bins == b]
        terms += [
            len(f) * (f.mean() - o.mean()) ** 2 / n,
            len(f) * (o.mean() - outcome.mean()) ** 2 / n,
            len(f) * f.var() / n,
            2 * len(f) * np.mean((f - f.mean()) * (o - o.mean())) / n,
        ]
    names = ["reliability", "resolution", "withinBinVariance", "withinBinCovariance"]
    return {**dict(zip(names, terms)), "uncertainty": outcome.var()}


def smooth(outcome, risk, at):
    x, grid = np.log(risk) - np.log1p(-risk), np.log(at) - np.log1p(-at)
    for quantiles in ([0.05, 0.35, 0.65, 0.95], [0.1, 0.5, 0.9]):
        t = np.quantile(x, quantiles)
        if len(np.unique(x)) > len(t) and (np.diff(t) > 0).all():
            break
    basis = lambda z: patsy.cr(z, knots=t[1:-1], lower_bound=t[0], upper_bound=t[-1])
    fit = sm.GLM(outcome, basis(x), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
    apart = np.abs(fit.predict(basis(x)) - risk)
    return {
        "knots": t.tolist(),
        "ici": apart.mean(),
        "e50": np.median(apart),
        "e90": np.quantile(apart, 0.9),
        "emax": apart.max(),
        "smooth": fit.predict(basis(grid)).tolist(),
    }


def net_benefit(outcome, risk):
    def at(pt):
        flagged = risk >= pt
        return ((flagged & (outcome == 1)).sum() - (flagged & (outcome == 0)).sum() * pt / (1 - pt)) / len(risk)

    return [at((5 + k) / 100) for k in range(36)]


def curves(base, rng):
    outcome, risk = np.array(base["outcome"]), np.array(base["risk"], dtype=float)
    second = np.round(np.clip(risk + 0.1 * rng.standard_normal(len(risk)) * risk.std() * 10, 0.001, 0.999), 3)
    expect = {
        "roc": roc_at(outcome, risk),
        "precisionRecall": precision_at(outcome, risk),
        "gains": gains_at(outcome, risk).tolist(),
        "delong": delong(outcome, risk, second),
    }
    at = np.linspace(0.01, 0.9, 30)
    if risk.max() < 1:
        expect |= {
            "decomposition": decomposition(outcome, risk),
            "smooth": smooth(outcome, risk, at),
            "netBenefit": net_benefit(outcome, risk),
        }
    return {
        "title": base["title"],
        "outcome": base["outcome"],
        "risk": base["risk"],
        "second": second.tolist(),
        "at": at.tolist(),
        "expect": expect,
    }


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value.item() if isinstance(value, np.generic) else value


def adjusted(p):
    holm, bh = (multipletests(p, method=method)[1].tolist() for method in ("holm", "fdr_bh"))
    return {"p": list(p), "holm": holm, "benjaminiHochberg": bh}


def write(name, value):
    path = out.with_name(name)
    path.write_text(json.dumps(plain(value), separators=(",", ":")) + "\n")
    print(f"{path.relative_to(HERE)}: {len(value)} cases")


write("curves.json", [curves(base, rng) for base in cases])
write(
    "multiplicity.json",
    [adjusted(rng.random(12) ** 3), adjusted([0.01, 0.04, 0.03]), adjusted([0.5, 0.5, 0.001, 0.9, 1.0]), adjusted([0.02])],
)
