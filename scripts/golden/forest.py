"""
Writes tests/forest/golden/scikit-learn.json: a scikit-learn forest as flat arrays, its probabilities, its shap values and shap interaction values.

Run     python3 -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 shap==0.51.0 && .venv/bin/python scripts/golden/forest.py
Choice  values are whole multiples of 1/64, so that scikit-learn's conversion of rows to 32 bits changes nothing
Choice  shap values are kept for rows without missing values only: shap does not follow scikit-learn's learned side for these
"""

import json
import pathlib

import numpy as np
import shap
import sklearn
from sklearn.ensemble import RandomForestClassifier

random = np.random.default_rng(20240229)
rows, columns, trees = 700, 7, 8
x = np.round(random.normal(size=(rows, columns)) * 64) / 64
x[:, 5] = random.integers(0, 3, rows)
x[:, 6] = random.integers(0, 2, rows)
risk = 1 / (1 + np.exp(1.5 - x[:, 0] - x[:, 1] * x[:, 2] - (x[:, 3] > 0.5) - x[:, 6]))
y = (random.uniform(size=rows) < risk).astype(int)
x[:, :3][random.uniform(size=(rows, 3)) < 0.25] = np.nan

model = RandomForestClassifier(n_estimators=trees, min_samples_leaf=8, max_depth=9, random_state=7).fit(x, y)
probes = x[:60]
complete = probes[~np.isnan(probes).any(axis=1)]
explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
attributions = explainer.shap_values(complete, check_additivity=False)[:, :, 1]
base = float(np.atleast_1d(explainer.expected_value)[1])
interactions = explainer.shap_interaction_values(complete[:12])[:, :, :, 1]
gap = np.abs(base + attributions.sum(axis=1) - model.predict_proba(complete)[:, 1]).max()
assert gap < 1e-6, gap

flat = {name: [] for name in ["treeStart", "feature", "threshold", "missingLeft", "left", "right", "value", "cover"]}
flat["treeStart"].append(0)
for estimator in model.estimators_:
    tree = estimator.tree_
    start = flat["treeStart"][-1]
    leaf = tree.children_left < 0
    flat["feature"] += np.where(leaf, -1, tree.feature).tolist()
    flat["threshold"] += np.where(leaf, 0, np.where(np.isinf(tree.threshold), np.finfo(float).max, tree.threshold)).tolist()
    flat["missingLeft"] += np.where(leaf, 0, tree.missing_go_to_left).tolist()
    flat["left"] += np.where(leaf, -1, tree.children_left + start).tolist()
    flat["right"] += np.where(leaf, -1, tree.children_right + start).tolist()
    flat["value"] += tree.value[:, 0, 1].tolist()
    flat["cover"] += tree.weighted_n_node_samples.tolist()
    flat["treeStart"].append(start + tree.node_count)

without_nan = lambda table: [[None if np.isnan(v) else v for v in row] for row in table.tolist()]
golden = {
    "madeBy": f"scripts/golden/forest.py, scikit-learn {sklearn.__version__}, shap {shap.__version__}",
    "forest": {"featureCount": columns, **flat},
    "rows": without_nan(probes),
    "probability": model.predict_proba(probes)[:, 1].tolist(),
    "completeRows": complete.tolist(),
    "baseValue": base,
    "attributions": attributions.tolist(),
    "interactions": interactions.tolist(),
}
path = pathlib.Path(__file__).parents[2] / "tests/forest/golden/scikit-learn.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes;", len(flat["feature"]), "nodes;", len(complete), "complete rows; shap gap", gap)
