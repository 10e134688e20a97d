"""
Writes tests/interchange/golden/: forests of scikit-learn as documents, what predict_proba says of 200 rows, and shap's values.

Run     python3 -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 shap==0.51.0 && .venv/bin/python scripts/golden/interchange.py
Rows    doubles that float32 does not hold, a fifth of them missing, and values at and next to thresholds, in doubles and at the middle of two float32
Choice  shap values are of forests of their own, with and without missing values; they must add up to predict_proba, so that shap is known to have gone
        the way of scikit-learn in every row
"""

import json
import pathlib
import sys

import numpy as np
import shap
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

root = pathlib.Path(__file__).parents[2]
sys.path.append(str(root / "scripts/interchange"))
from scikit_learn_forest import forest_document  # noqa: E402

random = np.random.default_rng(20240711)
rows, columns = 900, 6
names = ["Age (years)", "lastHaemoglobin", "sodium", "prior stays", "emergency", "los"]
x = random.normal(size=(rows, columns)) * [15, 2, 5, 1, 1, 3] + [60, 12, 138, 2, 0, 5]
x[:, 3] = random.integers(0, 5, rows)
x[:, 4] = random.integers(0, 2, rows)
risk = 1 / (1 + np.exp(1.2 - (x[:, 0] - 60) / 20 + (x[:, 1] - 12) / 3 - 0.5 * x[:, 3] * x[:, 4]))
y = (random.uniform(size=rows) < risk).astype(int)
holed = x.copy()
holed[:, [0, 1, 2]] = np.where(random.uniform(size=(rows, 3)) < 0.2, np.nan, holed[:, [0, 1, 2]])
patients = random.integers(0, 500, rows)


def near_thresholds(model, probes):
    """Replaces a third of the values by thresholds, their neighbours in doubles and in float32, and the middles of those."""
    splits = [(t.feature[n], t.threshold[n]) for e in model.estimators_ for t in [e.tree_] for n in range(t.node_count) if t.feature[n] >= 0]
    by_column = [[t for f, t in splits if f == c and np.isfinite(t)] for c in range(columns)]
    for row in probes:
        for c in range(columns):
            if by_column[c] and random.uniform() < 1 / 3:
                t = random.choice(by_column[c])
                single = np.float32(t)
                up = np.float64(np.nextafter(single, np.float32(np.inf)))
                down = np.float64(np.nextafter(single, np.float32(-np.inf)))
                middles = [(up + np.float64(single)) / 2, (down + np.float64(single)) / 2]
                near = [t, single, up, down, *middles, *[np.nextafter(m, s) for m in middles for s in (-np.inf, np.inf)]]
                row[c] = random.choice([float(v) for v in near])
    return probes


def case(model, fitted_on, probes):
    return {
        "document": forest_document(model, feature_names=names, x=fitted_on, y=y, groups=patients.tolist()),
        "rows": [[None if np.isnan(v) else v for v in row] for row in probes.tolist()],
        "probability": model.predict_proba(probes)[:, 1].tolist(),
    }


def write(name, content):
    path = root / "tests/interchange/golden" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"madeBy": made_by, **content}, allow_nan=False, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, "bytes")


made_by = f"scripts/golden/interchange.py, scikit-learn {sklearn.__version__}, shap {shap.__version__}"
options = {"max_depth": 10, "min_samples_leaf": 6, "random_state": 5}
weighted = RandomForestClassifier(n_estimators=10, class_weight="balanced", **options).fit(holed, y)
write("missing.json", case(weighted, holed, near_thresholds(weighted, holed[:200].copy())))

extra = ExtraTreesClassifier(n_estimators=5, bootstrap=True, **options).fit(holed, y)
write("extra-trees.json", case(extra, holed, near_thresholds(extra, holed[200:260].copy())))



def explained(model, fitted_on, probes):
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    attributions = explainer.shap_values(probes, check_additivity=False)[:, :, 1]
    base = float(np.atleast_1d(explainer.expected_value)[1])
    gap = np.abs(base + attributions.sum(axis=1) - model.predict_proba(probes)[:, 1]).max()
    assert gap < 1e-9, gap
    return {**case(model, fitted_on, probes), "baseValue": base, "attributions": attributions.tolist()}


complete = RandomForestClassifier(n_estimators=9, **options).fit(x, y)
write("explained.json", explained(complete, x, x[:200]))
few = RandomForestClassifier(n_estimators=4, **options).fit(holed, y)
write("explained-missing.json", explained(few, holed, holed[:120]))
