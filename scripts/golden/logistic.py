"""
Golden values for tests/baseline from scikit-learn: the logistic regression that stands beside the forest.

Run     python scripts/golden/logistic.py && npx prettier --write tests/baseline/golden/logistic.json   (scikit-learn 1.9.1, numpy 2.4.6)
Out     tests/baseline/golden/logistic.json: made-up training and other rows, null where missing; coefficients of the columns that stay, values
        first and then their indicator, intercept, and the risks of the other rows
Cases   strong and weak penalties; gaps in some columns; a constant column, one that is all missing, one constant but for its gaps; rare
        events; outcomes that a weak penalty nearly separates; a gap in other rows only
"""

import json
import pathlib

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parents[2]


def columns_of(train, other):
    for j in range(train.shape[1]):
        if np.isnan(train[:, j]).all():
            continue
        imputer = SimpleImputer(strategy="median").fit(train[:, [j]])
        yield imputer.transform(train[:, [j]]), imputer.transform(other[:, [j]])
        yield np.isnan(train[:, [j]]).astype(float), np.isnan(other[:, [j]]).astype(float)


def case(title, seed, c, n, shift, strength):
    rng = np.random.default_rng(seed)
    x = np.column_stack([
        rng.integers(20, 95, n).astype(float),
        rng.poisson(1.2, n).astype(float),
        np.round(rng.normal(138, 4, n), 1),
        (rng.random(n) < 0.15).astype(float),
        np.round(np.exp(rng.normal(0, 1, n)), 3),
        np.full(n, 7.0),
        np.full(n, np.nan),
        np.full(n, 3.0),
    ])
    logit = shift + strength * ((x[:, 0] - 57) / 20 + 0.6 * x[:, 1] + 1.2 * x[:, 3] - 0.1 * (x[:, 2] - 138))
    x[rng.random(n) < 0.6, 2] = np.nan
    x[rng.random(n) < 0.05, 4] = np.nan
    x[rng.random(n) < 0.3, 7] = np.nan
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    train, other = x[: n - 40].copy(), x[n - 40 :].copy()
    other[:5, 0] = np.nan
    pairs = [(a, b) for a, b in columns_of(train, other) if a.std() > 0]
    scaler = StandardScaler().fit(np.hstack([a for a, _ in pairs]))
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    model.fit(scaler.transform(np.hstack([a for a, _ in pairs])), y[: n - 40])
    risk = model.predict_proba(scaler.transform(np.hstack([b for _, b in pairs])))[:, 1]

    def cells(matrix):
        return [[None if np.isnan(v) else float(v) for v in column] for column in matrix.T]

    return {
        "title": title,
        "c": c,
        "train": cells(train),
        "outcome": y[: n - 40].tolist(),
        "other": cells(other),
        "expect": {
            "coefficients": model.coef_[0].tolist(),
            "intercept": float(model.intercept_[0]),
            "risk": risk.tolist(),
        },
    }


CASES = [
    case("a third of events, C 1", 1, 1.0, 340, -1.5, 1.0),
    case("strongly penalised, C 0.001", 2, 0.001, 340, -1.5, 1.0),
    case("rare events, C 0.1", 3, 0.1, 540, -4.5, 1.0),
    case("nearly separated, C 1000", 4, 1000.0, 240, -3.0, 6.0),
]

path = HERE / "tests/baseline/golden/logistic.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(CASES) + "\n")
